"""The run's own store: every completion received, and every outcome, in one SQLite file.

Tables: ``completions`` (one row for each request that was answered, keyed by its digest), ``samples`` (which sample of a request is the
current one), ``calls`` (one row for each run), ``outcomes`` (one row for each article of each run, with its line of output), ``spending`` (what all
completions have cost, in US dollars) and ``reservations`` (what requests under way may cost, where a run has a budget). Runs through a provider's
Batch API keep theirs beside them: ``batches``, ``batch_requests`` and ``batch_modes``, described in ``batch_state.py``.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol
from weakref import WeakKeyDictionary

from pydantic_core import to_json

from antq_llm.clients.base import Client
from antq_llm.clients.completion import Completion, Usage
from antq_llm.clients.request import Request
from antq_llm.errors import ConfigurationError
from antq_llm.store.tables import COUNT_COSTS, CREATE, FORMAT, FROM_FORMAT_1

BUSY_MILLISECONDS = 60_000
GATHERING_SECONDS = 0.004
"""How long work waits for more to come: a flush to disk takes about as long, and one then serves several times as many."""
MAX_GATHERED_OUTCOMES = 128
"""How many outcomes wait at the most until they are written together."""

OutcomeKind = Literal["record", "failure"]
Work = Callable[[sqlite3.Connection], Any]
_Outcome = tuple[int, int, str, OutcomeKind, str]


class StoredRequest(Protocol):
    """What is kept of a request beside its answer."""

    @property
    def digest(self) -> str:
        """By which the answer is found again."""
        ...

    def asked(self) -> dict[str, Any]:
        """Return the digests of what was asked, part by part."""
        ...


class Store:
    """A store in a file; what was paid for is on the disk when ``keep`` returns. Two runs may share it."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = _open(path)
            found = self._database.execute("PRAGMA user_version").fetchone()[0]
            if found not in {0, 1, FORMAT}:
                raise ConfigurationError(
                    f"{path} is a store of format {found}, this version reads {FORMAT}: name another --out"
                )
            # As large as a row or two: a new file is written in half as many pieces.
            self._database.execute("PRAGMA page_size = 16384")
            self._database.execute("PRAGMA journal_mode = WAL")
            # What was paid for is flushed to disk; all else can be made again from it, and only has to survive the process.
            self._database.execute("PRAGMA synchronous = NORMAL")
            change = FROM_FORMAT_1 if found == 1 else ""
            self._database.executescript(
                f"BEGIN IMMEDIATE; {change}{CREATE}{COUNT_COSTS}PRAGMA user_version = {FORMAT}; COMMIT;"
            )
            self._durable = _open(path)
            self._durable.execute("PRAGMA synchronous = FULL")
        except (sqlite3.DatabaseError, OSError, ConfigurationError) as error:
            if hasattr(self, "_database"):
                self._database.close()
            if isinstance(error, ConfigurationError):
                raise
            raise ConfigurationError(
                f"{path} cannot be used as a store ({error}): name another --out"
            ) from error
        self.path = path
        self._writing = threading.Lock()
        self._outcomes: deque[_Outcome] = deque()
        self.counts_costs = True
        """Whether keeping a completion counts its cost; a ledger that settles reservations does so itself."""
        self._waiting: WeakKeyDictionary[
            asyncio.AbstractEventLoop, list[tuple[Work, asyncio.Future[Any]]]
        ] = WeakKeyDictionary()
        self._under_way: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Future[list[Any]]] = (
            WeakKeyDictionary()
        )

    def completion(self, digest: str) -> Completion | None:
        """Return what answered a request, None if nothing did yet."""
        row = self._database.execute(
            "SELECT completion FROM completions WHERE digest = ?", (digest,)
        ).fetchone()
        return Completion.model_validate_json(row[0]) if row else None

    async def keep(self, request: StoredRequest, completion: Completion) -> None:
        """Keep what answered a request, on the disk when this returns; the first answer stays."""
        row = request.digest, _json(request.asked()), completion.model_dump_json(), _now()
        cost = completion.cost_usd if self.counts_costs else None

        def work(database: sqlite3.Connection) -> None:
            inserted = database.execute(
                "INSERT OR IGNORE INTO completions VALUES (?, ?, ?, ?)", row
            ).rowcount
            if cost and inserted:
                database.execute("UPDATE spending SET usd = usd + ?", (cost,))

        await self.commit(work)

    async def commit(self, work: Work) -> Any:
        """Return what a piece of work on the file gives, once it is on the disk.

        What comes at the same time shares one transaction and one flush, in the order in which it came.
        """
        loop = asyncio.get_running_loop()
        written = loop.create_future()
        waiting = self._waiting.setdefault(loop, [])
        waiting.append((work, written))
        if len(waiting) == 1 and loop not in self._under_way:
            self._write_soon(loop)
        # A caller that goes cancels only its waiting: the work is done with the others'.
        return await written

    async def drain(self) -> None:
        """Wait until everything that was given to ``keep`` is written."""
        loop = asyncio.get_running_loop()
        while left := [
            *(written for _, written in self._waiting.get(loop, ())),
            *filter(None, [self._under_way.get(loop)]),
        ]:
            await asyncio.wait(left)

    def _write_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        # By a timer and a thread, and no task: those are cancelled where a run is broken off, and would leave what was paid for to nobody.
        loop.call_later(GATHERING_SECONDS, self._write_waiting, loop)

    def _write_waiting(self, loop: asyncio.AbstractEventLoop) -> None:
        together = self._waiting.pop(loop)

        def done(writing: asyncio.Future[list[Any]]) -> None:
            del self._under_way[loop]
            if loop in self._waiting:
                self._write_soon(loop)
            error = writing.exception()
            for (_, written), result in zip(
                together, [None] * len(together) if error else writing.result(), strict=True
            ):
                if written.done():
                    continue
                if error:
                    written.set_exception(error)
                else:
                    written.set_result(result)

        self._under_way[loop] = loop.run_in_executor(
            None, self._write, [work for work, _ in together]
        )
        self._under_way[loop].add_done_callback(done)

    def _write(self, works: Sequence[Work] = ()) -> list[Any]:
        """Do pieces of work, and write the outcomes that wait, as one transaction; what could not be written waits for the next one."""
        with self._writing, self._errors_named():
            outcomes = [self._outcomes.popleft() for _ in range(len(self._outcomes))]
            try:
                self._durable.execute("BEGIN IMMEDIATE")
                results = [work(self._durable) for work in works]
                # Where a write was broken off, by a second Ctrl-C or a fault of the disk, it may have taken place all the same.
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
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            said = f"{self.path} cannot be written ({error})"
            raise ConfigurationError(
                f"{said}: free space on its disk, or end what holds it, then make the same call again to continue"
            ) from error

    def unpriced(self) -> Iterator[tuple[str, Usage]]:
        """Yield the model and the usage of each completion whose cost was not known when it was kept."""
        values = ", ".join(
            f"json_extract(completion, '$.usage.{name}')" for name in Usage.model_fields
        )
        query = f"SELECT json_extract(asked, '$.model'), {values} FROM completions WHERE json_extract(completion, '$.cost_usd') IS NULL"  # noqa: S608 - names of our own
        for model, *numbers in self._database.execute(query):
            yield model, Usage(**dict(zip(Usage.model_fields, numbers, strict=True)))

    @property
    def any_sample(self) -> bool:
        """Whether there is a request whose current sample is not the first."""
        return bool(self._database.execute("SELECT EXISTS (SELECT 1 FROM samples)").fetchone()[0])

    def sample_of(self, digest: str) -> int:
        """Return the number of the current sample of a request (by the digest of its sample 0)."""
        row = self._database.execute(
            "SELECT sample FROM samples WHERE digest = ?", (digest,)
        ).fetchone()
        return int(row[0]) if row else 0

    def use_sample(self, digest: str, sample: int) -> None:
        """Make a sample the current one of a request."""
        with self._errors_named():
            self._database.execute(
                "INSERT INTO samples VALUES (?, ?) ON CONFLICT DO UPDATE SET sample = excluded.sample",
                (digest, sample),
            )

    def begin_call(self) -> int:
        """Return the number of a new run over this store."""
        with self._errors_named():
            return int(
                self._database.execute(
                    "INSERT INTO calls (started) VALUES (?) RETURNING call", (_now(),)
                ).fetchone()[0]
            )

    def put_outcome(
        self, call: int, position: int, article_id: str, kind: OutcomeKind, line: dict[str, Any]
    ) -> None:
        """Keep the line of output of one article, at its place in the run's input.

        It is written with those that come near it: all of them can be made again from the completions.
        """
        self._outcomes.append((call, position, article_id, kind, _json(line)))
        if len(self._outcomes) >= MAX_GATHERED_OUTCOMES:
            self._write()

    def lines(self, call: int, kind: OutcomeKind) -> Iterator[str]:
        """Yield a run's lines of one kind, in the order of its input."""
        self._write()
        rows = self._database.execute(
            "SELECT line FROM outcomes WHERE call = ? AND kind = ? ORDER BY position", (call, kind)
        )
        return (row[0] for row in rows)

    def positions(self, call: int) -> set[int]:
        """Return the places in a run's input that have an outcome."""
        self._write()
        return {
            row[0]
            for row in self._database.execute(
                "SELECT position FROM outcomes WHERE call = ?", (call,)
            )
        }

    def connect(self, tables: str) -> sqlite3.Connection:
        """Return a further connection to the file, in which the given tables are there; each write through it is flushed to disk. The caller closes it."""
        database = _open(self.path)
        database.execute("PRAGMA synchronous = FULL")
        database.executescript(tables)
        return database

    def close(self) -> None:
        """Write what waits, and close the file."""
        try:
            if self._outcomes:
                self._write()
        finally:
            with self._writing:
                self._durable.close()
            self._database.close()


class StoredClient:
    """Answers from a store what was answered before, and keeps there what another client answers now.

    ``bought`` are digests whose answers came into the store another way in this very run: these are not replayed.
    """

    def __init__(self, inner: Client, store: Store, bought: Container[str] = ()) -> None:
        self._inner = inner
        self._store = store
        self._bought = bought
        self._under_way: dict[str, asyncio.Future[None]] = {}

    async def complete(self, request: Request) -> Completion:
        known = self._store.completion(request.digest)
        if known is None and (under_way := self._under_way.get(request.digest)) is not None:
            # Two articles of one text at once are one request.
            await asyncio.wait([under_way])
            known = self._store.completion(request.digest)
        if known is not None:
            return known.model_copy(update={"replayed": request.digest not in self._bought})
        answered = self._under_way[request.digest] = asyncio.get_running_loop().create_future()
        try:
            completion = await self._inner.complete(request)
            if not completion.replayed:
                await self._store.keep(request, completion)
        finally:
            self._under_way.pop(request.digest, None)
            answered.set_result(None)
        return completion

    async def aclose(self) -> None:
        await self._inner.aclose()


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    database.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    return database


def _json(value: Any) -> str:
    return to_json(value).decode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
