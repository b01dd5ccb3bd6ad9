"""A run's store in one SQLite file; several runs can share the file."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from antq_llm.errors import ConfigurationError
from antq_llm.store.protocol import BatchState
from antq_llm.store.sql.batch_table import BatchTable
from antq_llm.store.sql.database import Database
from antq_llm.store.sql.sql_store import SqlStore
from antq_llm.store.sqlite.batch_addresses import mask_addresses
from antq_llm.store.sqlite.old_formats import READABLE, create_tables, take_over
from antq_llm.store.sqlite.tables import FORMAT, SqliteDatabase, open_database

_MAX_REASON_CHARACTERS = 200

T = TypeVar("T")


class SqliteStore(SqlStore):
    """A store in a SQLite file; see ``Store``.

    A store in an earlier format is converted when it is opened. Raises ConfigurationError if the
    file cannot be used as a store or is in a later format.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._unusable_named():
            path.parent.mkdir(parents=True, exist_ok=True)
            database = _open_store(path)
            try:
                self._durable = open_database(path, is_durable=True)
            except BaseException:
                database.close()
                raise
        super().__init__(database)

    @property
    def answers_file(self) -> Path:
        return self._path

    async def claim(self, digest: str) -> bool:  # noqa: ARG002 - the protocol's
        """Return False, because runs that share a file do not wait for each other's requests."""
        return False

    def release_claim(self, digest: str) -> None:
        """Do nothing, because there are no claims."""

    def batches(self) -> BatchState:
        with self._errors_named():
            database = open_database(self._path, is_durable=True)
            mask_addresses(database)
            return BatchTable(database)

    def _close(self) -> None:
        with self._lock:
            self._durable.close()
        super()._close()

    def _transact(self, work: Callable[[Database], T]) -> T:
        with self._durable.transaction():
            return work(self._durable)

    def _overwrite_deleted(self) -> None:
        """Move the write-ahead log into the file, so that no deleted data remains in the log."""
        with self._lock, self._errors_named():
            self._durable.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _unusable_named(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, OSError) as error:
            raise ConfigurationError(
                f"{self._path} cannot be used as a store ({error}): name another --out, or correct "
                "the cause and run the same command again"
            ) from error

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise ConfigurationError(
                f"{self._path} cannot be written to ({error}): free space on its disk, or end the "
                "program that locks it, then run the same command again to continue"
            ) from error
        except (sqlite3.Error, zlib.error, ValueError, TypeError) as error:
            reason = " ".join(str(error).split())[:_MAX_REASON_CHARACTERS]
            raise ConfigurationError(
                f"{self._path} is damaged ({reason}): restore it from a backup, or name another "
                "--out to ask about all articles again"
            ) from error


def _open_store(path: Path) -> SqliteDatabase:
    """Open a store, creating its tables or converting those of an earlier format."""
    database = open_database(path)
    try:
        found = database.execute("PRAGMA user_version").fetchone()[0]
        if found not in {0, *READABLE, FORMAT}:
            raise ConfigurationError(
                f"{path} is a store in format {found}, but this version reads formats up to "
                f"{FORMAT}: name another --out"
            )
        if found == 0:
            # Large pages hold several rows, which halves the number of writes to a new file.
            database.execute("PRAGMA page_size = 16384")
        database.execute("PRAGMA journal_mode = WAL")
        if found != FORMAT:
            create_tables(database)
        take_over(database, path)
    except BaseException:
        database.close()
        raise
    return database
