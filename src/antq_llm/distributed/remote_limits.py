"""The shared limits as one worker sees them: its ledger, its rate limiter and its client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Protocol

from antq_llm.clients.base import Client
from antq_llm.clients.circuit_breaker import BreakableRateLimiter, CircuitBreaker
from antq_llm.clients.completion import Completion
from antq_llm.clients.rate_limit.limiter import Permit
from antq_llm.clients.request import Request


class Limits(Protocol):
    """``SharedLimits``, in whatever process it is."""

    def admit(self, tokens: int) -> Awaitable[int]:
        """Wait until a request may be sent."""
        ...

    def settle_tokens(self, number: int, used: int | None) -> Awaitable[None]:
        """Replace the tokens of a request by those that were used."""
        ...

    def reserve(self, worker: str, key: str, usd: float) -> Awaitable[bool]:
        """Reserve the most that a request can cost."""
        ...

    def settle(self, key: str, usd: float) -> Awaitable[None]:
        """Replace a reservation by what was spent."""
        ...

    def used(self) -> Awaitable[tuple[float, float]]:
        """Return what was spent, and what is reserved."""
        ...

    def claim(self, worker: str, digest: str) -> Awaitable[None]:
        """Wait until no other request with a digest is pending, and hold it."""
        ...

    def unclaim(self, digest: str) -> Awaitable[None]:
        """End the holding of a digest."""
        ...


class Completions(Protocol):
    """Where all workers find the answers that any of them got."""

    async def find(self, digest: str) -> Completion | None:
        """Return the answer to a request; None if there is none yet."""
        ...

    async def keep(self, request: Request, completion: Completion) -> None:
        """Keep an answer; it is kept when this returns."""
        ...


class SharedLedger:
    """A ``Ledger`` that counts with all workers; the limit is known where it counts."""

    def __init__(self, limits: Limits, worker: str) -> None:
        self._limits = limits
        self._worker = worker

    async def reserve(self, key: str, usd: float, limit: float) -> bool:  # noqa: ARG002 - see above
        return await self._limits.reserve(self._worker, key, usd)

    async def settle(self, key: str, usd: float) -> None:
        await self._limits.settle(key, usd)

    async def used(self) -> tuple[float, float]:
        return await self._limits.used()


class SharedRateLimiter(BreakableRateLimiter):
    """A rate limiter that adapts to the endpoint by itself, and shares a rate with all workers."""

    def __init__(self, limits: Limits, breaker: CircuitBreaker, max_concurrency: int) -> None:
        super().__init__(breaker, max_concurrency)
        self._limits = limits
        self._admitted: dict[Permit, int] = {}

    async def acquire(self, permit: Permit) -> None:
        await super().acquire(permit)
        try:
            self._admitted[permit] = await self._limits.admit(permit.tokens)
        except BaseException:
            super().release(permit)
            raise
        # The time spent waiting for the others is no latency of the server.
        permit.began = self._now()

    def record_answer(self, permit: Permit, used_tokens: int | None) -> None:
        super().record_answer(permit, used_tokens)
        if permit in self._admitted:
            number = self._admitted.pop(permit)
            asyncio.ensure_future(self._limits.settle_tokens(number, used_tokens))  # noqa: RUF006

    def release(self, permit: Permit) -> None:
        self._admitted.pop(permit, None)
        super().release(permit)


class SharedClient:
    """Answers from what any worker got, else from another client; asks for a digest once."""

    def __init__(self, inner: Client, completions: Completions, limits: Limits, worker: str):
        self._inner = inner
        self._completions = completions
        self._limits = limits
        self._worker = worker

    async def complete(self, request: Request) -> Completion:
        await self._limits.claim(self._worker, request.digest)
        try:
            found = await self._completions.find(request.digest)
            if found is not None:
                return found.model_copy(update={"replayed": True})
            completion = await self._inner.complete(request)
            if not completion.replayed:
                await asyncio.shield(self._completions.keep(request, completion))
        finally:
            await asyncio.shield(self._limits.unclaim(request.digest))
        return completion

    async def aclose(self) -> None:
        await self._inner.aclose()
