"""Group commit: work that arrives within a few milliseconds shares one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from antq_llm.store.sql.database import Database

GATHERING_SECONDS = 0.004
"""The time to wait for more work, in seconds: about as long as a flush to disk takes."""

Work = Callable[[Database], Any]
"""A function that changes the database; ``GroupCommit.commit`` returns its result."""
WriteAll = Callable[[Sequence[Work]], list[Any]]
"""A function that does pieces of work in one transaction and returns their results in order."""
_Waiting = list[tuple[Work, asyncio.Future[Any]]]


class GroupCommit:
    """Group commit for the tasks of an event loop: work is done in a thread, in order of arrival.

    Several event loops can share an instance; each has its own queue.
    """

    def __init__(self, write_all: WriteAll) -> None:
        self._write_all = write_all
        self._waiting: WeakKeyDictionary[asyncio.AbstractEventLoop, _Waiting] = WeakKeyDictionary()
        self._writing: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Future[list[Any]]] = (
            WeakKeyDictionary()
        )

    async def commit(self, work: Work) -> Any:
        """Do a piece of work and return its result once the change is on disk.

        Cancelling the caller does not cancel the work.
        """
        return await self._add(work)

    def post(self, work: Work) -> None:
        """Schedule work for the next commit, without waiting for the work or raising its errors."""
        self._add(work).add_done_callback(asyncio.Future.exception)

    def _add(self, work: Work) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        written = loop.create_future()
        waiting = self._waiting.setdefault(loop, [])
        waiting.append((work, written))
        if len(waiting) == 1 and loop not in self._writing:
            self._schedule_write(loop)
        return written

    async def drain(self) -> None:
        """Wait until all work of the running event loop is done."""
        loop = asyncio.get_running_loop()
        while pending := [
            *(written for _, written in self._waiting.get(loop, ())),
            *filter(None, [self._writing.get(loop)]),
        ]:
            await asyncio.wait(pending)

    def _schedule_write(self, loop: asyncio.AbstractEventLoop) -> None:
        # A timer and a thread instead of a task: when a run is interrupted, all tasks are
        # cancelled, and answers that were paid for would be lost.
        loop.call_later(GATHERING_SECONDS, self._write_waiting, loop)

    def _write_waiting(self, loop: asyncio.AbstractEventLoop) -> None:
        group = self._waiting.pop(loop)

        def finish(writing: asyncio.Future[list[Any]]) -> None:
            del self._writing[loop]
            if loop in self._waiting:
                self._schedule_write(loop)
            _set_results(group, writing)

        writing = loop.run_in_executor(None, self._write_all, [work for work, _ in group])
        self._writing[loop] = writing
        writing.add_done_callback(finish)


def _set_results(group: _Waiting, writing: asyncio.Future[list[Any]]) -> None:
    error = writing.exception()
    results = [None] * len(group) if error else writing.result()
    for (_, written), result in zip(group, results, strict=True):
        if written.done():
            continue
        if error:
            written.set_exception(error)
        else:
            written.set_result(result)
