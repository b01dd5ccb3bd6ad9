"""A circuit breaker, which ends a run whose endpoint gives no answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from antq_llm.clients.rate_limit.limiter import Clock, Permit, RateLimiter, Sleep
from antq_llm.errors import RunStopped

MAX_FAILURES = 20
"""Number of failed tries after which the breaker opens, if both minimums below are reached."""
MIN_ARTICLES = 10
"""Minimum number of articles with failed tries."""
PATIENCE = 60.0
"""Minimum number of seconds since the first of these failed tries."""


class CircuitBreaker:
    """A breaker that opens when too many tries have failed since the last answer.

    When a failed try opens the breaker, waits inside ``interruptible`` end with RunStopped, but
    requests in flight continue. A breaker belongs to one event loop.
    """

    def __init__(
        self,
        *,
        max_failures: int = MAX_FAILURES,
        min_articles: int = MIN_ARTICLES,
        patience: float = PATIENCE,
        clock: Clock = time.monotonic,
    ) -> None:
        self._max_failures = max_failures
        self._min_articles = min_articles
        self._patience = patience
        self._clock = clock
        self._failures = 0
        self._articles: set[str] = set()
        self._since = 0.0
        self._waiting: set[asyncio.Task[object]] = set()

    @property
    def is_open(self) -> bool:
        """Whether enough tries have failed, for enough articles and over enough time."""
        return (
            self._failures >= self._max_failures
            and len(self._articles) >= self._min_articles
            and self._clock() - self._since >= self._patience
        )

    def record_answer(self) -> None:
        """Record an answer, which clears earlier failures."""
        self._failures = 0
        self._articles.clear()

    def record_failure(self, article_id: str) -> None:
        """Record that a try for an article failed because of the network or the server."""
        if not self._failures:
            self._since = self._clock()
        self._failures += 1
        if len(self._articles) < self._min_articles:
            self._articles.add(article_id)
        if self.is_open:
            for task in self._waiting:
                task.cancel()
            self._waiting.clear()

    def raise_if_open(self) -> None:
        """Raise RunStopped if the breaker is open."""
        if self.is_open:
            raise self._error()

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Raise RunStopped if the breaker is open or opens during the block."""
        self.raise_if_open()
        task = asyncio.current_task()
        if task is None:
            yield
            return
        self._waiting.add(task)
        try:
            yield
        except asyncio.CancelledError:
            # As in asyncio.timeout, a cancellation from elsewhere stays a cancellation.
            if task not in self._waiting and task.uncancel() == 0:
                raise self._error() from None
            raise
        finally:
            self._waiting.discard(task)

    def _error(self) -> RunStopped:
        seconds = self._clock() - self._since
        return RunStopped.before_article(
            f"the endpoint answered none of {self._failures} tries in {seconds:.0f} s; check "
            "--base-url, the network and the server, then make the same call again to continue",
            kind="unreachable",
        )


class BreakableRateLimiter(RateLimiter):
    """A rate limiter whose waits end with RunStopped when a breaker opens."""

    def __init__(
        self,
        breaker: CircuitBreaker,
        max_concurrency: int,
        *,
        rpm: int | None = None,
        tpm: int | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(max_concurrency, rpm=rpm, tpm=tpm, clock=clock, sleep=sleep)
        self._breaker = breaker

    async def pause(self, seconds: float) -> None:
        with self._breaker.interruptible():
            await super().pause(seconds)

    async def acquire(self, permit: Permit) -> None:
        with self._breaker.interruptible():
            await super().acquire(permit)


def breakable_rate_limiter(
    breaker: CircuitBreaker | None,
    max_concurrency: int,
    *,
    rpm: int | None = None,
    tpm: int | None = None,
    clock: Clock = time.monotonic,
    sleep: Sleep = asyncio.sleep,
) -> RateLimiter:
    """Return a rate limiter whose waits end when ``breaker``, if given, opens."""
    if breaker is None:
        return RateLimiter(max_concurrency, rpm=rpm, tpm=tpm, clock=clock, sleep=sleep)
    return BreakableRateLimiter(
        breaker, max_concurrency, rpm=rpm, tpm=tpm, clock=clock, sleep=sleep
    )
