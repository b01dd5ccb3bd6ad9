"""The waits before retries, and when the client gives up."""

from __future__ import annotations

import email.utils

import pytest

from antq_llm.clients.openai import retry_policy
from helpers.endpoint import Reply, error
from helpers.support import ask

GOOD = '{"name": "Lan"}'
NOW = 1_700_000_000.0


async def test_retry_after_in_seconds_is_waited() -> None:
    """After a 429 with Retry-After: 2, the request is repeated after at least 2 seconds."""
    outcome = await ask([error(429, "slow down", Retry_After="2"), Reply(GOOD)])
    assert outcome.text == GOOD
    assert outcome.requests == 2
    assert len(outcome.waits) == 1
    assert 2 <= outcome.waits[0] < 10


async def test_retry_after_as_a_date_is_waited() -> None:
    """The client waits until the date in a Retry-After header."""
    date = email.utils.formatdate(NOW + 7, usegmt=True)
    replies = [error(429, "slow down", Retry_After=date), Reply(GOOD)]
    outcome = await ask(replies, wall_clock=lambda: NOW)
    assert (outcome.text, outcome.waits) == (GOOD, [7.0])


async def test_retry_after_in_the_past_is_no_wait() -> None:
    """A Retry-After in the past means no wait rather than a negative wait."""
    date = email.utils.formatdate(NOW - 3600, usegmt=True)
    replies = [error(429, "slow down", Retry_After=date), Reply(GOOD)]
    outcome = await ask(replies, wall_clock=lambda: NOW)
    assert (outcome.text, outcome.waits) == (GOOD, [0.0])


async def test_retry_after_in_milliseconds_is_waited() -> None:
    """retry-after-ms takes precedence over Retry-After."""
    outcome = await ask(
        [error(429, "slow down", Retry_After="9", retry_after_ms="1500"), Reply(GOOD)]
    )
    assert (outcome.text, outcome.waits) == (GOOD, [1.5])


@pytest.mark.parametrize(
    "value",
    [
        "soon",
        "-5",
        "1,5",
        "Wed, 99 Xyz 2026 00:00:00 GMT",
        f"Mon, 01 Jan {10**20} 00:00:00 GMT",
        "²",
        "nan",
    ],
)
async def test_unreadable_retry_after_is_ignored(value: str) -> None:
    """A Retry-After that is neither a number of seconds nor a date is ignored."""
    outcome = await ask(
        [error(429, "slow down", Retry_After=value.encode().decode("latin-1")), Reply(GOOD)]
    )
    assert outcome.text == GOOD
    assert len(outcome.waits) == 1
    assert 0 < outcome.waits[0] <= retry_policy.MAX_BACKOFF + 1


async def test_unreadable_milliseconds_leave_retry_after() -> None:
    """If retry-after-ms is unreadable, Retry-After is used."""
    outcome = await ask(
        [error(429, "slow down", Retry_After="9", retry_after_ms="soon"), Reply(GOOD)]
    )
    assert (outcome.text, outcome.waits) == (GOOD, [9.0])


async def test_too_long_a_retry_after_is_not_waited() -> None:
    """With a Retry-After of an hour, the request fails at once, without a retry."""
    outcome = await ask([error(429, "come back later", Retry_After="3600"), Reply(GOOD)])
    assert outcome.error.kind == "transport"
    assert outcome.error.status == 429
    assert outcome.requests == 1
    assert outcome.waits == []
    assert "6 tries" not in str(outcome.error)


@pytest.mark.parametrize("tries", [1, 2, 5])
async def test_gives_up_after_the_tries(tries: int) -> None:
    """A request is sent at most ``tries`` times, with a wait before each retry."""
    outcome = await ask([error(503, "overloaded")], tries=tries)
    assert (outcome.requests, len(outcome.waits)) == (tries, tries - 1)
    assert (outcome.error.kind, outcome.error.status) == ("transport", 503)
    assert "overloaded" in str(outcome.error)


async def test_waits_grow() -> None:
    """Without a Retry-After, the waits grow up to the limit."""
    waits = (await ask([error(500, "oops")], tries=10)).waits
    assert waits[0] <= 2
    assert all(
        earlier < later or later >= retry_policy.MAX_BACKOFF
        for earlier, later in zip(waits, waits[2:], strict=False)
    )
    assert max(waits) <= retry_policy.MAX_BACKOFF + 1
