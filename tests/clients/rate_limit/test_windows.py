"""Limits per minute, set by the user or by a server's headers."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_llm.clients.rate_limit.limiter import RateLimiter
from antq_llm.clients.rate_limit.windows import ServerQuota, seconds_of
from helpers.permits import answer_all, entered, keep_busy, virtual_limiter
from helpers.virtual_time import in_virtual_time, now


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1s", 1.0),
        ("6m0s", 360.0),
        ("20ms", 0.02),
        ("0.5", 0.5),
        ("1h2m3.5s", 3723.5),
        ("0s", 0.0),
        ("soon", None),
        ("", None),
        ("-1", None),
        ("1s later", None),
    ],
)
def test_reset_is_read(value: str, seconds: float | None) -> None:
    """A reset header is read in every format; an unreadable one gives None."""
    assert seconds_of(value) == seconds


@pytest.mark.parametrize("kind", ["requests", "tokens"])
def test_nothing_left_waits_for_the_reset(kind: str) -> None:
    """If no requests or tokens remain, the next request is sent at the reset."""

    async def run() -> float:
        limiter = virtual_limiter()
        permit = await entered(limiter, 100)
        permit.read_headers(
            {f"x-ratelimit-remaining-{kind}": "0", f"x-ratelimit-reset-{kind}": "6m0s"}
        )
        await answer_all([permit])
        await entered(limiter, 100)
        return now()

    assert in_virtual_time(run()) == 360.0


def test_what_is_left_is_used_up() -> None:
    """All remaining requests are sent without waiting for the reset."""

    async def run() -> list[float]:
        limiter = virtual_limiter()
        permit = await entered(limiter)
        permit.read_headers(
            {"x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "20s"}
        )
        await answer_all([permit])
        times = []
        for _ in range(5):
            await answer_all([await entered(limiter)])
            times.append(now())
        return times

    assert in_virtual_time(run()) == [0.0, 0.0, 0.0, 20.0, 20.0]


def test_headers_of_an_earlier_request_are_ignored() -> None:
    """Once the headers of a later request have been read, those of an earlier one are ignored."""
    quota = ServerQuota("requests")
    first, second = quota.spend(1), quota.spend(1)
    quota.read_headers(
        {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "9s"}, second, 0.0
    )
    quota.read_headers(
        {"x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "9s"}, first, 0.0
    )
    assert quota.ready_at(1, 0.0) == 9.0


def test_reset_far_off_is_not_waited_for() -> None:
    """A reset that is hours away, as for a daily limit, does not delay requests."""

    async def run() -> float:
        limiter = virtual_limiter()
        permit = await entered(limiter)
        permit.read_headers(
            {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "5h0m0s"}
        )
        await answer_all([permit])
        await entered(limiter)
        return now()

    assert in_virtual_time(run()) == 0.0


Schedule = list[tuple[float, int, float]]


async def sent_over(limiter: RateLimiter, schedule: Schedule) -> list[tuple[float, int]]:
    """Send requests with the scheduled delays and tokens; return the times and the tokens used."""
    sent: list[tuple[float, int]] = []

    async def ask(delay: float, tokens: int, part: float) -> None:
        await asyncio.sleep(delay)
        async with limiter.permit(tokens) as permit:
            used = int(tokens * part)
            sent.append((now(), used))
            permit.record_answer(used)

    await asyncio.gather(*(ask(*entry) for entry in schedule))
    return sent


def max_in_a_minute(sent: list[tuple[float, int]]) -> tuple[int, int]:
    """Return the highest numbers of requests and tokens in any sliding minute."""
    # Rounding errors in the sum of the waits can make the virtual clock early, so a nanosecond is
    # allowed.
    windows = [
        [amount for at, amount in sent if begin <= at < begin + 60 - 1e-9] for begin, _ in sent
    ]
    return max(len(window) for window in windows), max(sum(window) for window in windows)


schedules = st.lists(
    st.tuples(st.floats(0, 200), st.integers(1, 400), st.floats(0, 1)), min_size=1, max_size=60
)


@settings(max_examples=60, deadline=None)
@given(schedules, st.integers(1, 40), st.integers(400, 4000))
def test_limits_hold_in_any_minute(schedule: Schedule, rpm: int, tpm: int) -> None:
    """No sliding minute exceeds the limits, and all requests are sent eventually."""

    async def run() -> list[tuple[float, int]]:
        return await sent_over(virtual_limiter(rpm=rpm, tpm=tpm), schedule)

    sent = in_virtual_time(run())
    requests, tokens = max_in_a_minute(sent)
    assert len(sent) == len(schedule)
    assert requests <= rpm
    assert tokens <= tpm


def test_limit_is_used_up() -> None:
    """With ``rpm=600`` and enough requests, about 6,000 are sent in ten minutes."""

    async def run() -> int:
        log: list[float] = []
        await keep_busy(virtual_limiter(rpm=600), 600, log=log)
        return len(log)

    assert 5900 <= in_virtual_time(run()) <= 6100


def test_reserved_tokens_are_settled() -> None:
    """Unused reserved tokens become free, and tokens beyond the reserved ones delay requests."""

    async def run(used: int) -> float:
        limiter = virtual_limiter(tpm=1000)
        permit = await entered(limiter, 1000)
        permit.record_answer(used)
        await permit.__aexit__(None, None, None)
        await entered(limiter, 900)
        return now()

    assert in_virtual_time(run(100)) == 0.0
    assert in_virtual_time(run(1000)) == 60.0
    assert in_virtual_time(run(1500)) > 60.0


def test_request_above_the_limit_is_sent_alone() -> None:
    """A request that exceeds the token limit is sent alone in its minute."""

    async def run() -> float:
        limiter = virtual_limiter(tpm=100)
        await entered(limiter, 500)
        await entered(limiter, 1)
        return now()

    assert in_virtual_time(run()) >= 60.0
