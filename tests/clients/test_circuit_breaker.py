"""The opening of the circuit breaker, and the waits that it interrupts."""

from __future__ import annotations

import asyncio

import pytest

from antq_llm.clients.circuit_breaker import CircuitBreaker
from antq_llm.errors import RunStopped


class Clock:
    """A clock that tests set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def failed(clock: Clock, *, failures: int = 20, articles: int = 10) -> CircuitBreaker:
    """Return a breaker after ``failures`` simultaneous failures over ``articles`` articles."""
    breaker = CircuitBreaker(clock=clock)
    for number in range(failures):
        breaker.record_failure(f"a{number % articles}")
    return breaker


@pytest.mark.parametrize(
    ("failures", "articles", "seconds", "is_open"),
    [(20, 10, 60, True), (19, 10, 600, False), (200, 9, 600, False), (200, 20, 59, False)],
)
def test_it_opens_after_enough_of_everything(
    failures: int, articles: int, seconds: float, is_open: bool
) -> None:
    """Twenty failures in ten articles open the breaker if no answer came for sixty seconds."""
    clock = Clock()
    breaker = failed(clock, failures=failures, articles=articles)
    clock.now = seconds
    assert breaker.is_open is is_open


def test_an_answer_starts_the_count_anew() -> None:
    """Neither the failures before an answer nor the time until the next failure counts."""
    clock = Clock()
    breaker = failed(clock)
    clock.now = 59
    breaker.record_answer()
    clock.now = 1000
    for number in range(20):
        breaker.record_failure(f"a{number}")
    assert not breaker.is_open
    clock.now = 1060
    assert breaker.is_open


def test_it_says_what_to_do() -> None:
    """The error has the kind ``unreachable``, gives the number of tries and says what to check."""
    clock = Clock()
    breaker = failed(clock)
    clock.now = 61
    with pytest.raises(RunStopped, match=r"none of 20 tries in 61 s; check --base-url") as caught:
        breaker.raise_if_open()
    assert caught.value.kind == "unreachable"


async def test_waits_end_when_it_opens() -> None:
    """Each wait ends with its own RunStopped at the failure that opens the breaker."""
    clock = Clock()
    breaker = failed(clock)
    started = asyncio.Event()

    async def wait() -> None:
        with breaker.interruptible():
            started.set()
            await asyncio.get_running_loop().create_future()

    waits = [asyncio.create_task(wait()) for _ in range(2)]
    await started.wait()
    await asyncio.sleep(0)
    clock.now = 60
    breaker.record_failure("a")
    first, second = await asyncio.gather(*waits, return_exceptions=True)
    assert (type(first), type(second)) == (RunStopped, RunStopped)
    assert first is not second


async def test_a_cancellation_stays_one() -> None:
    """Cancelling a wait raises CancelledError, not RunStopped."""
    breaker = CircuitBreaker()
    started = asyncio.Event()

    async def wait() -> None:
        with breaker.interruptible():
            started.set()
            await asyncio.get_running_loop().create_future()

    task = asyncio.create_task(wait())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_no_wait_begins_while_it_is_open() -> None:
    """A wait that begins while the breaker is open raises RunStopped at once."""
    clock = Clock()
    breaker = failed(clock)
    clock.now = 60
    with pytest.raises(RunStopped), breaker.interruptible():
        await asyncio.get_running_loop().create_future()
