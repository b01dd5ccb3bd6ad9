"""A rate limiter that keeps requests within the limits of the endpoint and the user."""

from __future__ import annotations

import asyncio
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from weakref import WeakKeyDictionary

from antq_llm.clients.rate_limit.concurrency_window import ConcurrencyWindow
from antq_llm.clients.rate_limit.learned_rate import LearnedRate
from antq_llm.clients.rate_limit.refusals import Refusal, RefusalEpisodes
from antq_llm.clients.rate_limit.windows import ServerQuota, SlidingWindowLimit, WindowEntry

logger = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]

MIN_REPORTED_HOLD = 5.0
"""Seconds from which a hold is logged as a warning; shorter holds are logged at level INFO."""
GROWTH_PAUSE = 5.0
"""Seconds for which the window and the rate do not grow after a server or network failure."""


@dataclass(eq=False)
class _Lane:
    """An event loop's waiting permits, in order, and its number of requests in flight."""

    waiting: deque[tuple[Permit, asyncio.Future[None]]] = field(default_factory=deque)
    in_flight: int = 0
    timer: asyncio.Task[None] | None = None
    timer_at: float = math.inf


class Permit:
    """Permission to send a request once, as a context manager.

    Entering the block waits until the request may be sent; record the outcome inside the block.
    """

    def __init__(self, limiter: RateLimiter, tokens: int, earlier: Refusal | None) -> None:
        self._limiter = limiter
        self.tokens = tokens
        self.refusal = earlier
        self.number = 0
        self.began = 0.0
        self.token_mark = 0.0
        self.reserved: WindowEntry | None = None

    async def __aenter__(self) -> Self:
        await self._limiter.acquire(self)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._limiter.release(self)

    def read_headers(self, headers: Mapping[str, str]) -> None:
        """Update the remaining quota from the response's headers."""
        self._limiter.read_headers(self, headers)

    def record_answer(self, used_tokens: int | None) -> None:
        """Record an answer and the number of tokens used; None if the server did not report it."""
        self._limiter.record_answer(self, used_tokens)

    def record_refusal(self, retry_after: float | None) -> None:
        """Record a refusal (429), with its Retry-After in seconds, if any."""
        self._limiter.record_refusal(self, retry_after)

    def record_failure(self, retry_after: float | None = None) -> None:
        """Record a failure of the server or network, with its Retry-After in seconds, if any."""
        self._limiter.record_failure(retry_after)


class RateLimiter:
    """A limiter that issues a permit for each try of a request, first come, first served.

    At most ``max_concurrency`` requests are in flight; ``rpm`` and ``tpm`` limit the requests and
    tokens per minute. Event loops share these limits and divide the requests in flight evenly.
    """

    def __init__(
        self,
        max_concurrency: int = 64,
        *,
        rpm: int | None = None,
        tpm: int | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._request_limit = None if rpm is None else SlidingWindowLimit(rpm)
        self._token_limit = None if tpm is None else SlidingWindowLimit(tpm)
        self._request_quota, self._token_quota = ServerQuota("requests"), ServerQuota("tokens")
        self._rate = LearnedRate()
        self._window = ConcurrencyWindow(max_concurrency)
        self._held_until = self._slept_until = -math.inf
        self._sent = 0
        self._refusals = RefusalEpisodes()
        self._lanes: WeakKeyDictionary[asyncio.AbstractEventLoop, _Lane] = WeakKeyDictionary()
        self._lock = threading.RLock()

    @property
    def window(self) -> int:
        """The number of requests that may currently be in flight."""
        return self._window.size

    def permit(self, tokens: int, earlier: Refusal | None = None) -> Permit:
        """Return a permit for a request of ``tokens`` tokens; ``earlier`` is its latest refusal."""
        return Permit(self, tokens, earlier)

    async def pause(self, seconds: float) -> None:
        """Wait for ``seconds``, which then count as passed even if the clock lags."""
        await self._sleep_until(self._now() + seconds, seconds)

    async def acquire(self, permit: Permit) -> None:
        """Wait until the permit's request may be sent."""
        loop = asyncio.get_running_loop()
        with self._lock:
            lane = self._lanes.setdefault(loop, _Lane())
            if (
                not lane.waiting
                and lane.in_flight < self._share()
                and self._ready_at(permit, now := self._now()) <= now
            ):
                self._let_out(permit, lane, now)
                return
            waiter = (permit, loop.create_future())
            lane.waiting.append(waiter)
            self._pump(lane)
        try:
            await waiter[1]
        except asyncio.CancelledError:
            with self._lock:
                self._give_up(lane, waiter)
            raise

    def release(self, permit: Permit) -> None:
        """End a permit; waiting requests may then be sent."""
        with self._lock:
            self._refusals.record_end(permit.number)
            lane = self._lanes[asyncio.get_running_loop()]
            lane.in_flight -= 1
            self._pump(lane)

    def read_headers(self, permit: Permit, headers: Mapping[str, str]) -> None:
        """Update the remaining quota from a response's headers."""
        with self._lock:
            now = self._now()
            self._request_quota.read_headers(headers, permit.number, now)
            self._token_quota.read_headers(headers, permit.token_mark, now)

    def record_answer(self, permit: Permit, used_tokens: int | None) -> None:
        """Record an answer; a full window grows unless the request predates the last refusals."""
        with self._lock:
            if used_tokens is not None:
                self._settle_tokens(permit, used_tokens)
            self._refusals.record_answer(permit.number)
            if permit.number <= self._refusals.latest:
                return
            now = self._now()
            self._window.record_latency(now - permit.began)
            if self._lanes[asyncio.get_running_loop()].in_flight >= self._share():
                self._window.grow(self._rate.current, now)

    def record_refusal(self, permit: Permit, retry_after: float | None) -> None:
        """Record a refusal (429), which can hold requests and, once an episode, reduce the rate."""
        with self._lock:
            now = self._now()
            scope = self._refusals.record_refusal(permit.number, permit.refusal, self._sent)
            permit.refusal = self._refusals.refusal(permit.number)
            if scope == "request":
                logger.info("one request waits: it was refused again (429), but others were not")
                return
            if scope == "rate":
                self._window.shrink()
                self._rate.record_refusal(now)
            elif scope == "further":
                self._rate.record_further_refusal()
            else:
                self._rate.discount_request()
            hold = self._refusals.hold if scope != "further" and retry_after is None else 0.0
            self._hold_until(now + max(hold, retry_after or 0.0), "a request was refused (429)")

    def record_failure(self, retry_after: float | None) -> None:
        """Record a failure, pause growth and hold requests for ``retry_after`` seconds if given."""
        with self._lock:
            now = self._now()
            self._window.pause_growth(now + GROWTH_PAUSE)
            self._rate.pause_growth(now + GROWTH_PAUSE)
            if retry_after is not None:
                self._hold_until(now + retry_after, "the server failed")

    def _hold_until(self, at: float, reason: str) -> None:
        seconds = at - self._now()
        if at > self._held_until and seconds > 0:
            level = logging.WARNING if seconds >= MIN_REPORTED_HOLD else logging.INFO
            logger.log(level, "all requests wait for %.1f s: %s", seconds, reason)
            self._held_until = at

    async def _sleep_until(self, at: float, seconds: float) -> None:
        await self._sleep(seconds)
        # The time slept has passed even if the clock lags a little or, as in tests, does not move.
        self._slept_until = max(self._slept_until, at)

    def _now(self) -> float:
        return max(self._clock(), self._slept_until)

    def _give_up(self, lane: _Lane, waiter: tuple[Permit, asyncio.Future[None]]) -> None:
        permit, future = waiter
        if waiter in lane.waiting:
            lane.waiting.remove(waiter)
        elif not future.cancelled():
            # The request was permitted and cancelled at the same moment, so nothing was sent.
            lane.in_flight -= 1
            self._refusals.record_end(permit.number)
            self._settle_tokens(permit, 0)
        self._pump(lane)

    def _pump(self, lane: _Lane) -> None:
        """Permit all requests that may be sent, in order, and set a timer for the next one."""
        while lane.waiting and lane.in_flight < self._share():
            permit, future = lane.waiting[0]
            if future.cancelled():
                lane.waiting.popleft()
                continue
            now = self._now()
            ready = self._ready_at(permit, now)
            if ready > now:
                self._set_timer(lane, ready, ready - now)
                return
            lane.waiting.popleft()
            self._let_out(permit, lane, now)
            future.set_result(None)
        if lane.timer is not None:
            lane.timer.cancel()
            lane.timer = None

    def _share(self) -> int:
        """Return the number of requests that may be in flight in each event loop."""
        if len(self._lanes) == 1:
            return max(1, self.window)
        active = sum(1 for lane in self._lanes.values() if lane.waiting or lane.in_flight)
        return max(1, self.window // max(1, active))

    def _set_timer(self, lane: _Lane, at: float, seconds: float) -> None:
        if lane.timer is not None and lane.timer_at <= at:
            return
        if lane.timer is not None:
            lane.timer.cancel()
        lane.timer_at = at
        lane.timer = asyncio.create_task(self._wake(lane, at, seconds))

    async def _wake(self, lane: _Lane, at: float, seconds: float) -> None:
        await self._sleep_until(at, seconds)
        with self._lock:
            lane.timer = None
            self._pump(lane)

    def _ready_at(self, permit: Permit, now: float) -> float:
        ready = max(
            self._held_until,
            self._rate.ready_at(now),
            self._request_quota.ready_at(1, now),
            self._token_quota.ready_at(permit.tokens, now),
        )
        if self._request_limit is not None:
            ready = max(ready, self._request_limit.ready_at(1, now))
        if self._token_limit is not None:
            ready = max(ready, self._token_limit.ready_at(permit.tokens, now))
        return ready

    def _let_out(self, permit: Permit, lane: _Lane, now: float) -> None:
        self._sent += 1
        self._refusals.record_sent(self._sent)
        permit.number, permit.began = self._sent, now
        self._rate.record_request(now)
        self._request_quota.spend(1)
        permit.token_mark = self._token_quota.spend(permit.tokens)
        if self._request_limit is not None:
            self._request_limit.spend(1, now)
        if self._token_limit is not None:
            permit.reserved = self._token_limit.spend(permit.tokens, now)
        lane.in_flight += 1

    def _settle_tokens(self, permit: Permit, used: int) -> None:
        if self._token_limit is not None and permit.reserved is not None:
            self._token_limit.settle(permit.reserved, used)
