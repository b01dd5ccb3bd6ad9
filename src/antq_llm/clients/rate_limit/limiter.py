"""How fast a client sends: as much at a time as the endpoint takes, and never more than it or its user allows."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from weakref import WeakKeyDictionary

from antq_llm.clients.rate_limit.learned_rate import LearnedRate
from antq_llm.clients.rate_limit.windows import ServerQuota, SlidingWindowLimit, WindowEntry

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]

FIRST_WINDOW = 32
"""Requests in flight to begin with, where so many are asked for: 64 is one doubling away, 256 are three."""
DECREASE = 0.7
"""What is left of the window after an episode of refusals (CUBIC's factor, RFC 9438)."""
LATENCY_WEIGHT = 0.1
"""Of the newest answer in the mean time that an answer takes."""
ROOM = 1.2
"""The window grows fast while it is smaller than so many times what the learned rate needs (rate times latency, Little's law)."""
FIRST_HOLD = 0.25
"""Seconds: how long nothing is sent after a 429 that does not say; doubled for each that follows without an answer between."""
MAX_HOLD = 60.0
GROWTH_PAUSE = 5.0
"""Seconds without growth after a server's failure."""

BYTES_PER_TOKEN = 3
"""Of JSON with Vietnamese text in UTF-8; fewer tokens than so are rare, and more are settled."""
ASSUMED_OUTPUT = 2048
"""Tokens: what is reserved for an answer whose length was not limited."""


def estimated_tokens(size: int, max_output: int | None = None) -> int:
    """Return the tokens to reserve for a body of so many bytes and an answer of at most so many tokens."""
    return math.ceil(size / BYTES_PER_TOKEN) + (
        ASSUMED_OUTPUT if max_output is None else max_output
    )


@dataclass(eq=False)
class _Lane:
    """One event loop's share: who waits there, in order, and what is in flight."""

    waiting: deque[tuple[Permit, asyncio.Future[None]]] = field(default_factory=deque)
    in_flight: int = 0
    timer: asyncio.Task[None] | None = None
    timer_at: float = math.inf


class Permit:
    """One try of one request: entered when it may go out, left when it is over, and told between how it went."""

    def __init__(self, pace: RateLimiter, tokens: int) -> None:
        self._pace = pace
        self.tokens = tokens
        self.number = 0
        self.began = 0.0
        self.token_mark = 0.0
        self.reserved: WindowEntry | None = None

    async def __aenter__(self) -> Self:
        await self._pace.enter(self)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pace.leave()

    def read(self, headers: Mapping[str, str]) -> None:
        """Take what the headers of the response say is left."""
        self._pace.read(self, headers)

    def answered(self, used: int | None) -> None:
        """Count an answer, which used so many tokens; None where the server did not say."""
        self._pace.answered(self, used)

    def refused(self, after: float | None) -> None:
        """Count a refusal for being too fast (429), which asks to wait so many seconds; None where it does not say."""
        self._pace.refused(self, after)

    def failed(self, after: float | None = None) -> None:
        """Count a failure of the server or the network, which may ask to wait so many seconds."""
        self._pace.failed(after)


class RateLimiter:
    """Lets a client's requests out, first come first served: each try takes its turn here.

    ``ceiling`` is the most in flight at a time; ``rpm`` and ``tpm`` are the most requests and tokens in any minute. All event loops
    that use it share its limits, and the window evenly.
    """

    def __init__(
        self,
        ceiling: int = 64,
        *,
        rpm: int | None = None,
        tpm: int | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._ceiling = ceiling
        self._clock, self._sleep = clock, sleep
        self._requests = None if rpm is None else SlidingWindowLimit(rpm)
        self._tokens = None if tpm is None else SlidingWindowLimit(tpm)
        self._left_requests, self._left_tokens = ServerQuota("requests"), ServerQuota("tokens")
        self._rate = LearnedRate()
        self._window = float(min(FIRST_WINDOW, ceiling))
        self._threshold = math.inf
        self._held_until = self._no_growth_until = self._reached = -math.inf
        self._sent = 0
        # The number of the last request that was sent before the latest decrease: a refusal of it or an earlier one is of the same episode.
        self._episode = 0
        self._fruitless = 0
        self._latency = 0.0
        self._lanes: WeakKeyDictionary[asyncio.AbstractEventLoop, _Lane] = WeakKeyDictionary()
        self._lock = threading.RLock()

    @property
    def window(self) -> int:
        """How many requests may be in flight at present."""
        return int(self._window)

    def turn(self, tokens: int) -> Permit:
        """Return a turn for one try of a request, for which so many tokens are reserved."""
        return Permit(self, tokens)

    async def pause(self, seconds: float) -> None:
        """Wait; requests that were held for no longer than that may go out afterwards."""
        await self._sleep_until(self._now() + seconds, seconds)

    async def _sleep_until(self, at: float, seconds: float) -> None:
        await self._sleep(seconds)
        # What was slept is over, even if the clock lags by a little or, in a test, does not move.
        self._reached = max(self._reached, at)

    def _now(self) -> float:
        return max(self._clock(), self._reached)

    async def enter(self, turn: Permit) -> None:
        """Wait until a turn may go out."""
        loop = asyncio.get_running_loop()
        with self._lock:
            lane = self._lanes.setdefault(loop, _Lane())
            if (
                not lane.waiting
                and lane.in_flight < self._share()
                and self._ready_at(turn, now := self._now()) <= now
            ):
                self._let_out(turn, now)
                lane.in_flight += 1
                return
            waiter = (turn, loop.create_future())
            lane.waiting.append(waiter)
            self._pump(lane)
        try:
            await waiter[1]
        except asyncio.CancelledError:
            with self._lock:
                self._give_up(lane, waiter)
            raise

    def leave(self) -> None:
        """End a turn."""
        with self._lock:
            lane = self._lanes[asyncio.get_running_loop()]
            lane.in_flight -= 1
            self._pump(lane)

    def _give_up(self, lane: _Lane, waiter: tuple[Permit, asyncio.Future[None]]) -> None:
        turn, future = waiter
        if waiter in lane.waiting:
            lane.waiting.remove(waiter)
        elif not future.cancelled():
            # It was let out and cancelled in the same moment: nothing was sent.
            lane.in_flight -= 1
            self._settle(turn, 0)
        self._pump(lane)

    def _pump(self, lane: _Lane) -> None:
        """Let out who may go, in order, and ring again when the next one may."""
        while lane.waiting and lane.in_flight < self._share():
            turn, future = lane.waiting[0]
            if future.cancelled():
                lane.waiting.popleft()
                continue
            now = self._now()
            ready = self._ready_at(turn, now)
            if ready > now:
                self._ring(lane, ready, ready - now)
                return
            lane.waiting.popleft()
            self._let_out(turn, now)
            lane.in_flight += 1
            future.set_result(None)
        if lane.timer is not None:
            lane.timer.cancel()
            lane.timer = None

    def _share(self) -> int:
        if len(self._lanes) == 1:
            return max(1, self.window)
        active = sum(1 for lane in self._lanes.values() if lane.waiting or lane.in_flight)
        return max(1, self.window // max(1, active))

    def _ring(self, lane: _Lane, at: float, seconds: float) -> None:
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

    def _ready_at(self, turn: Permit, now: float) -> float:
        ready = max(
            self._held_until,
            self._rate.ready_at(now),
            self._left_requests.ready_at(1, now),
            self._left_tokens.ready_at(turn.tokens, now),
        )
        if self._requests is not None:
            ready = max(ready, self._requests.ready_at(1, now))
        return (
            ready if self._tokens is None else max(ready, self._tokens.ready_at(turn.tokens, now))
        )

    def _let_out(self, turn: Permit, now: float) -> None:
        self._sent += 1
        turn.number, turn.began = self._sent, now
        self._rate.sent(now)
        self._left_requests.spend(1)
        turn.token_mark = self._left_tokens.spend(turn.tokens)
        if self._requests is not None:
            self._requests.spend(1, now)
        if self._tokens is not None:
            turn.reserved = self._tokens.spend(turn.tokens, now)

    def _settle(self, turn: Permit, used: int) -> None:
        if self._tokens is not None and turn.reserved is not None:
            self._tokens.settle(turn.reserved, used)

    def read(self, turn: Permit, headers: Mapping[str, str]) -> None:
        """Take what the headers of a response say is left."""
        with self._lock:
            now = self._now()
            self._left_requests.read(headers, turn.number, now)
            self._left_tokens.read(headers, turn.token_mark, now)

    def answered(self, turn: Permit, used: int | None) -> None:
        """Count an answer: the window grows if it is full and all went well since the request was sent."""
        with self._lock:
            if used is not None:
                self._settle(turn, used)
            if turn.number <= self._episode:
                return
            self._fruitless = 0
            now = self._now()
            self._latency += LATENCY_WEIGHT * (now - turn.began - self._latency)
            if (
                now >= self._no_growth_until
                and self._lanes[asyncio.get_running_loop()].in_flight >= self._share()
            ):
                fast = self._window < max(self._threshold, self._needed())
                grown = self._window + (1 if fast else 1 / self._window)
                self._window = min(float(self._ceiling), grown)

    def _needed(self) -> float:
        return 0.0 if math.isinf(self._rate.present) else ROOM * self._rate.present * self._latency

    def refused(self, turn: Permit, after: float | None) -> None:
        """Count a 429: one decrease for an episode, and nothing is sent before its time."""
        with self._lock:
            now = self._now()
            if turn.number > self._episode:
                self._episode = self._sent
                self._threshold = self._window
                self._window = max(1.0, self._window * DECREASE)
                self._rate.refused(now)
                own = (
                    min(MAX_HOLD, FIRST_HOLD * 2 ** min(self._fruitless, 20))
                    if after is None or self._fruitless
                    else 0.0
                )
                self._held_until = max(self._held_until, now + own)
                self._fruitless += 1
            else:
                self._rate.refused_again()
            self._held_until = max(self._held_until, now + (after or 0.0))

    def failed(self, after: float | None) -> None:
        """Count a failure: nothing grows for a while, and nothing is sent before the time that it asks for."""
        with self._lock:
            now = self._now()
            self._no_growth_until = now + GROWTH_PAUSE
            self._rate.pause(self._no_growth_until)
            if after is not None:
                self._held_until = max(self._held_until, now + after)
