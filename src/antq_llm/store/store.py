"""The store of a run: every completion received, and every outcome, in one SQLite file.

Tables:

- ``completions``: a row for each answered request, keyed by its digest
- ``samples``: the current sample of a request
- ``calls``: a row for each run
- ``outcomes``: the output line of each article of each run
- ``spending``: what all completions have cost, in US dollars
- ``reservations``: what pending requests may cost, if the run has a budget

Runs with ``--batch`` add the tables of ``openai_batch/state.py``.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from antq_llm.clients.completion import Completion, Usage
from antq_llm.core.json_text import json_text
from antq_llm.errors import ConfigurationError
from antq_llm.store.group_commit import GroupCommit, Work
from antq_llm.store.tables import COUNT_COSTS, CREATE, FORMAT, FROM_FORMAT_1

BUSY_MILLISECONDS = 60_000
MAX_GATHERED_OUTCOMES = 128
"""Outcomes waiting to be written, at most."""

_MAX_REASON_CHARACTERS = 200

OutcomeKind = Literal["record", "failure"]
_OutcomeRow = tuple[int, int, str, OutcomeKind, str]


class StoredRequest(Protocol):
    """What is stored of a request beside its answer."""

    @property
    def digest(self) -> str:
        """The key of the answer."""
        ...

    def asked(self) -> dict[str, Any]:
        """Return the digests of the parts of the request."""
        ...


class Store:
    """A store in a file, which several runs may share.

    Raises ConfigurationError if the file cannot be used as a store, or has another format.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = _open_store(path)
            self._durable = _open(path)
            self._durable.execute("PRAGMA synchronous = FULL")
        except (sqlite3.DatabaseError, OSError) as error:
            if hasattr(self, "_database"):
                self._database.close()
            raise ConfigurationError(
                f"{path} cannot be used as a store ({error}): name another --out"
            ) from error
        self.path = path
        self._lock = threading.Lock()
        self._outcomes: deque[_OutcomeRow] = deque()
        self._commits = GroupCommit(self._write)

    def completion(self, digest: str) -> Completion | None:
        """Return the answer to a request, or None if it is not answered yet."""
        with self._named_errors():
            row = self._database.execute(
                "SELECT completion FROM completions WHERE digest = ?", (digest,)
            ).fetchone()
            return Completion.model_validate_json(row[0]) if row else None

    async def keep(
        self, request: StoredRequest, completion: Completion, *, counts_cost: bool = True
    ) -> None:
        """Store the answer to a request; it is on disk when this returns. The first answer stays.

        With ``counts_cost`` its cost is added to the store's spending.
        """
        row = request.digest, json_text(request.asked()), completion.model_dump_json(), _now()
        cost = completion.cost_usd if counts_cost else None

        def work(database: sqlite3.Connection) -> None:
            inserted = database.execute(
                "INSERT OR IGNORE INTO completions VALUES (?, ?, ?, ?)", row
            ).rowcount
            if cost and inserted:
                database.execute("UPDATE spending SET usd = usd + ?", (cost,))

        await self.commit(work)

    async def commit(self, work: Work) -> Any:
        """Return the result of a piece of work on the database once it is on disk.

        Work that arrives at the same time shares one transaction, in order of arrival.
        """
        return await self._commits.commit(work)

    async def drain(self) -> None:
        """Wait until everything passed to ``keep`` and ``commit`` is written."""
        await self._commits.drain()

    def unpriced(self) -> Iterator[tuple[str, Usage]]:
        """Yield the model and usage of each completion that was stored without a cost."""
        values = ", ".join(
            f"json_extract(completion, '$.usage.{name}')" for name in Usage.model_fields
        )
        query = (
            f"SELECT json_extract(asked, '$.model'), {values} FROM completions "  # noqa: S608 - our own names
            "WHERE json_extract(completion, '$.cost_usd') IS NULL"
        )
        for model, *numbers in self._database.execute(query):
            yield model, Usage(**dict(zip(Usage.model_fields, numbers, strict=True)))

    @property
    def any_sample(self) -> bool:
        """Whether the current sample of any request is not the first."""
        return bool(self._database.execute("SELECT EXISTS (SELECT 1 FROM samples)").fetchone()[0])

    def sample_of(self, digest: str) -> int:
        """Return the current sample of a request, given the digest of its sample 0."""
        with self._named_errors():
            row = self._database.execute(
                "SELECT sample FROM samples WHERE digest = ?", (digest,)
            ).fetchone()
            return int(row[0]) if row else 0

    def use_sample(self, digest: str, sample: int) -> None:
        """Set the current sample of a request."""
        with self._named_errors():
            self._database.execute(
                "INSERT INTO samples VALUES (?, ?) "
                "ON CONFLICT DO UPDATE SET sample = excluded.sample",
                (digest, sample),
            )

    def begin_call(self) -> int:
        """Add a run and return its number."""
        with self._named_errors():
            return int(
                self._database.execute(
                    "INSERT INTO calls (started) VALUES (?) RETURNING call", (_now(),)
                ).fetchone()[0]
            )

    def put_outcome(
        self, call: int, position: int, article_id: str, kind: OutcomeKind, line: dict[str, Any]
    ) -> None:
        """Store the output line of the article at a position of a run's input.

        Lines are written in groups: after a crash they can be made again from the completions.
        """
        self._outcomes.append((call, position, article_id, kind, json_text(line)))
        if len(self._outcomes) >= MAX_GATHERED_OUTCOMES:
            self._write()

    def lines(self, call: int, kind: OutcomeKind) -> Iterator[str]:
        """Return a run's lines of one kind, in input order."""
        self._write()
        with self._named_errors():
            rows = self._database.execute(
                "SELECT line FROM outcomes WHERE call = ? AND kind = ? ORDER BY position",
                (call, kind),
            )
            for row in rows:
                yield row[0]

    def positions(self, call: int) -> set[int]:
        """Return the positions of a run's input that have an outcome."""
        self._write()
        rows = self._database.execute("SELECT position FROM outcomes WHERE call = ?", (call,))
        return {row[0] for row in rows}

    def connect(self, tables: str) -> sqlite3.Connection:
        """Open another connection to the file and create tables in it.

        Each write through it is flushed to disk. The caller closes it.
        """
        with self._named_errors():
            database = _open(self.path)
            database.execute("PRAGMA synchronous = FULL")
            database.executescript(tables)
            return database

    def close(self) -> None:
        """Write pending outcomes and close the file."""
        try:
            if self._outcomes:
                self._write()
        finally:
            with self._lock:
                self._durable.close()
            self._database.close()

    def _write(self, works: Sequence[Work] = ()) -> list[Any]:
        """Do work and write pending outcomes in one transaction; on failure they stay pending."""
        with self._lock, self._named_errors():
            outcomes = [self._outcomes.popleft() for _ in range(len(self._outcomes))]
            try:
                self._durable.execute("BEGIN IMMEDIATE")
                results = [work(self._durable) for work in works]
                # An interrupted write may have taken effect nevertheless, so rows are replaced.
                self._durable.executemany(
                    "INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?, ?, ?)", outcomes
                )
                self._durable.execute("COMMIT")
            except BaseException:
                self._durable.rollback()
                self._outcomes.extendleft(reversed(outcomes))
                raise
            return results

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise ConfigurationError(
                f"{self.path} cannot be written ({error}): free space on its disk, or end the "
                "program that holds it, then make the same call again to continue"
            ) from error
        except (sqlite3.Error, ValueError, TypeError) as error:
            reason = " ".join(str(error).split())[:_MAX_REASON_CHARACTERS]
            raise ConfigurationError(
                f"{self.path} is damaged ({reason}): restore it from a backup, or name another "
                "--out, which asks about all articles again"
            ) from error


def _open_store(path: Path) -> sqlite3.Connection:
    """Open a store, creating or converting its tables."""
    database = _open(path)
    try:
        found = database.execute("PRAGMA user_version").fetchone()[0]
        if found not in {0, 1, FORMAT}:
            raise ConfigurationError(
                f"{path} is a store of format {found}, this version reads {FORMAT}: "
                "name another --out"
            )
        # A page holds a row or two, which halves the number of writes to a new file.
        database.execute("PRAGMA page_size = 16384")
        database.execute("PRAGMA journal_mode = WAL")
        # Only paid completions are flushed to disk (through another connection): all other rows
        # can be made again from them.
        database.execute("PRAGMA synchronous = NORMAL")
        conversion = FROM_FORMAT_1 if found == 1 else ""
        database.executescript(
            f"BEGIN IMMEDIATE; {conversion}{CREATE}{COUNT_COSTS}"
            f"PRAGMA user_version = {FORMAT}; COMMIT;"
        )
    except BaseException:
        database.close()
        raise
    return database


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    database.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    return database


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
