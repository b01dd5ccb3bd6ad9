"""Growth and shrinking of the window of requests in flight."""

from __future__ import annotations

import asyncio

from antq_llm.clients.rate_limit.concurrency_window import DECREASE, INITIAL_WINDOW
from antq_llm.clients.rate_limit.limiter import GROWTH_PAUSE
from helpers.permits import answer_all, entered, keep_busy, refuse, virtual_limiter
from helpers.virtual_time import in_virtual_time, now


def test_slow_start_doubles_per_window() -> None:
    """The window doubles each time a full window is answered, up to the limit."""

    async def run() -> None:
        limiter = virtual_limiter(200)
        windows = [limiter.window]
        busy = asyncio.create_task(keep_busy(limiter, 5))
        for second in range(4):
            await asyncio.sleep(second + 1.5 - now())
            windows.append(limiter.window)
        assert windows == [INITIAL_WINDOW, 2 * INITIAL_WINDOW, 4 * INITIAL_WINDOW, 200, 200]
        await busy

    in_virtual_time(run())


def test_window_that_is_not_used_does_not_grow() -> None:
    """The window does not grow while it is not full."""

    async def run() -> int:
        limiter = virtual_limiter()
        for _ in range(100):
            await answer_all([await entered(limiter)])
        return limiter.window

    assert in_virtual_time(run()) == INITIAL_WINDOW


def test_growth_after_a_decrease_is_one_per_window() -> None:
    """Above the size at which it last shrank, the window grows by one per full window answered."""

    async def run() -> tuple[int, int]:
        limiter = virtual_limiter(1000)
        await refuse(limiter, 1, after=0.0)
        limiter._window._slow_start_threshold = 0.0
        limiter._rate.record_request = lambda now: None  # type: ignore[method-assign]
        before = limiter.window
        await keep_busy(limiter, 10.5)
        return before, limiter.window

    before, after = in_virtual_time(run())
    assert before + 9 <= after <= before + 10


def test_one_decrease_for_an_episode() -> None:
    """Refusals of a whole window shrink it once; a later request's refusal shrinks it again."""

    async def run() -> list[int]:
        limiter = virtual_limiter()
        await refuse(limiter, INITIAL_WINDOW)
        windows = [limiter.window]
        await refuse(limiter, 1)
        return [*windows, limiter.window]

    assert in_virtual_time(run()) == [
        int(INITIAL_WINDOW * DECREASE),
        int(INITIAL_WINDOW * DECREASE**2),
    ]


def test_window_never_closes() -> None:
    """After any number of refusals, one request can still be sent, after ever longer waits."""

    async def run() -> tuple[int, float]:
        limiter = virtual_limiter()
        for _ in range(30):
            await refuse(limiter, 1, after=None)
        return limiter.window, now()

    window, seconds = in_virtual_time(run())
    assert window == 1
    assert seconds > 1000


def test_server_failure_pauses_growth() -> None:
    """After a 5xx, the window stays the same for some seconds and then grows again."""

    async def run() -> list[int]:
        limiter = virtual_limiter(1000)
        permit = await entered(limiter)
        permit.record_failure()
        await permit.__aexit__(None, None, None)
        await keep_busy(limiter, GROWTH_PAUSE - 0.1)
        windows = [limiter.window]
        await keep_busy(limiter, 2.5)
        return [*windows, limiter.window]

    first, later = in_virtual_time(run())
    assert first == INITIAL_WINDOW
    assert later > first
