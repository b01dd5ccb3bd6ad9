"""The code that the stores in SQLite and PostgreSQL share."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from antq_llm.clients.completion import Completion, Usage
from antq_llm.store import forgetting
from antq_llm.store.group_commit import GroupCommit, Work
from antq_llm.store.packing import now_text
from antq_llm.store.protocol import BatchState, StoredRequest
from antq_llm.store.rows import Forgotten, LineCounts, OutcomeKind, StoredAnswer, StoredOutcome
from antq_llm.store.sql import money_table
from antq_llm.store.sql.completion_table import CompletionTable, insertion
from antq_llm.store.sql.database import Database
from antq_llm.store.sql.outcome_table import OutcomeTable, outcome_row, put_outcomes

MAX_GATHERED_OUTCOMES = 128
"""The maximum number of outcomes waiting to be written."""

T = TypeVar("T")


class SqlStore(ABC):
    """A store in SQL tables; see ``Store``. ``database`` is the connection for reading."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._completions = CompletionTable(database)
        self._outcomes = OutcomeTable(database)
        self._lock = threading.Lock()
        self._gathered: deque[dict[str, Any]] = deque()
        self._commits = GroupCommit(self._write)

    @abstractmethod
    def _transact(self, work: Callable[[Database], T]) -> T:
        """Call ``work`` in a transaction and flush it to disk; the caller must hold ``_lock``."""

    @abstractmethod
    def _errors_named(self) -> AbstractContextManager[None]:
        """Convert database errors in the block to ConfigurationErrors that say what to do."""

    @abstractmethod
    def _overwrite_deleted(self) -> None:
        """Overwrite the deleted data that the database would otherwise leave behind."""

    @abstractmethod
    def batches(self) -> BatchState:
        """Return the state of batches; the caller must close it."""

    @abstractmethod
    async def claim(self, digest: str) -> bool:
        """Claim a request, waiting while another run sends it; return whether it has an answer."""

    @abstractmethod
    def release_claim(self, digest: str) -> None:
        """Release the claim on a request."""

    def completion(self, digest: str) -> Completion | None:
        with self._errors_named():
            return self._completions.completion(digest)

    async def keep(
        self, request: StoredRequest, completion: Completion, *, counts_cost: bool = True
    ) -> None:
        insert = insertion(request.digest, request.asked(), completion, now_text())
        cost = completion.cost_usd if counts_cost else None

        def work(database: Database) -> None:
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
        return self._change(
            lambda database: OutcomeTable(database).begin_call(identity, replaces, now_text())
        )

    def put_outcome(self, call: int, position: int, outcome: StoredOutcome) -> None:
        self._gathered.append(outcome_row(call, position, outcome))
        if len(self._gathered) >= MAX_GATHERED_OUTCOMES:
            self._write()

    def order_lines(self, call: int) -> None:
        self._write()
        self._change(lambda database: OutcomeTable(database).order_lines(call))

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
        return self._change(lambda database: OutcomeTable(database).delete_calls(calls))

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

    def forget(self, article_ids: Sequence[str]) -> Forgotten:
        self._write()
        forgotten = self._change(lambda database: forgetting.forget(database, article_ids))
        self._overwrite_deleted()
        return forgotten

    def forgetting(self) -> list[str]:
        with self._errors_named():
            return forgetting.pending(self._database)

    def end_forgetting(self, article_ids: Sequence[str]) -> None:
        self._change(lambda database: forgetting.end(database, article_ids))
        self._overwrite_deleted()

    def expire_answers(self, before: str) -> int:
        self._write()
        expired = self._change(lambda database: CompletionTable(database).expire(before))
        if expired:
            self._overwrite_deleted()
        return expired

    def close(self) -> None:
        try:
            if self._gathered:
                self._write()
        finally:
            self._close()

    def _close(self) -> None:
        """Close the connections."""
        self._database.close()

    async def _commit(self, work: Work) -> Any:
        """Call ``work`` in a transaction, and return its result once its changes are on disk.

        Work that arrives within a few milliseconds shares one transaction, in order of arrival.
        """
        return await self._commits.commit(work)

    def _change(self, work: Callable[[Database], T]) -> T:
        with self._lock, self._errors_named():
            return self._transact(work)

    def _write(self, works: Sequence[Work] = ()) -> list[Any]:
        """Call ``works`` and write the gathered outcomes in one transaction.

        The outcomes stay gathered if the transaction fails.
        """
        with self._lock, self._errors_named():
            outcomes = [self._gathered.popleft() for _ in range(len(self._gathered))]

            def write(database: Database) -> list[Any]:
                results = [work(database) for work in works]
                put_outcomes(database, outcomes)
                return results

            try:
                # An interrupted write may have taken effect, but repeating it is safe.
                return self._transact(write)
            except BaseException:
                self._gathered.extendleft(reversed(outcomes))
                raise
