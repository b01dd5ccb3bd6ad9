"""The deletion of articles from a run's folder, with their answers, outcomes, texts and lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from antq_llm.core.atomic_write import disk_errors_named
from antq_llm.errors import ConfigurationError
from antq_llm.records.lines import FAILURES, RECORDS, RUN, write_lines
from antq_llm.records.text_files import text_file
from antq_llm.store.opening import STORE_FILES, has_store, open_store
from antq_llm.store.protocol import Store
from antq_llm.store.rows import Forgotten

_BATCHES = "batches"
_OWN_NAMES = (RECORDS, FAILURES, RUN, "texts", _BATCHES, *STORE_FILES)
"""Prefixes of the names of the files and folders that a run itself writes."""


@dataclass(frozen=True, slots=True)
class ForgetReport:
    """The result of deleting articles from a run's folder."""

    stored: Forgotten
    lines: int
    """The number of lines deleted from the run's files."""
    texts: int
    unknown: tuple[str, ...]
    """The ids for which nothing was found."""
    left: tuple[str, ...]
    """Files and folders left in the run's folder that may still contain parts of the articles."""


def forget_articles(folder: Path, article_ids: Sequence[str]) -> ForgetReport:
    """Delete articles from a run's folder.

    If the process is killed, the next run in the folder or the next call for this folder completes
    the deletion. Raises ConfigurationError if the folder has no store.
    """
    if not has_store(folder):
        raise ConfigurationError(
            f"{folder} has no store: name a folder that antq-llm extract --out wrote"
        )
    with closing(open_store(folder)) as store:
        found = _ids_in(folder, article_ids)
        stored = store.forget(article_ids)
        lines, texts = finish_forgetting(folder, store)
        unknown = tuple(one for one in article_ids if one not in found | set(stored.article_ids))
    return ForgetReport(stored, lines, texts, unknown, _files_left(folder))


def finish_forgetting(folder: Path, store: Store) -> tuple[int, int]:
    """Delete the lines and texts of articles deleted from the store; return the numbers of both.

    This includes articles that an earlier call deleted from the store before it was killed.
    """
    article_ids = store.forgetting()
    if not article_ids:
        return 0, 0
    lines = sum(_remove_lines(folder / name, set(article_ids)) for name in (RECORDS, FAILURES))
    texts = [text_file(folder, article_id) for article_id in article_ids]
    present = [text for text in texts if text.is_file()]
    for text in present:
        with disk_errors_named(text):
            text.unlink()
    store.end_forgetting(article_ids)
    return lines, len(present)


def _remove_lines(path: Path, article_ids: set[str]) -> int:
    """Remove the lines of articles from a JSON Lines file; return the number removed."""
    if not path.is_file():
        return 0
    removed = sum(_article_id(line) in article_ids for line in _lines(path))
    if removed:
        kept = (line for line in _lines(path) if _article_id(line) not in article_ids)
        with disk_errors_named(path):
            write_lines(path, kept)
    return removed


def _ids_in(folder: Path, article_ids: Sequence[str]) -> set[str]:
    """Return those of ``article_ids`` that have a line or a text in the folder."""
    found = {one for one in article_ids if text_file(folder, one).is_file()}
    for name in (RECORDS, FAILURES):
        if (folder / name).is_file():
            found |= {_article_id(line) for line in _lines(folder / name)} & set(article_ids)
    return found


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for line in file:
            yield line.removesuffix(b"\n")


def _article_id(line: bytes) -> str:
    """Return the article id of a line, or an empty string if the line is not valid."""
    try:
        return str(json.loads(line)["article_id"])
    except (ValueError, LookupError, TypeError):
        return ""


def _files_left(folder: Path) -> tuple[str, ...]:
    others = [path for path in folder.iterdir() if not path.name.startswith(_OWN_NAMES)]
    uploads = (folder / _BATCHES).glob("*.jsonl*")
    return tuple(sorted(path.relative_to(folder).as_posix() for path in (*others, *uploads)))
