"""Refusals of single requests, which do not slow others, and refusals due to the rate."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest

from antq_llm.clients.rate_limit.limiter import RateLimiter
from antq_llm.clients.rate_limit.refusals import Refusal, RefusalEpisodes
from helpers.permits import answer_all, entered, refuse, virtual_limiter
from helpers.virtual_time import in_virtual_time, now

ARTICLES = 200
LATENCY = 1.0


async def process(
    limiter: RateLimiter,
    number: int,
    is_refused: Callable[[int, int], bool],
    retry_after: float | None,
) -> None:
    """Send the request of an article as ``post_with_retries`` does, with six tries."""
    refusal: Refusal | None = None
    for attempt in range(6):
        async with limiter.permit(1, refusal) as permit:
            if not is_refused(number, attempt):
                await asyncio.sleep(LATENCY)
                permit.record_answer(None)
                return
            await asyncio.sleep(0.005)
            permit.record_refusal(retry_after)
            refusal = permit.refusal
        await limiter.pause(1.0 if retry_after is None else retry_after)


def others_took(
    is_refused: Callable[[int, int], bool],
    retry_after: float | None = 1.0,
    *,
    concurrency: int = 16,
) -> float:
    """Return the seconds until every article that is not always refused was answered."""

    async def run() -> float:
        limiter, slots = virtual_limiter(concurrency), asyncio.Semaphore(concurrency)
        done = 0.0

        async def work(number: int) -> None:
            nonlocal done
            async with slots:
                await process(limiter, number, is_refused, retry_after)
            if not is_refused(number, 5):
                done = max(done, now())

        await asyncio.gather(*map(work, range(ARTICLES)))
        return done

    return in_virtual_time(run())


SINGLE: dict[str, tuple[Callable[[int, int], bool], float | None]] = {
    "one article once": (lambda number, attempt: number == 7 and not attempt, 1.0),
    "one article always": (lambda number, _: number == 7, 1.0),
    "one article always, without a time": (lambda number, _: number == 7, None),
    "the first article always": (lambda number, _: number == 0, 1.0),
    "one article in 16 once": (lambda number, attempt: number % 16 == 7 and not attempt, 1.0),
    "one article in 16 once, without a time": (
        lambda number, attempt: number % 16 == 7 and not attempt,
        None,
    ),
    "one article in 50 always": (lambda number, _: number % 50 == 7, 1.0),
}


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("concurrency", [8, 16, 64])
def test_refusals_of_single_articles_do_not_slow_a_run(name: str, concurrency: int) -> None:
    """Every refusal delays the others by at most the second that the server requested."""
    clean = others_took(lambda *_: False, concurrency=concurrency)
    is_refused, retry_after = SINGLE[name]
    first_tries = sum(is_refused(number, 0) for number in range(ARTICLES))
    took = others_took(is_refused, retry_after, concurrency=concurrency)
    assert took <= clean + 2.0 + 1.0 * first_tries


def test_a_refusal_of_many_in_flight_is_about_the_rate() -> None:
    """If a fifth of the requests in flight are refused at once, the window shrinks."""

    async def run() -> tuple[int, int]:
        limiter = virtual_limiter(10)
        permits = [await entered(limiter) for _ in range(10)]
        permits[0].record_refusal(1.0)
        first = limiter.window
        permits[1].record_refusal(1.0)
        return first, limiter.window

    assert in_virtual_time(run()) == (10, 7)


def test_holds_double_only_while_nothing_is_accepted() -> None:
    """Until a request is answered, each refusal doubles the time for which requests are held."""
    episodes = RefusalEpisodes()
    holds = []
    for number in range(1, 5):
        episodes.record_sent(number)
        episodes.record_refusal(number, None, number)
        episodes.record_end(number)
        holds.append(episodes.hold)
    episodes.record_sent(5)
    episodes.record_answer(5)
    assert holds == [0.25, 0.5, 1.0, 2.0]
    assert episodes.hold == 0.25


def test_a_request_refused_while_others_are_accepted_is_held_alone() -> None:
    """If a later request was accepted, another refusal of a request delays only that request."""

    async def run() -> float:
        limiter = virtual_limiter()
        refused = await entered(limiter)
        refused.record_refusal(1.0)
        await refused.__aexit__(None, None, None)
        await answer_all([await entered(limiter)])
        again = limiter.permit(1, refused.refusal)
        await again.__aenter__()
        again.record_refusal(30.0)
        await again.__aexit__(None, None, None)
        await entered(limiter)
        return now()

    assert in_virtual_time(run()) == 1.0


def test_a_long_hold_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    """Waits are logged with their length and reason, and long waits are logged as warnings."""

    async def run() -> None:
        limiter = virtual_limiter()
        await refuse(limiter, 1, after=2.0)
        await refuse(limiter, 1, after=30.0)

    with caplog.at_level(logging.INFO):
        in_virtual_time(run())
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", "all requests wait for 2.0 s: a request was refused (429)"),
        ("WARNING", "all requests wait for 30.0 s: a request was refused (429)"),
    ]
