"""Running coroutines from synchronous code, in any thread, even inside a running event loop."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def _forget_loop() -> None:
    """Forget the parent's event loop, whose thread does not exist in a forked child."""
    global _loop, _lock
    _loop, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_loop)


def run_sync(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on the library's background event loop and return its result.

    Ctrl-C in the caller cancels the coroutine.
    """
    future = asyncio.run_coroutine_threadsafe(coroutine, _running_loop())
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


def _running_loop() -> asyncio.AbstractEventLoop:
    global _loop  # noqa: PLW0603 - one loop per process, since it pools connections
    with _lock:
        if _loop is None or _loop.is_closed():
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="antq_llm", daemon=True).start()
        return _loop


@contextmanager
def woken_by_signals() -> Iterator[None]:
    """Let every signal wake the running event loop, if the loop is in the main thread.

    Python handles a signal between two instructions of the main thread. A signal that arrives just
    before the loop waits for events, or in another thread, would not be handled until the next
    event, which may never come. On Windows, signals already wake the event loop.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    receiver, sender = socket.socketpair()
    with receiver, sender:
        receiver.setblocking(False)
        sender.setblocking(False)
        loop = asyncio.get_running_loop()
        loop.add_reader(receiver, receiver.recv, 4096)
        replaced = signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(replaced)
            loop.remove_reader(receiver)


class ClosedByContext(ABC):
    """An object that is closed at the end of a ``with`` or ``async with`` block."""

    @abstractmethod
    async def aclose(self) -> None:
        """Close the object."""

    def close(self) -> None:
        """Close the object from synchronous code."""
        run_sync(self.aclose())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()
