"""The location of a SQLite or PostgreSQL store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from antq_llm.store.opening import open_store
from antq_llm.store.sql.sql_store import SqlStore


@dataclass(frozen=True)
class StorePlace:
    """A run's folder, and the address of its PostgreSQL database if it uses one."""

    folder: Path
    url: str | None = None

    def open(self) -> SqlStore:
        """Open the store as another run would."""
        store = open_store(self.folder, self.url)
        assert isinstance(store, SqlStore)
        return store
