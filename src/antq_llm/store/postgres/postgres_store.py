"""A run's store in a PostgreSQL database; runs on several machines can share the store."""

from __future__ import annotations

import asyncio
import zlib
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from antq_llm.errors import ConfigurationError
from antq_llm.store.postgres.connection import PATIENCE_SECONDS, Connection, PostgresDatabase
from antq_llm.store.postgres.postgres_batches import PostgresBatches
from antq_llm.store.postgres.tables import TABLES_WITH_TEXTS, lock_key
from antq_llm.store.protocol import BatchState
from antq_llm.store.sql.database import Database
from antq_llm.store.sql.sql_store import SqlStore
from antq_llm.store.store_address import StoreAddress

POLL_SECONDS = 0.25
"""The time between checks of whether another run has finished a request, in seconds."""

T = TypeVar("T")


class PostgresStore(SqlStore):
    """A store in the PostgreSQL schema of a run; see ``Store``.

    ``patience`` is the time limit for restoring a lost connection, in seconds. Raises
    ConfigurationError if the database cannot be reached.
    """

    def __init__(
        self,
        address: StoreAddress,
        *,
        patience: float = PATIENCE_SECONDS,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._address = address
        self._patience = patience
        self._poll_seconds = poll_seconds
        self._claims: Counter[int] = Counter()
        self._released: deque[int] = deque()
        super().__init__(PostgresDatabase(address, patience=patience))
        try:
            self._writer = PostgresDatabase(
                address, patience=patience, on_connect=self._claim_again
            )
        except BaseException:
            self._database.close()
            raise

    @property
    def answers_file(self) -> None:
        return None

    async def claim(self, digest: str) -> bool:
        # The claim is an advisory lock of the writing session, so it ends with the process.
        key = lock_key(str(self._address.run), digest)

        def work(database: Database) -> tuple[bool, bool]:
            is_free = database.execute("SELECT pg_try_advisory_lock(?)", (key,)).fetchone()[0]
            query = "SELECT EXISTS (SELECT 1 FROM completions WHERE digest = ?)"
            is_answered = database.execute(query, (bytes.fromhex(digest),)).fetchone()[0]
            return bool(is_free), bool(is_answered)

        while True:
            is_free, is_answered = await self._commit(work)
            if is_free:
                self._claims[key] += 1
            if is_free or is_answered:
                return bool(is_answered)
            await asyncio.sleep(self._poll_seconds)

    def release_claim(self, digest: str) -> None:
        key = lock_key(str(self._address.run), digest)
        if self._claims[key]:
            self._claims[key] -= 1
            self._released.append(key)
            self._commits.post(self._unlock)

    def _unlock(self, database: Database) -> None:
        """Unlock all claims released since the last call, in one statement."""
        keys = [self._released.popleft() for _ in range(len(self._released))]
        if keys:
            database.execute("SELECT pg_advisory_unlock(key) FROM unnest(?::bigint[]) key", (keys,))

    def batches(self) -> BatchState:
        return PostgresBatches(self._address, self._patience)

    def _close(self) -> None:
        with self._lock:
            self._writer.close()
        super()._close()

    def _transact(self, work: Callable[[Database], T]) -> T:
        return self._writer.transact(work)

    def _overwrite_deleted(self) -> None:
        """Rewrite the tables to remove the files that contained the deleted data."""
        with self._lock:
            self._writer.execute(f"VACUUM (FULL) {', '.join(TABLES_WITH_TEXTS)}")

    def _claim_again(self, connection: Connection) -> None:
        """Restore the claims that were lost with a connection, unless another run has them."""
        for key in self._claims.elements():
            connection.execute("SELECT pg_try_advisory_lock(%s)", (key,))

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except (zlib.error, ValueError, TypeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise ConfigurationError(
                f"the run {self._address.run} in {self._address.shown} is damaged ({reason}): "
                "restore it from a backup, or name another --out to ask about all articles "
                "again"
            ) from error
