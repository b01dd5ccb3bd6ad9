"""Writing gold annotations from the records of a run, and checking a folder of annotations."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from antq_llm.articles.input_list import list_inputs
from antq_llm.core.atomic_write import disk_errors_named, write_atomically
from antq_llm.errors import ArticleError, ConfigurationError
from antq_llm.evaluation.gold_faults import GoldFault, quote_faults, reference_faults
from antq_llm.records.stored_run import StoredRun
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import InvalidAnswer


@dataclass
class WrittenGold:
    """The outcome of writing annotations to a folder, as lists of article ids."""

    written: list[str] = field(default_factory=list)
    existing: list[str] = field(default_factory=list)
    """Articles that already have an annotation, which is left unchanged."""
    without_record: list[str] = field(default_factory=list)
    """Articles that failed in the run and so have no record to start from."""


@dataclass
class GoldCheck:
    """The result of checking a folder of gold annotations."""

    files: int = 0
    faults: list[GoldFault] = field(default_factory=list)
    without_article: list[str] = field(default_factory=list)
    """Annotations whose quotes were not checked because no article with their id was given."""
    unreadable: dict[str, str] = field(default_factory=dict)
    """The reasons why articles could not be read, by article id."""


def init_gold(run: StoredRun, folder: Path, article_ids: Sequence[str] = ()) -> WrittenGold:
    """Write the records of a run as ``ARTICLE_ID.json`` files to correct.

    If ``article_ids`` is not empty, only the records of these articles are written. Existing files
    are left unchanged. Raises ConfigurationError if an article is not in the run or its id points
    outside the folder. Nothing is written if an article is not in the run.
    """
    wanted = dict.fromkeys(article_ids)
    failed = [line["article_id"] for line in run.failure_lines()]
    known = {line["article_id"] for line in run.record_lines()} | set(failed)
    if unknown := [article_id for article_id in wanted if article_id not in known]:
        raise ConfigurationError(
            f"{run.folder} has no article {' or '.join(unknown)}: "
            "name ids from records.jsonl, or omit the ids to write all records"
        )
    found = WrittenGold()
    for line in run.record_lines():
        if not wanted or line["article_id"] in wanted:
            put_gold(found, folder, line["article_id"], line["record"])
    found.without_record = [
        article_id for article_id in failed if not wanted or article_id in wanted
    ]
    return found


def put_gold(found: WrittenGold, folder: Path, article_id: str, record: Any) -> None:
    """Write an annotation unless the article already has one; add the article's id to ``found``."""
    path = gold_file(folder, article_id)
    if path.exists():
        found.existing.append(article_id)
        return
    with disk_errors_named(path):
        write_record(path, record)
    found.written.append(article_id)


def write_record(path: Path, record: Any) -> None:
    """Write a record as an annotation, in JSON with one value per line."""
    write_atomically(path, [json.dumps(record, ensure_ascii=False, indent=1) + "\n"])


def gold_file(folder: Path, article_id: str) -> Path:
    """Return the path of an article's annotation.

    Raises ConfigurationError if the path would be outside the folder.
    """
    path = folder / f"{article_id}.json"
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ConfigurationError(
            f"the article id {article_id!r} points outside {folder}: rename the article"
        )
    return path


def check_gold(folder: Path, schema: Schema[Any], articles: Sequence[str] = ()) -> GoldCheck:
    """Check the annotations in a folder against the schema, and check their references and quotes.

    Quotes are checked only if ``articles`` names the files or folders of the articles.
    Raises ConfigurationError if the folder is missing or has no ``.json`` files, or if a name in
    ``articles`` matches no articles.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"there is no folder {folder}: name one that has ID.json files")
    paths = sorted(folder.rglob("*.json"))
    if not paths:
        raise ConfigurationError(
            f"the folder {folder} has no .json files: name a folder with ID.json files"
        )
    check = GoldCheck(len(paths))
    records = {}
    for path in paths:
        article_id = path.relative_to(folder).with_suffix("").as_posix()
        try:
            records[article_id] = schema.dump(schema.read_json(path.read_text("utf-8-sig")))
        except UnicodeDecodeError:
            check.faults.append(GoldFault(article_id, "", "the file is not UTF-8"))
        except InvalidAnswer as error:
            check.faults += [
                GoldFault(article_id, fault.pointer, fault.message) for fault in error.faults
            ]
    for article_id, data in records.items():
        check.faults += reference_faults(article_id, data, schema)
    _check_quotes(check, records, schema, articles)
    return check


def _check_quotes(
    check: GoldCheck, records: Mapping[str, Any], schema: Schema[Any], articles: Sequence[str]
) -> None:
    inputs = {source.id: source for source in list_inputs(articles)} if articles else {}
    for article_id, data in records.items():
        if article_id not in inputs:
            check.without_article.append(article_id)
            continue
        try:
            text = inputs[article_id].read().text
        except ArticleError as error:
            check.unreadable[article_id] = str(error)
        else:
            check.faults += quote_faults(article_id, data, schema, text)
