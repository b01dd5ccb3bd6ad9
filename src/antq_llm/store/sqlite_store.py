"""The store of a run in one SQLite file, which several runs may share.

``store/tables.py`` has the tables; the modules named after them say what is in them.
"""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from antq_llm.clients.completion import Completion, Usage
from antq_llm.errors import ConfigurationError
from antq_llm.store import forgetting, money_table
from antq_llm.store.batch_table import BatchTable
from antq_llm.store.completion_table import CompletionTable, insertion
from antq_llm.store.group_commit import GroupCommit, Work
from antq_llm.store.old_formats import READABLE, create_tables, take_over
from antq_llm.store.outcome_table import OutcomeTable, outcome_row, put_outcomes
from antq_llm.store.protocol import BatchState, Store, StoredRequest
from antq_llm.store.rows import Forgotten, LineCounts, OutcomeKind, StoredAnswer, StoredOutcome
from antq_llm.store.tables import FORMAT, now_text, open_database

MAX_GATHERED_OUTCOMES = 128
"""Outcomes waiting to be written, at most."""
_MAX_REASON_CHARACTERS = 200
STORE_FILE = "store.sqlite3"
"""The name of the store in a run's folder."""


class SqliteStore:
    """A store in a file; see ``Store``.

    A store of an earlier format is taken over when it is opened. Raises ConfigurationError if the
    file cannot be used as a store, or has a later format.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._unusable_named():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = _open_store(path)
            self._durable = open_database(path, is_durable=True)
        self._completions = CompletionTable(self._database)
        self._outcomes = OutcomeTable(self._database)
        self._lock = threading.Lock()
        self._gathered: deque[dict[str, Any]] = deque()
        self._commits = GroupCommit(self._write)

    def completion(self, digest: str) -> Completion | None:
        with self._errors_named():
            return self._completions.completion(digest)

    async def keep(
        self, request: StoredRequest, completion: Completion, *, counts_cost: bool = True
    ) -> None:
        insert = insertion(request.digest, request.asked(), completion, now_text())
        cost = completion.cost_usd if counts_cost else None

        def work(database: sqlite3.Connection) -> None:
            if insert(database) and cost:
                money_table.spend(database, cost)

        await self._commit(work)

    async def drain(self) -> None:
        await self._commits.drain()

    def unpriced(self) -> Iterator[tuple[str, Usage]]:
        with self._errors_named():
            yield from self._completions.unpriced()

    def answers_of(self, article_digest: str) -> list[StoredAnswer]:
        with self._errors_named():
            return self._completions.answers_of(article_digest)

    @property
    def any_sample(self) -> bool:
        with self._errors_named():
            return self._completions.any_sample

    def sample_of(self, digest: str) -> int:
        with self._errors_named():
            return self._completions.sample_of(digest)

    def use_sample(self, digest: str, sample: int) -> None:
        with self._errors_named():
            self._completions.use_sample(digest, sample)

    def latest_identity(self) -> str | None:
        with self._errors_named():
            return self._outcomes.latest_identity()

    def begin_call(self, identity: str = "", *, replaces: str | None = None) -> int:
        with self._transaction() as database:
            return OutcomeTable(database).begin_call(identity, replaces, now_text())

    def put_outcome(self, call: int, position: int, outcome: StoredOutcome) -> None:
        self._gathered.append(outcome_row(call, position, outcome))
        if len(self._gathered) >= MAX_GATHERED_OUTCOMES:
            self._write()

    def order_lines(self, call: int) -> None:
        self._write()
        with self._transaction() as database:
            OutcomeTable(database).order_lines(call)

    def lines(
        self, call: int, kind: OutcomeKind, *, only_this_call: bool = False
    ) -> Iterator[bytes]:
        self._write()
        with self._errors_named():
            yield from self._outcomes.lines(call, kind, only_this_call=only_this_call)

    def count_lines(self, call: int, checks: str, *, only_this_call: bool = False) -> LineCounts:
        self._write()
        with self._errors_named():
            return self._outcomes.count_lines(call, checks, only_this_call=only_this_call)

    def line_of(self, article_id: str) -> bytes | None:
        with self._errors_named():
            return self._outcomes.line_of(article_id)

    def sample_lines(self) -> Iterator[tuple[int, bytes]]:
        with self._errors_named():
            yield from self._outcomes.sample_lines()

    def delete_outcomes(self, calls: Sequence[int]) -> int:
        with self._transaction() as database:
            return OutcomeTable(database).delete_calls(calls)

    async def reserve(self, key: str, usd: float, limit: float) -> bool:
        return bool(
            await self._commit(lambda database: money_table.reserve(database, key, usd, limit))
        )

    async def settle(self, key: str, usd: float) -> None:
        await self._commit(lambda database: money_table.settle(database, key, usd))

    async def release_reservations(self, prefix: str) -> None:
        await self._commit(lambda database: money_table.release(database, prefix))

    async def has_reservations(self, prefix: str) -> bool:
        return bool(
            await self._commit(lambda database: money_table.has_reservations(database, prefix))
        )

    async def used(self) -> tuple[float, float]:
        spent, reserved = await self._commit(money_table.used)
        return spent, reserved

    def batches(self) -> BatchState:
        with self._errors_named():
            return BatchTable(open_database(self._path, is_durable=True))

    def forget(self, article_ids: Sequence[str]) -> Forgotten:
        self._write()
        with self._transaction() as database:
            forgotten = forgetting.forget(database, article_ids)
        self._overwrite_log()
        return forgotten

    def forgetting(self) -> list[str]:
        with self._errors_named():
            return forgetting.pending(self._database)

    def end_forgetting(self, article_ids: Sequence[str]) -> None:
        with self._transaction() as database:
            forgetting.end(database, article_ids)
        self._overwrite_log()

    def expire_answers(self, before: str) -> int:
        self._write()
        with self._transaction() as database:
            expired = CompletionTable(database).expire(before)
        if expired:
            self._overwrite_log()
        return expired

    def close(self) -> None:
        try:
            if self._gathered:
                self._write()
        finally:
            with self._lock:
                self._durable.close()
            self._database.close()

    async def _commit(self, work: Work) -> Any:
        """Return the result of a piece of work on the database once it is on disk.

        Work that arrives at the same time shares one transaction, in order of arrival.
        """
        return await self._commits.commit(work)

    def _write(self, works: Sequence[Work] = ()) -> list[Any]:
        """Do work and write gathered outcomes in one transaction; on failure they stay gathered."""
        with self._transaction() as database:
            outcomes = [self._gathered.popleft() for _ in range(len(self._gathered))]
            try:
                results = [work(database) for work in works]
                # An interrupted write may have taken effect nevertheless: this repeats it safely.
                put_outcomes(database, outcomes)
                database.execute("COMMIT")
            except BaseException:
                self._gathered.extendleft(reversed(outcomes))
                raise
            return results

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Make all changes or none; they are flushed to disk when the block ends."""
        with self._lock, self._errors_named():
            try:
                self._durable.execute("BEGIN IMMEDIATE")
                yield self._durable
                if self._durable.in_transaction:
                    self._durable.execute("COMMIT")
            except BaseException:
                self._durable.rollback()
                raise

    def _overwrite_log(self) -> None:
        """Move the write-ahead log into the file and empty it, so that it holds nothing deleted."""
        with self._lock, self._errors_named():
            self._durable.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _unusable_named(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, OSError) as error:
            if hasattr(self, "_database"):
                self._database.close()
            raise ConfigurationError(
                f"{self._path} cannot be used as a store ({error}): name another --out, or correct "
                "this and make the same call again"
            ) from error

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise ConfigurationError(
                f"{self._path} cannot be written ({error}): free space on its disk, or end the "
                "program that holds it, then make the same call again to continue"
            ) from error
        except (sqlite3.Error, zlib.error, ValueError, TypeError) as error:
            reason = " ".join(str(error).split())[:_MAX_REASON_CHARACTERS]
            raise ConfigurationError(
                f"{self._path} is damaged ({reason}): restore it from a backup, or name another "
                "--out, which asks about all articles again"
            ) from error


def open_store(folder: Path) -> Store:
    """Return the store of a run's folder; a new one is made if there is none.

    Raises ConfigurationError if it cannot be used.
    """
    return SqliteStore(folder / STORE_FILE)


def has_store(folder: Path) -> bool:
    """Return whether a folder has a store."""
    return (folder / STORE_FILE).is_file()


def _open_store(path: Path) -> sqlite3.Connection:
    """Open a store, creating its tables or taking over those of an earlier format."""
    database = open_database(path)
    try:
        found = database.execute("PRAGMA user_version").fetchone()[0]
        if found not in {0, *READABLE, FORMAT}:
            raise ConfigurationError(
                f"{path} is a store of format {found}, this version reads {FORMAT}: "
                "name another --out"
            )
        if found == 0:
            # A page holds several rows, which halves the number of writes to a new file.
            database.execute("PRAGMA page_size = 16384")
        database.execute("PRAGMA journal_mode = WAL")
        if found != FORMAT:
            create_tables(database)
        take_over(database, path)
    except BaseException:
        database.close()
        raise
    return database
