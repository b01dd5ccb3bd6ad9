"""A cap on the cost of a run; each try reserves its maximum cost until the actual cost is known."""

from __future__ import annotations

import asyncio
import logging
import threading
import uuid
from contextlib import suppress
from types import TracebackType
from typing import Protocol, Self
from weakref import WeakKeyDictionary

from antq_llm.errors import BudgetExceeded

logger = logging.getLogger(__name__)


class Ledger(Protocol):
    """An account of the US dollars spent and reserved."""

    async def reserve(self, key: str, usd: float, limit: float) -> bool:
        """Reserve an amount under a key; return False if the total would exceed ``limit``."""
        ...

    async def settle(self, key: str, usd: float) -> None:
        """Replace a reservation with the amount spent."""
        ...

    async def used(self) -> tuple[float, float]:
        """Return the amounts spent and reserved."""
        ...


class MemoryLedger:
    """A ledger in memory, for the duration of a run."""

    def __init__(self) -> None:
        self._spent = 0.0
        self._reserved: dict[str, float] = {}
        self._lock = threading.Lock()

    async def reserve(self, key: str, usd: float, limit: float) -> bool:
        with self._lock:
            if self._spent + sum(self._reserved.values()) + usd > limit:
                return False
            self._reserved[key] = usd
            return True

    async def settle(self, key: str, usd: float) -> None:
        with self._lock:
            del self._reserved[key]
            self._spent += usd

    async def used(self) -> tuple[float, float]:
        with self._lock:
            return self._spent, sum(self._reserved.values())


class Spending:
    """A context manager that reserves the maximum cost of a try and settles the actual cost."""

    def __init__(self, budget: Budget, max_cost: float) -> None:
        self._budget = budget
        self._max_cost = max_cost
        self._cost: float | None = 0.0
        self._key = ""

    async def __aenter__(self) -> Self:
        self._key = await self._budget.reserve(self._max_cost)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._cost is not None and self._cost > self._max_cost:
            self._budget.warn_of_excess(self._cost, self._max_cost)
        await self._budget.settle(self._key, self._max_cost if self._cost is None else self._cost)

    def mark_sent(self) -> None:
        """Mark the try as sent; it counts at the maximum cost until its actual cost is recorded."""
        self._cost = None

    def record_cost(self, usd: float | None) -> None:
        """Record the cost in US dollars; an unknown cost (None) counts as the maximum cost."""
        self._cost = usd


class UntrackedSpending:
    """A replacement for ``Spending`` that tracks nothing, for runs without a budget."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def mark_sent(self) -> None:
        """Do nothing."""

    def record_cost(self, usd: float | None) -> None:
        """Do nothing."""


UNTRACKED = UntrackedSpending()


class Budget:
    """A cap of ``limit`` US dollars on total spending, shared by all event loops.

    A request whose maximum cost does not fit waits until other requests are settled. If no other
    request is pending, BudgetExceeded is raised.
    """

    def __init__(self, limit: float, ledger: Ledger) -> None:
        self.limit = limit
        self.ledger = ledger
        self._held = 0
        """The number of reservations that are held or requested."""
        self._settled = 0
        """The number of reservations that have been settled."""
        self._lock = threading.Lock()
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = (
            WeakKeyDictionary()
        )
        self._waiting: set[asyncio.Future[None]] = set()
        self._has_warned = False

    def spending(self, max_cost: float) -> Spending:
        """Return a ``Spending`` for one try with a maximum cost of ``max_cost`` US dollars."""
        return Spending(self, max_cost)

    async def used(self) -> tuple[float, float]:
        """Return the amounts spent and reserved, in US dollars."""
        return await self.ledger.used()

    async def reserve(self, usd: float) -> str:
        """Reserve an amount and return the reservation's key.

        If the amount does not fit in the budget, the call waits, and later calls in the same event
        loop queue behind it. Raises BudgetExceeded if the amount does not fit and no other
        reservation is held.
        """
        key = uuid.uuid4().hex
        queue = self._queues.setdefault(asyncio.get_running_loop(), asyncio.Lock())
        # While nothing is waiting, calls ask the ledger concurrently, so that a ledger on disk can
        # write several reservations at once.
        if not queue.locked() and await self._reserve(key, usd):
            return key
        async with queue:
            while True:
                # Read these before asking the ledger, so that no settlement in between is missed.
                with self._lock:
                    held, settled = self._held, self._settled
                if await self._reserve(key, usd):
                    return key
                if not held:
                    raise await self.exceeded(usd)
                await self._wait_for_settlement(settled)

    async def settle(self, key: str, usd: float) -> None:
        """Replace a reservation with the amount spent, and wake waiting requests."""
        # A request that was sent costs money even if its caller is cancelled.
        await asyncio.shield(self._settle(key, usd))

    def warn_of_excess(self, usd: float, max_cost: float) -> None:
        """Warn once that an answer cost more than its maximum and that the cap may be exceeded."""
        if not self._has_warned:
            self._has_warned = True
            logger.warning(
                "an answer cost $%.4f, more than the $%.4f reserved for it: the endpoint ignores "
                "the output limit or counts tokens differently, so requests in flight may exceed "
                "the budget",
                usd,
                max_cost,
            )

    async def exceeded(self, usd: float) -> BudgetExceeded:
        """Return the error for a request whose maximum cost ``usd`` does not fit in the budget."""
        spent, reserved = await self.ledger.used()
        others = (
            f", a further ${reserved:.4f} is reserved by requests of other or killed runs"
            if reserved
            else ""
        )
        return BudgetExceeded(
            f"the budget of ${self.limit:.4f} has no room for another request: ${spent:.4f} has "
            f"been spent{others}, and the request could cost ${usd:.4f}; raise --max-cost "
            "(max_cost) to continue, or lower --max-output-tokens"
        )

    async def _settle(self, key: str, usd: float) -> None:
        try:
            await self.ledger.settle(key, usd)
        finally:
            self._release(settled=1)

    async def _reserve(self, key: str, usd: float) -> bool:
        reserving = asyncio.ensure_future(self._ask_ledger(key, usd))
        try:
            return await asyncio.shield(reserving)
        except asyncio.CancelledError:
            # Nothing will be sent, so undo the reservation that is being written.
            if await reserving:
                await self.settle(key, 0.0)
            raise

    async def _ask_ledger(self, key: str, usd: float) -> bool:
        with self._lock:
            self._held += 1
        fits = False
        try:
            fits = await self.ledger.reserve(key, usd, self.limit)
        finally:
            if not fits:
                self._release(settled=0)
        return fits

    def _release(self, settled: int) -> None:
        """End a reservation that was settled (``settled`` is 1) or refused (``settled`` is 0).

        Waiting requests are woken if the reservation was settled or if no other is held.
        """
        with self._lock:
            self._held -= 1
            self._settled += settled
            for future in self._waiting if settled or not self._held else ():
                # In a closed event loop, nothing is waiting any more.
                with suppress(RuntimeError):
                    future.get_loop().call_soon_threadsafe(_wake, future)

    async def _wait_for_settlement(self, settled: int) -> None:
        """Wait until more than ``settled`` reservations are settled or no reservation is held."""
        future = asyncio.get_running_loop().create_future()
        with self._lock:
            if self._settled > settled or not self._held:
                return
            self._waiting.add(future)
        try:
            await future
        finally:
            with self._lock:
                self._waiting.discard(future)


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
