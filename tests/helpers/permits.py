"""Helpers for tests of the rate limiter: a limiter in virtual time, and ways to exhaust it."""

from __future__ import annotations

import asyncio

from antq_llm.clients.rate_limit.limiter import Permit, RateLimiter
from helpers.virtual_time import now


def virtual_limiter(
    max_concurrency: int = 64, *, rpm: int | None = None, tpm: int | None = None
) -> RateLimiter:
    """Return a limiter that uses the clock of the running event loop."""
    clock = asyncio.get_running_loop().time
    return RateLimiter(max_concurrency, rpm=rpm, tpm=tpm, clock=clock)


async def entered(limiter: RateLimiter, tokens: int = 1) -> Permit:
    """Return a permit for some tokens once it is granted."""
    permit = limiter.permit(tokens)
    await permit.__aenter__()
    return permit


async def answer_all(permits: list[Permit]) -> None:
    """Record an answer for each permit and release the permit."""
    for permit in permits:
        permit.record_answer(None)
        await permit.__aexit__(None, None, None)


async def refuse(limiter: RateLimiter, number: int = 1, after: float | None = 1.0) -> None:
    """Take ``number`` permits and record a refusal for each, with ``after`` as its Retry-After."""
    permits = [await entered(limiter) for _ in range(number)]
    for permit in permits:
        permit.record_refusal(after)
        await permit.__aexit__(None, None, None)


async def keep_busy(
    limiter: RateLimiter, seconds: float, *, latency: float = 1.0, log: list[float] | None = None
) -> None:
    """For some seconds, send as many requests as the limiter allows, and log when each starts."""

    async def ask() -> None:
        while True:
            async with limiter.permit(1) as permit:
                if log is not None:
                    log.append(now())
                await asyncio.sleep(latency)
                permit.record_answer(None)

    tasks = [asyncio.create_task(ask()) for _ in range(200)]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
