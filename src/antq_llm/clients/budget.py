"""What a run may cost: the worst that a request can cost is reserved before it goes out, and settled by what it did cost."""

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
        self._lock = threading.Lock()

    async def reserve(self, key: str, usd: float, most: float) -> bool:
        with self._lock:
            if self._spent + sum(self._reserved.values()) + usd > most:
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
    """One try of one request: what it may cost is reserved when this is entered, and settled when it is left."""

    def __init__(self, budget: Budget, usd: float) -> None:
        self._budget = budget
        self._most = usd
        self._cost: float | None = 0.0
        self._key = ""

    async def __aenter__(self) -> Self:
        self._key = await self._budget.reserve(self._most)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._cost is not None and self._cost > self._most:
            self._budget.note_excess(self._cost, self._most)
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

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
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
        """How many reservations are held, or being asked for."""
        self._freed = 0
        """How many were held and came to their end."""
        self._lock = threading.Lock()
        self._turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = (
            WeakKeyDictionary()
        )
        self._waiting: set[asyncio.Future[None]] = set()
        self._excess_told = False

    def spending(self, usd: float) -> Spending:
        """Return the spending of one try that may cost so much."""
        return Spending(self, usd)

    async def reserve(self, usd: float) -> str:
        """Return the key of a reservation; BudgetExceeded if it does not fit and nothing is left that could be settled.

        What does not fit waits in order of asking, and what is asked for after it waits behind it.
        """
        key = uuid.uuid4().hex
        turn = self._turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())
        # As long as nobody waits all ask at once, so that a ledger on disk writes them down together.
        if not turn.locked() and await self._reserve(key, usd):
            return key
        async with turn:
            while True:
                # Looked at before the ledger is, so that nothing that is freed meanwhile is missed.
                with self._lock:
                    held, freed = self._held, self._freed
                if await self._reserve(key, usd):
                    return key
                if not held:
                    raise await self.exceeded(usd)
                await self._more_freed_than(freed)

    async def settle(self, key: str, usd: float) -> None:
        """Put what was spent in the place of a reservation, and let the next one try."""
        # What was sent was paid for, whoever has stopped waiting for it.
        await asyncio.shield(self._settle(key, usd))

    async def _settle(self, key: str, usd: float) -> None:
        try:
            await self.ledger.settle(key, usd)
        finally:
            self._let_go(1)

    async def _reserve(self, key: str, usd: float) -> bool:
        reserving = asyncio.ensure_future(self._ask_ledger(key, usd))
        try:
            return await asyncio.shield(reserving)
        except asyncio.CancelledError:
            # Nothing will be sent: what is being written down is crossed out again.
            if await reserving:
                await self.settle(key, 0.0)
            raise

    async def _ask_ledger(self, key: str, usd: float) -> bool:
        with self._lock:
            self._held += 1
        fits = False
        try:
            fits = await self.ledger.reserve(key, usd, self.most)
        finally:
            if not fits:
                self._let_go(0)
        return fits

    def _let_go(self, freed: int) -> None:
        """End a reservation; ``freed`` is 0 for one that did not fit, from which nobody gains but who takes it for one that is held."""
        with self._lock:
            self._held -= 1
            self._freed += freed
            for future in self._waiting if freed or not self._held else ():
                # A loop that was closed has nobody who waits.
                with suppress(RuntimeError):
                    future.get_loop().call_soon_threadsafe(_wake, future)

    async def _more_freed_than(self, freed: int) -> None:
        """Return when more reservations than so many have come to their end, or none is held."""
        future = asyncio.get_running_loop().create_future()
        with self._lock:
            if self._freed > freed or not self._held:
                return
            self._waiting.add(future)
        try:
            await future
        finally:
            with self._lock:
                self._waiting.discard(future)

    def note_excess(self, usd: float, most: float) -> None:
        """Say once that an answer cost more than it could: with such an endpoint no budget can be held to the cent."""
        if not self._excess_told:
            self._excess_told = True
            logger.warning(
                "an answer cost $%.4f where at most $%.4f was reserved: the endpoint keeps no limit of the output or counts otherwise, "
                "so the budget may be passed by what is under way",
                usd,
                most,
            )

    async def exceeded(self, usd: float) -> BudgetExceeded:
        """Return the error of a request that could cost so much, and does not fit."""
        spent, reserved = await self.ledger.used()
        open_ones = (
            f", ${reserved:.4f} more is reserved by requests that a killed or another run has under way"
            if reserved
            else ""
        )
        return BudgetExceeded(
            f"the budget of ${self.most:.4f} has no room for another request: ${spent:.4f} is spent{open_ones}, and it could cost ${usd:.4f}: "
            "raise --max-cost (max_cost) to continue, or lower --max-output-tokens"
        )


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
