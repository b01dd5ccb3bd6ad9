"""A store of gold annotations that saves changes immediately and notices changes made elsewhere.

A record is in ``ARTICLE_ID.draft`` until it is accepted, and then in ``ARTICLE_ID.json``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

from antq_llm.annotation.gold_folder import gold_file, write_record
from antq_llm.core.atomic_write import disk_errors_named
from antq_llm.core.digest import digest_of
from antq_llm.core.json_file import UnreadableJson, read_json_file
from antq_llm.errors import ConfigurationError

State = Literal["new", "draft", "gold"]
"""The state of a record: ``new`` (no file), ``draft`` (not accepted) or ``gold`` (accepted)."""
MAX_UNDO = 200
"""The maximum number of changes to an article that can be undone."""
LOCK_FILE = ".review.lock"
"""The lock file that prevents two servers from writing to a folder at the same time."""


class ChangedElsewhere(Exception):  # noqa: N818 - an answer to a request, not a failure
    """The record or item has changed since the version on which the request is based."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The current record of an article."""

    data: Any
    state: State

    @property
    def version(self) -> str:
        """A digest of the record and its state."""
        return digest_of([self.state, self.data])[:16]


class GoldStore:
    """The records in a folder; several stores can write to the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._undo: defaultdict[str, list[tuple[str, Draft]]] = defaultdict(list)
        with disk_errors_named(folder):
            folder.mkdir(parents=True, exist_ok=True)

    def load(self, article_id: str, initial: Any) -> Draft:
        """Return the record of an article, or ``initial`` if none has been saved yet.

        Raises ConfigurationError, which names the file, if the record's file is not JSON.
        """
        gold, draft = self._paths(article_id)
        for path, state in ((gold, "gold"), (draft, "draft")):
            try:
                return Draft(read_json_file(path), "gold" if state == "gold" else "draft")
            except UnreadableJson as error:
                if path.exists():
                    raise ConfigurationError(
                        f"{path} is not a record ({error}): correct the file or remove it"
                    ) from error
        return Draft(initial, "new")

    def state_of(self, article_id: str) -> State:
        """Return the state of an article, without reading its files."""
        gold, draft = self._paths(article_id)
        if gold.exists():
            return "gold"
        return "draft" if draft.exists() else "new"

    def save(self, article_id: str, data: Any, version: str, initial: Any) -> Draft:
        """Write a changed record; raise ChangedElsewhere unless ``version`` is current."""
        with self._lock():
            before = self._expect(article_id, version, initial)
            return self._change(
                article_id, before, Draft(data, "gold" if before.state == "gold" else "draft")
            )

    def accept(self, article_id: str, version: str, initial: Any) -> Draft:
        """Write the record as gold; raise ChangedElsewhere unless ``version`` is current."""
        with self._lock():
            before = self._expect(article_id, version, initial)
            return self._change(article_id, before, Draft(before.data, "gold"))

    def can_undo(self, article_id: str, version: str) -> bool:
        """Return whether the change that led to a version can be undone."""
        changes = self._undo[article_id]
        return bool(changes) and changes[-1][0] == version

    def undo(self, article_id: str, version: str, initial: Any) -> Draft:
        """Undo the last change.

        Raises ChangedElsewhere unless ``version`` is current and this store made the change that
        led to it.
        """
        with self._lock():
            self._expect(article_id, version, initial)
            if not self.can_undo(article_id, version):
                raise ChangedElsewhere
            _, before = self._undo[article_id].pop()
            self._write(article_id, before)
            return before

    def _change(self, article_id: str, before: Draft, after: Draft) -> Draft:
        if after != before:
            self._write(article_id, after)
            changes = self._undo[article_id]
            changes.append((after.version, before))
            del changes[:-MAX_UNDO]
        return after

    def _write(self, article_id: str, record: Draft) -> None:
        """Write the file for a record's state, if it has one; remove the files of other states."""
        gold, draft = self._paths(article_id)
        with disk_errors_named(gold):
            if record.state != "new":
                write_record(gold if record.state == "gold" else draft, record.data)
            if record.state != "gold":
                gold.unlink(missing_ok=True)
            if record.state != "draft":
                draft.unlink(missing_ok=True)

    def _expect(self, article_id: str, version: str, initial: Any) -> Draft:
        found = self.load(article_id, initial)
        if found.version != version:
            raise ChangedElsewhere
        return found

    def _paths(self, article_id: str) -> tuple[Path, Path]:
        gold = gold_file(self.folder, article_id)
        return gold, gold.with_name(f"{gold.name.removesuffix('.json')}.draft")

    def _lock(self) -> FileLock:
        return FileLock(self.folder / LOCK_FILE)
