"""The ``antq-llm gold`` command, which creates, checks, compares and exchanges gold annotations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from antq_llm.annotation.gold_diff import GoldDiff, diff_gold
from antq_llm.annotation.gold_folder import WrittenGold, check_gold, init_gold
from antq_llm.annotation.label_studio_import import import_annotations
from antq_llm.annotation.label_studio_tasks import write_tasks
from antq_llm.cli.commands.runs.diff import print_changes
from antq_llm.cli.import_path import add_current_folder
from antq_llm.cli.printing import say, show, show_json
from antq_llm.cli.tables import print_rows
from antq_llm.errors import ConfigurationError
from antq_llm.evaluation.gold_faults import GoldFault
from antq_llm.evaluation.runs.run_articles import RunTexts
from antq_llm.records.stored_run import open_run
from antq_llm.runs.settings_file import schema_source
from antq_llm.schemas.base import Schema
from antq_llm.schemas.registry import DEFAULT_SCHEMA, schema_from

_EXAMPLES = 5


def run_gold_init(run: Path, article_ids: Sequence[str], to: Path | None, *, as_json: bool) -> int:
    """Write records as gold annotations to edit; return 1 if a named article has no record."""
    target = _named(to, "--to DIR, the folder for the annotations")
    written = init_gold(open_run(run), target, article_ids)
    if as_json:
        show_json(json.dumps(vars(written), ensure_ascii=False, indent=1))
    _report(written, target)
    _list_ids(written.without_record, "article(s) failed in the run and have no record to correct")
    return 1 if written.without_record and article_ids else 0


def run_gold_check(
    folder: Path,
    schema: str | None,
    schemas: Path | None,
    articles: Sequence[str],
    *,
    as_json: bool,
) -> int:
    """Check gold annotations and print the faults; return 1 for faults or unreadable articles."""
    check = check_gold(folder, _schema(schema, schemas), tuple(map(str, articles)))
    _print_faults(check.faults, as_json=as_json)
    say(f"{check.files} annotation(s), {len(check.faults)} fault(s)")
    if not articles:
        say("quotes were not checked: name the articles with --articles")
    else:
        _list_ids(
            check.without_article, "annotation(s) have no article; their quotes were not checked"
        )
    for article_id, reason in check.unreadable.items():
        say(f"{article_id} was not checked: {reason}")
    return 1 if check.faults or check.unreadable else 0


def run_gold_diff(
    a: Path, b: Path, schema: str | None, schemas: Path | None, *, as_json: bool
) -> int:
    """Print where two annotators differ and how far they agree; return the exit status."""
    found = diff_gold(a, b, _schema(schema, schemas))
    if as_json:
        show_json(json.dumps(found.as_dict(), ensure_ascii=False, indent=1))
    else:
        _print_diff(found, str(a), str(b))
    return 0


def run_gold_tasks(
    run: Path,
    article_ids: Sequence[str],
    to: Path | None,
    schema: str | None,
    schemas: Path | None,
    articles: Sequence[str],
) -> int:
    """Write the records of a run as Label Studio tasks; return 1 if something is left out."""
    target = _named(to, "--to FILE.json, the file for the tasks")
    opened = open_run(run, _source(schema, schemas))
    texts = RunTexts(opened, tuple(map(str, articles)))
    written = write_tasks(
        opened,
        opened.known_schema(),
        target,
        text_of=texts.get,
        article_ids=frozenset(article_ids),
    )
    interface = target.with_suffix(".xml")
    say(f"{written.tasks} task(s) in {target}; the labelling interface is in {interface}")
    _list_ids(
        written.without_text,
        "article(s) left out because their text was not found (name their files with --articles)",
    )
    if written.without_span:
        say(f"{written.without_span} item(s) left out: their quotes are not in the articles")
    return 1 if written.without_text or written.without_span else 0


def run_gold_import(
    file: Path,
    to: Path | None,
    schema: str | None,
    schemas: Path | None,
    annotator: str | None,
    *,
    as_json: bool,
) -> int:
    """Write annotations from Label Studio as gold; return 1 if any is not a valid record."""
    target = _named(to, "--to DIR, the folder for the annotations")
    imported = import_annotations(file, target, _schema(schema, schemas), annotator)
    _print_faults(imported.faults, as_json=as_json)
    _report(imported.gold, target)
    _list_ids(imported.without_annotation, "article(s) have no annotation")
    left_out = {fault.article_id for fault in imported.faults}
    _list_ids(sorted(left_out), "annotation(s) not written because of their faults")
    return 1 if left_out else 0


def _named(path: Path | None, what: str) -> Path:
    if path is None:
        raise ConfigurationError(f"--to is missing: add {what}")
    return path


def _source(schema: str | None, schemas: Path | None) -> Any:
    add_current_folder(schema)
    source = schema_source(schema)
    return source if source is None or schemas is None else schema_from(source, schemas)


def _schema(schema: str | None, schemas: Path | None) -> Schema[Any]:
    return schema_from(_source(schema, schemas) or DEFAULT_SCHEMA)


def _report(written: WrittenGold, target: Path) -> None:
    say(f"{len(written.written)} annotation(s) written to {target}")
    _list_ids(written.existing, "annotation(s) already exist and were not changed")


def _list_ids(ids: Sequence[str], what: str) -> None:
    if ids:
        more = ", …" if len(ids) > _EXAMPLES else ""
        say(f"{len(ids)} {what}: {', '.join(ids[:_EXAMPLES])}{more}")


def _print_faults(faults: Iterable[GoldFault], *, as_json: bool) -> None:
    rows = [
        {"article_id": fault.article_id, "pointer": fault.pointer, "message": fault.message}
        for fault in faults
    ]
    if rows or as_json:
        print_rows(rows, as_json=as_json)


def _print_diff(found: GoldDiff, a: str, b: str) -> None:
    differences = found.differences
    show(
        f"{differences.both} article(s) in both {a} and {b}: {differences.unchanged} equal, "
        f"{differences.respelled} different only in spelling or order"
    )
    for ids, place in ((differences.only_in_a, a), (differences.only_in_b, b)):
        _list_ids(ids, f"article(s) only in {place}")
    if found.agreement is not None:
        scores = found.agreement.scores
        rows = [
            {
                "field": name,
                "strict F1": _rounded(scores.strict[name].counts.f1),
                "relaxed F1": _rounded(scores.relaxed[name].counts.f1),
            }
            for name in scores.strict
            if scores.strict[name].counts.f1 is not None
        ]
        print_rows(rows, as_json=False, title="Agreement")
    print_changes(differences)


def _rounded(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"
