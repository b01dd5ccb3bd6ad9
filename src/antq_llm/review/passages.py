"""Underlined passages of an article, which a person can mark as needing no item."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from antq_llm.annotation.gold_folder import gold_file
from antq_llm.core.atomic_write import disk_errors_named, write_atomically
from antq_llm.core.json_file import read_json_file
from antq_llm.errors import ConfigurationError
from antq_llm.evidence.spans import Span
from antq_llm.review.gold_store import LOCK_FILE
from antq_llm.validation.warnings import RecordWarning


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of an article, with offsets in Unicode code points."""

    start: int
    end: int
    text: str

    @property
    def id(self) -> str:
        """The HTML id of the passage."""
        return f"u{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class UnderlinedPassages:
    """The passages of an article that are in no item."""

    open: tuple[Passage, ...]
    settled: tuple[Passage, ...]
    """The passages that need no item."""

    @property
    def all(self) -> list[Passage]:
        """All passages, in the order of the text."""
        return sorted((*self.open, *self.settled), key=lambda found: (found.start, found.end))

    def after(self, span: Span) -> Passage | None:
        """Return the next open passage after a span, or else the first; None if there is none."""
        others = [found for found in self.open if (found.start, found.end) != span]
        following = (found for found in others if found.start >= span[0])
        return next(following, others[0] if others else None)


class SettledPassages:
    """The passages that need no item, stored in ``ARTICLE_ID.passages`` beside the record."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def underlined(
        self, article_id: str, text: str, warnings: Iterable[RecordWarning]
    ) -> UnderlinedPassages:
        """Return the passages that warnings are about, divided into open and settled ones."""
        settled = set(self._load(article_id))
        found = [
            Passage(warning.start, warning.end, text[warning.start : warning.end])
            for warning in warnings
            if warning.start is not None and warning.end is not None
        ]
        return UnderlinedPassages(
            tuple(passage for passage in found if passage not in settled),
            tuple(passage for passage in found if passage in settled),
        )

    def settle(self, article_id: str, passage: Passage) -> None:
        """Mark a passage as needing no item."""
        with self._lock():
            known = self._load(article_id)
            if passage not in known:
                self._write(article_id, [*known, passage])

    def reopen(self, article_id: str, passage: Passage) -> None:
        """Mark a settled passage as open again."""
        with self._lock():
            self._write(article_id, [one for one in self._load(article_id) if one != passage])

    def _load(self, article_id: str) -> list[Passage]:
        path = self._path(article_id)
        try:
            return [_passage(entry) for entry in read_json_file(path)]
        except (ValueError, TypeError, LookupError) as error:
            if not path.exists():
                return []
            raise ConfigurationError(
                f"{path} is not a list of passages: correct the file or remove it"
            ) from error

    def _write(self, article_id: str, passages: Sequence[Passage]) -> None:
        path = self._path(article_id)
        ordered = sorted(passages, key=lambda passage: (passage.start, passage.end))
        entries = [{"start": one.start, "end": one.end, "text": one.text} for one in ordered]
        with disk_errors_named(path):
            if entries:
                write_atomically(path, [json.dumps(entries, ensure_ascii=False, indent=1) + "\n"])
            else:
                path.unlink(missing_ok=True)

    def _path(self, article_id: str) -> Path:
        path = gold_file(self._folder, article_id)
        return path.with_name(f"{path.name.removesuffix('.json')}.passages")

    def _lock(self) -> FileLock:
        return FileLock(self._folder / LOCK_FILE)


def _passage(entry: Any) -> Passage:
    return Passage(int(entry["start"]), int(entry["end"]), str(entry["text"]))
