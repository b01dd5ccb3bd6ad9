"""Many pieces of work as a stream: so many at a time, results as they complete."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Coroutine,
    Iterable,
)
from itertools import islice
from typing import Any, Generic, TypeVar

S = TypeVar("S")
R = TypeVar("R")

_END = object()


async def as_completed(
    sources: Iterable[S] | AsyncIterable[S],
    work: Callable[[S], Coroutine[Any, Any, R]],
    at_a_time: int,
) -> AsyncGenerator[R, None]:
    """Yield what the work on each source gives, as it completes; sources are taken as there is room for them.

    The first error of a piece of work is raised, after what had come by then was given out. Work that is under way when the stream is left is cancelled.
    """
    stream = _Stream(sources, work, at_a_time)
    try:
        while await stream.begin():
            for task in await stream.ended():
                if task is stream.fetching:
                    stream.fetched()
                else:
                    yield task.result()
    finally:
        await stream.close()


class _Stream(Generic[S, R]):
    def __init__(
        self,
        sources: Iterable[S] | AsyncIterable[S],
        work: Callable[[S], Coroutine[Any, Any, R]],
        at_a_time: int,
    ) -> None:
        self._work = work
        self._at_a_time = at_a_time
        self._at_hand = iter(()) if isinstance(sources, AsyncIterable) else iter(sources)
        self._to_come = aiter(sources) if isinstance(sources, AsyncIterable) else None
        self._pending: set[asyncio.Task[Any]] = set()
        # Each task comes here when it is done: to wait for all of them anew after each would cost as much as there are.
        self._ended: asyncio.Queue[asyncio.Task[Any]] = asyncio.Queue()
        self.fetching: asyncio.Task[Any] | None = None

    async def begin(self) -> bool:
        """Begin as much as there is room for; return whether anything is under way."""
        room = self._at_a_time - len(self._pending)
        for source in islice(self._at_hand, max(0, room)):
            self._start(self._work(source))
        if self._to_come is not None and self.fetching is None and room > 0:
            self.fetching = self._start(_next(self._to_come))
        return bool(self._pending)

    async def ended(self) -> list[asyncio.Task[Any]]:
        """Return the tasks that are done, at least one, those with an error last."""
        together = [await self._ended.get()]
        while not self._ended.empty():
            together.append(self._ended.get_nowait())
        self._pending.difference_update(together)
        return sorted(together, key=lambda one: one.exception() is not None)

    def fetched(self) -> None:
        """Begin the work on the source that was fetched, or note that there are no more."""
        task, self.fetching = self.fetching, None
        source: Any = task.result() if task else _END
        if source is _END:
            self._to_come = None
        else:
            self._start(self._work(source))

    async def close(self) -> None:
        """Cancel what is under way."""
        for task in self._pending:
            task.cancel()
        await asyncio.gather(*self._pending, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._pending.add(task)
        task.add_done_callback(self._ended.put_nowait)
        return task


async def _next(sources: AsyncIterator[S]) -> S | object:
    return await anext(sources, _END)
