"""The door from plain code into the async core; it works beside a running event loop and from any thread."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def _begin_anew() -> None:
    """Forget the loop in a forked child, where its thread does not run."""
    global _loop, _lock
    _loop, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


def run_sync(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on the library's own event loop, in a thread of its own, and return its result.

    Ctrl-C in the caller cancels the coroutine.
    """
    future = asyncio.run_coroutine_threadsafe(coroutine, _running_loop())
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


def _running_loop() -> asyncio.AbstractEventLoop:
    global _loop  # noqa: PLW0603 - one loop for the process: connections are pooled in it
    with _lock:
        if _loop is None or _loop.is_closed():
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="antq_llm", daemon=True).start()
        return _loop
