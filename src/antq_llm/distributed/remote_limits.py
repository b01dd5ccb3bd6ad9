"""A worker's ledger, rate limiter and client, which use the shared limits."""

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
    """The interface of ``SharedLimits``, which can run in this process or another."""

    def admit(self, tokens: int) -> Awaitable[int]:
        """Wait until a request may be sent; return its number for ``settle_tokens``."""
        ...

    def settle_tokens(self, number: int, used: int | None) -> Awaitable[None]:
        """Replace a request's estimated tokens with those used; None keeps the estimate."""
        ...

    def reserve(self, worker: str, key: str, usd: float) -> Awaitable[bool]:
        """Reserve the highest possible cost of a request; return whether the budget allows it."""
        ...

    def settle(self, key: str, usd: float) -> Awaitable[None]:
        """Replace a reservation with the amount spent."""
        ...

    def used(self) -> Awaitable[tuple[float, float]]:
        """Return the amounts spent and reserved, in US dollars."""
        ...

    def claim(self, worker: str, digest: str) -> Awaitable[None]:
        """Wait until no other request with the digest is pending, then claim the digest."""
        ...

    def unclaim(self, digest: str) -> Awaitable[None]:
        """Release the claim on a digest."""
        ...


class Completions(Protocol):
    """A store of answers that all workers share."""

    async def find(self, digest: str) -> Completion | None:
        """Return the answer to the request with this digest, or None if there is none yet."""
        ...

    async def keep(self, request: Request, completion: Completion) -> None:
        """Store an answer durably before returning."""
        ...


class SharedLedger:
    """A ``Ledger`` that counts the spending of all workers; the shared limits hold the budget."""

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
    """A rate limiter that adapts to the endpoint but stays within a rate that all workers share."""

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
        # Time spent waiting for other workers is not server latency.
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
    """A client that returns an answer stored by any worker, or else sends the request.

    Only one worker at a time sends a given request; the others wait for the answer.
    """

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
