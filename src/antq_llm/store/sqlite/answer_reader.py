"""Reading answers from a store's file while another process writes to it."""

from __future__ import annotations

import sqlite3
import zlib
from pathlib import Path

from antq_llm.clients.completion import Completion
from antq_llm.errors import AnswerDeleted
from antq_llm.store.sql.completion_table import CompletionTable
from antq_llm.store.sqlite.tables import open_database


class AnswerReader:
    """A reader that finds stored answers by the digests of their requests."""

    def __init__(self, path: Path) -> None:
        self._database = open_database(path)
        self._completions = CompletionTable(self._database)

    def completion(self, digest: str) -> Completion | None:
        """Return a stored answer, marked as replayed.

        Returns None if there is no answer or the answer cannot be read; in the latter case, the
        process that writes to the store reports the reason.
        """
        try:
            stored = self._completions.completion(digest)
        except (AnswerDeleted, sqlite3.Error, zlib.error, ValueError, TypeError):
            return None
        return None if stored is None else stored.model_copy(update={"replayed": True})

    def close(self) -> None:
        """Close the connection."""
        self._database.close()
