"""What a run may cost: the worst that a request can cost is reserved before it goes out, and settled by what it did cost."""

from __future__ import annotations

import asyncio
import threading
import uuid
from types import TracebackType
from typing import Protocol, Self
from weakref import WeakKeyDictionary

from antq_llm.errors import BudgetExceeded


class Ledger(Protocol):
    """Where money is counted, in US dollars; what another run or a killed one has reserved counts as well."""

    async def reserve(self, key: str, usd: float, most: float) -> bool:
        """Reserve an amount under a key if no more than ``most`` is spent and reserved with it; False if it does not fit."""
        ...

    async def settle(self, key: str, usd: float) -> None:
        """Put what was spent in the place of a reservation."""
        ...

    async def used(self) -> tuple[float, float]:
        """Return what was spent, and what is reserved."""
        ...


class MemoryLedger:
    """A ledger for a run that keeps nothing."""

    def __init__(self) -> None:
        self._spent = 0.0
        self._reserved: dict[str, float] = {}

    async def reserve(self, key: str, usd: float, most: float) -> bool:
        if self._spent + sum(self._reserved.values()) + usd > most:
            return False
        self._reserved[key] = usd
        return True

    async def settle(self, key: str, usd: float) -> None:
        del self._reserved[key]
        self._spent += usd

    async def used(self) -> tuple[float, float]:
        return self._spent, sum(self._reserved.values())


class Spending:
    """One try of one request: what it may cost is reserved when this is entered, and settled when it is left."""

    def __init__(self, budget: Budget, usd: float) -> None:
        self._budget = budget
        self._most = usd
        self._cost: float | None = 0.0
        self._key = ""

    async def __aenter__(self) -> Self:
        self._key = await self._budget.reserve(self._most)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._budget.settle(self._key, self._most if self._cost is None else self._cost)

    def went_out(self) -> None:
        """From now on nobody knows what it costs, which counts as the most."""
        self._cost = None

    def cost(self, usd: float | None) -> None:
        """Take what it cost in US dollars; None where that is not known."""
        self._cost = usd


class Free:
    """A try for which no account is kept."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None

    def went_out(self) -> None:
        """Keep no account."""

    def cost(self, usd: float | None) -> None:
        """Keep no account."""


FREE = Free()


class Budget:
    """Holds a cap in US dollars: a request that does not fit waits until others are settled; all event loops share it."""

    def __init__(self, most: float, ledger: Ledger) -> None:
        self.most = most
        self.ledger = ledger
        """Where money is counted; to be replaced before the first reservation at the latest."""
        self._held = 0
        self._lock = threading.Lock()
        self._turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()
        self._waiting: list[asyncio.Future[None]] = []

    def spending(self, usd: float) -> Spending:
        """Return the spending of one try that may cost so much."""
        return Spending(self, usd)

    async def reserve(self, usd: float) -> str:
        """Return the key of a reservation, in order of asking; BudgetExceeded if it does not fit and nothing is left that could be settled."""
        key = uuid.uuid4().hex
        async with self._turns.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            while True:
                freed = self._next_settling()
                if await self._reserve(key, usd):
                    return key
                if freed is None:
                    raise await self.exceeded(usd)
                await freed

    async def settle(self, key: str, usd: float) -> None:
        """Put what was spent in the place of a reservation, and let the next one try."""
        # What was sent was paid for, whoever has stopped waiting for it.
        await asyncio.shield(self.ledger.settle(key, usd))
        with self._lock:
            self._held -= 1
            waiting, self._waiting = self._waiting, []
        for future in waiting:
            future.get_loop().call_soon_threadsafe(_wake, future)

    async def _reserve(self, key: str, usd: float) -> bool:
        with self._lock:
            self._held += 1
        fits = False
        try:
            fits = await self.ledger.reserve(key, usd, self.most)
        finally:
            if not fits:
                with self._lock:
                    self._held -= 1
        return fits

    def _next_settling(self) -> asyncio.Future[None] | None:
        """Return a future of the next settling, asked for before the ledger so that none is missed; None where nothing is held."""
        with self._lock:
            if not self._held:
                return None
            future = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            return future

    async def exceeded(self, usd: float) -> BudgetExceeded:
        """Return the error of a request that could cost so much, and does not fit."""
        spent, reserved = await self.ledger.used()
        open_ones = f", ${reserved:.4f} more is reserved by requests that a killed or another run has under way" if reserved else ""
        return BudgetExceeded(
            f"the budget of ${self.most:.4f} is used up: ${spent:.4f} is spent{open_ones}, and the next request could cost ${usd:.4f}: "
            "raise --max-cost (max_cost) to continue, or lower --max-output-tokens"
        )


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
