"""The limits that all workers of a cluster share: a rate, a budget and claims on requests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from itertools import count

from antq_llm.clients.rate_limit.windows import SlidingWindowLimit, WindowEntry

BURST_SECONDS = 1.0
"""Length of a burst, in seconds; the amount allowed in this time may be sent without a pause."""


class SharedLimits:
    """Limits on the workers' requests, which are admitted in the order in which they arrive.

    ``rpm`` and ``tpm`` limit the requests and tokens in any minute. ``max_cost`` limits the sum of
    spending and reservations in US dollars; ``spent`` is the amount already spent. ``keep`` saves
    an upper bound on the sum; if the job is killed, the next one starts from this bound. When a
    reservation takes the sum above the bound, a higher bound is saved before the request is sent.
    """

    def __init__(
        self,
        *,
        rpm: int | None = None,
        tpm: int | None = None,
        max_cost: float | None = None,
        spent: float = 0.0,
        keep: Callable[[float], Awaitable[None]] | None = None,
    ) -> None:
        self._requests = None if rpm is None else SlidingWindowLimit(rpm, BURST_SECONDS)
        self._tokens = None if tpm is None else SlidingWindowLimit(tpm, BURST_SECONDS)
        self._max_cost, self._spent, self._kept = max_cost, spent, spent
        self._keep = keep
        self._reserved: dict[str, tuple[str, float]] = {}
        self._claims: dict[str, str] = {}
        self._entries: dict[int, WindowEntry] = {}
        self._numbers = count()
        self._gone: set[str] = set()
        self._rate_queue, self._money_queue = asyncio.Lock(), asyncio.Lock()
        self._changed = asyncio.Condition()

    async def admit(self, tokens: int) -> int:
        """Wait until a request may be sent; return its number for ``settle_tokens``."""
        async with self._rate_queue:
            # While this request waits, another may turn out to have used more than estimated.
            while (wait := self._ready_at(tokens) - time.monotonic()) > 0:  # noqa: ASYNC110
                await asyncio.sleep(wait)
            now, number = time.monotonic(), next(self._numbers)
            if self._requests is not None:
                self._requests.spend(1, now)
            if self._tokens is not None:
                self._entries[number] = self._tokens.spend(tokens, now)
        return number

    async def settle_tokens(self, number: int, used: int | None) -> None:
        """Replace a request's estimated tokens with the tokens used; None keeps the estimate."""
        entry = self._entries.pop(number, None)
        if self._tokens is not None and entry is not None and used is not None:
            self._tokens.settle(entry, used)

    async def reserve(self, worker: str, key: str, usd: float) -> bool:
        """Reserve the highest possible cost of a request.

        If the cost exceeds the remaining budget, the call waits for other reservations to be
        settled, and later calls queue behind it. Returns False if the worker is lost, or if the
        cost still exceeds the remaining budget when no other reservation is left.
        """
        async with self._money_queue:
            while not self._fits(usd):
                if not self._reserved:
                    return False
                async with self._changed:
                    await self._changed.wait_for(lambda: self._fits(usd) or not self._reserved)
            if worker in self._gone:
                return False
            self._reserved[key] = worker, usd
            await self._keep_mark()
        return True

    async def settle(self, key: str, usd: float) -> None:
        """Replace a reservation with the amount spent; do nothing if its worker is lost."""
        if self._reserved.pop(key, None) is not None:
            self._spent += usd
            await self._notify()

    async def used(self) -> tuple[float, float]:
        """Return the amounts spent and reserved, in US dollars."""
        return self._spent, sum(usd for _, usd in self._reserved.values())

    async def claim(self, worker: str, digest: str) -> None:
        """Wait until no other request with the digest is pending, then claim the digest."""
        async with self._changed:
            await self._changed.wait_for(lambda: digest not in self._claims)
            if worker not in self._gone:
                self._claims[digest] = worker

    async def unclaim(self, digest: str) -> None:
        """Release the claim on a digest."""
        if self._claims.pop(digest, None) is not None:
            await self._notify()

    async def give_up(self, worker: str) -> None:
        """Release the claims and reservations of a lost worker.

        Its pending requests may cost money, so their reservations count as spent.
        """
        self._gone.add(worker)
        for key, (holder, usd) in list(self._reserved.items()):
            if holder == worker:
                del self._reserved[key]
                self._spent += usd
        for digest in [digest for digest, holder in self._claims.items() if holder == worker]:
            del self._claims[digest]
        await self._notify()

    async def finish(self) -> float:
        """Save and return the amount spent; unsettled reservations count as spent.

        Call this method only after all requests have ended.
        """
        used = self._spent + sum(usd for _, usd in self._reserved.values())
        if self._keep is not None:
            await self._keep(used)
        return used

    def _ready_at(self, tokens: int) -> float:
        now = time.monotonic()
        return max(
            now if self._requests is None else self._requests.ready_at(1, now),
            now if self._tokens is None else self._tokens.ready_at(tokens, now),
        )

    def _fits(self, usd: float) -> bool:
        reserved = sum(amount for _, amount in self._reserved.values())
        return self._max_cost is None or self._spent + reserved + usd <= self._max_cost

    async def _keep_mark(self) -> None:
        used = self._spent + sum(usd for _, usd in self._reserved.values())
        if self._keep is None or self._max_cost is None or used <= self._kept:
            return
        self._kept = min(self._max_cost, used + self._max_cost / 100)
        await self._keep(self._kept)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()
