"""Event loops whose clocks jump, so tests neither wait nor depend on the machine's speed."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next timer as soon as it is idle."""

    def __init__(self) -> None:
        self.seconds = 0.0
        selector = selectors.DefaultSelector()
        poll = selector.select

        def select(timeout: float | None = None) -> Any:
            events = poll(0)
            if not events:
                assert timeout is not None, "all tasks wait, and no timer will wake them"
                self.seconds += max(0.0, timeout)
            return events

        selector.select = select  # type: ignore[method-assign]
        super().__init__(selector)

    def time(self) -> float:
        """Return the virtual seconds since the loop was created."""
        return self.seconds


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop with the real clock, which ``jump`` advances from any thread."""

    ahead = 0.0

    def time(self) -> float:
        """Return the time of the real clock plus all jumps, in seconds."""
        return super().time() + self.ahead

    def jump(self, seconds: float) -> None:
        """Advance the clock by some seconds and wake the loop."""
        self.call_soon_threadsafe(self._put_forward, seconds)

    def _put_forward(self, seconds: float) -> None:
        self.ahead += seconds


def in_virtual_time(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(coroutine)


def in_jumping_time(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a clock that ``jumping_loop().jump`` advances."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(coroutine)


def jumping_loop() -> JumpingLoop:
    """Return the running event loop inside ``in_jumping_time``."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, JumpingLoop)
    return loop


def now() -> float:
    """Return the time of the running event loop, in seconds."""
    return asyncio.get_running_loop().time()
