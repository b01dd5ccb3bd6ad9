"""Worker pools and streams of results."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from antq_llm.core.concurrency import as_completed, run_workers


class Gate:
    """Work that waits until ``opened`` is set and counts the items in progress."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self.started: list[int] = []
        self.cancelled: list[int] = []
        self.running = 0
        self.peak = 0

    async def work(self, item: int) -> int:
        self.started.append(item)
        self.running += 1
        self.peak = max(self.peak, self.running)
        try:
            await self.opened.wait()
        except asyncio.CancelledError:
            self.cancelled.append(item)
            raise
        finally:
            self.running -= 1
        return item


async def let_run() -> None:
    """Let every task that can run do so."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_workers_take_every_item_in_order() -> None:
    """Each item is processed once, in order."""
    seen = []

    async def work(item: int) -> bool:
        seen.append(item)
        return True

    await run_workers(range(7), work, 3)
    assert seen == list(range(7))


async def test_no_items_are_no_work() -> None:
    """A pool without items ends at once."""

    async def work(item: int) -> bool:
        raise AssertionError(item)

    await run_workers([], work, 3)


async def test_workers_are_limited() -> None:
    """At most ``max_concurrency`` items are taken and processed at a time."""
    gate = Gate()
    items = iter(range(10))

    async def work(item: int) -> bool:
        await gate.work(item)
        return True

    pool = asyncio.create_task(run_workers(items, work, 4))
    await let_run()
    assert (gate.started, next(items)) == ([0, 1, 2, 3], 4)
    gate.opened.set()
    await pool
    assert (gate.started, gate.peak) == ([0, 1, 2, 3, 5, 6, 7, 8, 9], 4)


async def test_false_stops_all_workers_after_their_item() -> None:
    """Once the work returns False, the other workers finish their items and take no more."""
    gate = Gate()
    finished = []

    async def work(item: int) -> bool:
        if item == 2:
            return False
        await gate.work(item)
        finished.append(item)
        return True

    pool = asyncio.create_task(run_workers(range(10), work, 3))
    await let_run()
    gate.opened.set()
    await pool
    assert (finished, gate.cancelled) == ([0, 1], [])


async def test_the_first_exception_cancels_the_other_workers() -> None:
    """The first exception is raised after the other workers have been cancelled."""
    gate = Gate()

    async def work(item: int) -> bool:
        if item == 2:
            raise LookupError(item)
        await gate.work(item)
        return True

    with pytest.raises(LookupError):
        await run_workers(range(10), work, 3)
    assert (gate.cancelled, gate.running) == ([0, 1], 0)


async def test_a_cancelled_pool_cancels_its_workers() -> None:
    """Cancelling a pool cancels the work on all of its items."""
    gate = Gate()

    async def work(item: int) -> bool:
        await gate.work(item)
        return True

    pool = asyncio.create_task(run_workers(range(10), work, 3))
    await let_run()
    pool.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pool
    assert (gate.cancelled, gate.running) == ([0, 1, 2], 0)


async def test_work_that_never_waits_lets_others_run() -> None:
    """Even if the work never waits, a task outside the pool can run between two items."""
    seen: list[int] = []

    async def work(item: int) -> bool:
        seen.append(item)
        return True

    pool = asyncio.create_task(run_workers(range(1000), work, 1))
    await let_run()
    assert 0 < len(seen) < 1000
    await pool
    assert len(seen) == 1000


async def test_results_come_as_they_complete() -> None:
    """A result is yielded while earlier sources are still being processed."""
    slow = asyncio.Event()

    async def work(item: int) -> int:
        if item == 0:
            await slow.wait()
        return item

    seen = []
    async for result in as_completed(range(3), work, 2):
        seen.append(result)
        if len(seen) == 2:
            slow.set()
    assert seen == [1, 2, 0]


async def test_a_stream_is_limited() -> None:
    """At most ``max_concurrency`` sources are taken and processed at a time."""
    gate = Gate()
    sources = iter(range(10))
    stream = as_completed(sources, gate.work, 4)
    first = asyncio.create_task(anext(stream))
    await let_run()
    assert (gate.started, next(sources)) == ([0, 1, 2, 3], 4)
    gate.opened.set()
    results = [await first, *[result async for result in stream]]
    assert (sorted(results), gate.peak) == ([0, 1, 2, 3, 5, 6, 7, 8, 9], 4)


async def test_sources_may_come_asynchronously() -> None:
    """Sources can be asynchronous, and waiting for one does not delay results."""
    arrived = asyncio.Event()

    async def sources() -> AsyncIterator[int]:
        for number in range(3):
            yield number
            await arrived.wait()
            arrived.clear()

    async def work(item: int) -> int:
        return item

    seen = []
    async for result in as_completed(sources(), work, 2):
        seen.append(result)
        arrived.set()
    assert seen == [0, 1, 2]


async def test_an_error_comes_after_the_results_that_completed_with_it() -> None:
    """Results that completed together with an exception are yielded before it is raised."""

    async def work(item: int) -> int:
        if item == 0:
            raise LookupError(item)
        return item

    stream = as_completed(range(3), work, 3)
    assert [await anext(stream), await anext(stream)] == [1, 2]
    with pytest.raises(LookupError):
        await anext(stream)


async def test_leaving_a_stream_cancels_its_work() -> None:
    """Closing a stream cancels its pending work."""
    gate = Gate()

    async def work(item: int) -> int:
        return item if item == 0 else await gate.work(item)

    stream = as_completed(range(10), work, 3)
    assert await anext(stream) == 0
    await stream.aclose()
    assert (sorted(gate.cancelled), gate.running) == ([1, 2], 0)
