"""The release of requests: holds, order, cancellation and several event loops."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from antq_llm.clients.rate_limit.limiter import Permit, RateLimiter
from antq_llm.errors import ConfigurationError
from antq_llm.extraction.options import Options
from helpers.permits import answer_all, entered, keep_busy, refuse, virtual_limiter
from helpers.support import Waits
from helpers.virtual_time import in_virtual_time, now


@pytest.mark.parametrize("tell", [Permit.record_refusal, Permit.record_failure], ids=["429", "503"])
def test_retry_after_holds_every_request(tell: Callable[[Permit, float], None]) -> None:
    """Until a Retry-After has passed, none of the client's requests is sent."""

    async def run() -> list[float]:
        limiter = virtual_limiter()
        permit = await entered(limiter)
        tell(permit, 7.0)
        await permit.__aexit__(None, None, None)
        log: list[float] = []
        await keep_busy(limiter, 10, log=log)
        return log

    log = in_virtual_time(run())
    assert min(log) == 7.0


def test_own_wait_is_not_repeated() -> None:
    """A request that has waited out its own Retry-After is sent at once."""

    async def run() -> list[float]:
        waits = Waits()
        limiter = RateLimiter(sleep=waits)
        await refuse(limiter, 1, after=7.0)
        await limiter.pause(7.0)
        await entered(limiter)
        return waits.seconds

    assert in_virtual_time(run()) == [7.0]


def test_first_come_first_served() -> None:
    """Waiting requests are sent in order of arrival."""

    async def run() -> list[int]:
        limiter = virtual_limiter(1)
        order: list[int] = []

        async def ask(number: int) -> None:
            async with limiter.permit(1):
                order.append(number)
                await asyncio.sleep(1)

        await asyncio.gather(*(ask(number) for number in range(20)))
        return order

    assert in_virtual_time(run()) == list(range(20))


def test_cancelled_waiter_frees_its_place() -> None:
    """A request cancelled while waiting or being released is not sent and blocks no other."""

    async def run() -> list[int]:
        limiter = virtual_limiter(1)
        holder = await entered(limiter)
        order: list[int] = []

        async def ask(number: int) -> None:
            async with limiter.permit(1):
                order.append(number)

        tasks = [asyncio.create_task(ask(number)) for number in range(4)]
        await asyncio.sleep(1)
        tasks[1].cancel()
        await answer_all([holder])
        tasks[0].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return order

    assert in_virtual_time(run()) == [2, 3]


def test_cancelled_just_before_a_release_blocks_nobody() -> None:
    """If the first waiting request is cancelled just before a release, the next is released."""

    async def run() -> Permit:
        limiter = virtual_limiter(1)
        holder = await entered(limiter)
        first, second = (asyncio.create_task(entered(limiter)) for _ in range(2))
        await asyncio.sleep(1)
        first.cancel()
        await answer_all([holder])
        return await second

    assert in_virtual_time(run()).number == 2


def test_waiting_sets_few_timers() -> None:
    """Ten requests that wait ten minutes set only a few timers."""

    async def run() -> int:
        waits = 0

        async def sleep(seconds: float) -> None:
            nonlocal waits
            waits += 1
            await asyncio.sleep(seconds)

        limiter = RateLimiter(clock=now, sleep=sleep)
        await refuse(limiter, 1, after=600.0)
        tasks = [asyncio.create_task(entered(limiter)) for _ in range(10)]
        await asyncio.gather(*tasks)
        return waits

    assert in_virtual_time(run()) <= 15


def test_event_loops_share_a_limiter() -> None:
    """One limiter serves several event loops, one after the other and in parallel threads."""
    limiter = RateLimiter(2)
    done: list[int] = []

    async def ask() -> None:
        for _ in range(50):
            async with limiter.permit(1) as permit:
                await asyncio.sleep(0)
                permit.record_answer(None)
        done.append(1)

    async def some() -> None:
        await asyncio.gather(*(ask() for _ in range(5)))

    asyncio.run(some())
    threads = [threading.Thread(target=asyncio.run, args=(some(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 15


@pytest.mark.parametrize("fields", [{"rpm": 0}, {"tpm": 0}, {"rpm": -1}])
def test_limit_below_one_is_refused(fields: dict[str, int]) -> None:
    """A limit below one request or token per minute raises a ConfigurationError."""
    with pytest.raises(ConfigurationError, match="rpm and tpm"):
        Options(**fields)  # type: ignore[arg-type]
