"""Running coroutines from synchronous code."""

from __future__ import annotations

import asyncio
import multiprocessing
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from antq_llm.core import event_loop
from antq_llm.core.event_loop import run_sync
from helpers.command_line import LONGEST


async def loop_and_thread() -> tuple[asyncio.AbstractEventLoop, threading.Thread]:
    """Return the running loop and its thread."""
    return asyncio.get_running_loop(), threading.current_thread()


async def fail() -> None:
    """Raise LookupError after yielding control once."""
    await asyncio.sleep(0)
    raise LookupError("nothing")


def test_every_call_runs_on_one_loop() -> None:
    """Calls from any thread share a loop in a daemon thread."""
    loop, thread = run_sync(loop_and_thread())
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(lambda: run_sync(loop_and_thread())) for _ in range(4)]
    assert {call.result() for call in calls} == {(loop, thread)}
    assert (thread.daemon, thread is threading.current_thread()) == (True, False)


async def test_a_call_works_beside_a_running_loop() -> None:
    """Synchronous code called from an event loop can run a coroutine."""
    loop, _ = run_sync(loop_and_thread())
    assert loop is not asyncio.get_running_loop()


def test_an_exception_is_raised_in_the_caller() -> None:
    """An exception in the coroutine is raised in the caller."""
    with pytest.raises(LookupError, match="nothing"):
        run_sync(fail())


def test_an_interrupted_caller_cancels_the_coroutine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the caller waits cancels the coroutine."""
    cancelled = threading.Event()
    started = threading.Event()

    async def wait() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    submit = asyncio.run_coroutine_threadsafe

    def interrupted(*args: Any) -> Any:
        future = submit(*args)
        started.wait(timeout=60)

        def interrupt() -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(future, "result", interrupt)
        return future

    monkeypatch.setattr(asyncio, "run_coroutine_threadsafe", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_sync(wait())
    assert cancelled.wait(timeout=60)


def test_a_closed_loop_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new loop is started if the old one was closed."""
    closed = asyncio.new_event_loop()
    closed.close()
    monkeypatch.setattr(event_loop, "_loop", closed)
    loop, thread = run_sync(loop_and_thread())
    assert loop is not closed
    loop.call_soon_threadsafe(loop.stop)
    thread.join(timeout=60)
    loop.close()


def in_child(answers: Any) -> None:
    """Run a coroutine and put its result into the queue ``answers``."""
    answers.put(run_sync(asyncio.sleep(0, "done")))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_has_its_own_loop() -> None:
    """A process that was forked after a call can run a coroutine."""
    run_sync(asyncio.sleep(0))
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=in_child, args=(answers,))
    child.start()
    assert answers.get(timeout=60) == "done"
    child.join()


_INTERRUPTED_BEFORE_IT_WAITS = """
import _thread, asyncio, os, selectors, signal, sys
from antq_llm.core.event_loop import woken_by_signals

# A process that was started in the background may ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

def interrupt():
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    os.kill(os.getpid(), signal.SIGINT)

class Selector(selectors.DefaultSelector):
    # The new thread runs once this one waits. It receives the signal, so the wait is not
    # interrupted, just as if the signal had arrived immediately before the wait.
    def select(self, timeout=None):
        if timeout is None:
            _thread.start_new_thread(interrupt, ())
        return super().select(timeout)

async def main():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    with woken_by_signals():
        await asyncio.Event().wait()

sys.setswitchinterval(1000)  # only a wait lets the other thread run
try:
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(Selector())) as runner:
        runner.run(main())
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the event loop on Windows has its own wake-up")
def test_a_signal_is_not_lost_just_before_the_loop_waits() -> None:
    """A signal that arrives just before the loop waits for events is handled at once."""
    done = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED_BEFORE_IT_WAITS],
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.stdout == "interrupted\n", done.stderr
