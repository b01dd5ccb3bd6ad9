"""Concurrent work: a stream of results in completion order, and a pool of workers."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterable,
    Iterator,
)
from itertools import chain, islice, takewhile
from typing import Any, Generic, TypeVar

T = TypeVar("T")
S = TypeVar("S")
R = TypeVar("R")

_END = object()


async def run_workers(
    items: Iterable[T], work: Callable[[T], Awaitable[bool]], max_concurrency: int
) -> None:
    """Process the items in order, at most ``max_concurrency`` at a time.

    Once ``work`` returns False, each worker finishes its current item and stops. The first
    exception cancels the other workers and is raised. No work is pending on return.
    """
    waiting = iter(items)
    stopped = False

    async def run_worker(first: T) -> None:
        nonlocal stopped
        for item in chain((first,), waiting):
            stopped = not await work(item) or stopped
            if stopped:
                return
            # If the work never waits, other workers and Ctrl-C still need a turn.
            await asyncio.sleep(0)

    workers = [asyncio.create_task(run_worker(item)) for item in islice(waiting, max_concurrency)]
    try:
        if workers:
            done, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
            for worker in done:
                worker.result()
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


async def as_completed(
    sources: Iterable[S] | AsyncIterable[S],
    work: Callable[[S], Coroutine[Any, Any, R]],
    max_concurrency: int,
) -> AsyncGenerator[R, None]:
    """Yield the result of ``work`` for each source, in completion order.

    At most ``max_concurrency`` sources are processed at a time, and each is fetched only when there
    is room for it. Results that are complete when the first exception occurs are yielded before
    it is raised. Closing the generator cancels pending work.
    """
    stream = _Stream(sources, work, max_concurrency)
    try:
        while await stream.start_next():
            for task in await stream.wait_for_completed():
                if task is stream.fetching:
                    stream.start_fetched()
                else:
                    yield task.result()
    finally:
        await stream.close()


def until(
    is_over: Callable[[], bool], sources: Iterable[S] | AsyncIterable[S]
) -> Iterator[S] | AsyncIterator[S]:
    """Yield sources until ``is_over`` returns True."""
    if isinstance(sources, AsyncIterable):
        return _until_async(is_over, sources)
    return takewhile(lambda _: not is_over(), sources)


async def _until_async(
    is_over: Callable[[], bool], sources: AsyncIterable[S]
) -> AsyncGenerator[S, None]:
    async for source in sources:
        if is_over():
            return
        yield source


class _Stream(Generic[S, R]):
    def __init__(
        self,
        sources: Iterable[S] | AsyncIterable[S],
        work: Callable[[S], Coroutine[Any, Any, R]],
        max_concurrency: int,
    ) -> None:
        self._work = work
        self._max_concurrency = max_concurrency
        self._sources = iter(()) if isinstance(sources, AsyncIterable) else iter(sources)
        self._async_sources = aiter(sources) if isinstance(sources, AsyncIterable) else None
        self._pending: set[asyncio.Task[Any]] = set()
        # Tasks enter this queue when done; asyncio.wait would visit every pending task each time.
        self._completed: asyncio.Queue[asyncio.Task[Any]] = asyncio.Queue()
        self.fetching: asyncio.Task[Any] | None = None

    async def start_next(self) -> bool:
        """Start as many tasks as there is room for, and return whether any task is pending."""
        room = self._max_concurrency - len(self._pending)
        for source in islice(self._sources, max(0, room)):
            self._start(self._work(source))
        if self._async_sources is not None and self.fetching is None and room > 0:
            self.fetching = self._start(_next(self._async_sources))
        return bool(self._pending)

    async def wait_for_completed(self) -> list[asyncio.Task[Any]]:
        """Wait for a task to complete; return all completed tasks, those with an exception last."""
        completed = [await self._completed.get()]
        while not self._completed.empty():
            completed.append(self._completed.get_nowait())
        self._pending.difference_update(completed)
        return sorted(completed, key=lambda task: task.exception() is not None)

    def start_fetched(self) -> None:
        """Start work on the fetched source, or note that the sources are exhausted."""
        task, self.fetching = self.fetching, None
        source: Any = task.result() if task else _END
        if source is _END:
            self._async_sources = None
        else:
            self._start(self._work(source))

    async def close(self) -> None:
        """Cancel pending tasks and wait for them to end."""
        for task in self._pending:
            task.cancel()
        await asyncio.gather(*self._pending, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._pending.add(task)
        task.add_done_callback(self._completed.put_nowait)
        return task


async def _next(sources: AsyncIterator[S]) -> S | object:
    return await anext(sources, _END)
