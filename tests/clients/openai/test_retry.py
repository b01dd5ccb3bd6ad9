"""Network and server failures that are retried."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from antq_llm.errors import CompletionError
from antq_llm.extraction.extractor import Extractor
from helpers.endpoint import Reply, error, scripted_endpoint
from helpers.support import Outcome, Person, Waits, ask, client_at, request_for
from helpers.virtual_time import in_jumping_time, jumping_loop

GOOD = '{"name": "Lan"}'
BAD = '{"name": 3}'
PAGE = Reply(
    body="<html>\n<head><title>502</title></head>\n<body>proxy\n</body></html>",
    content_type="text/html",
)


async def test_transport_retry_spends_no_attempt() -> None:
    """A retry after a 429 does not count as an attempt."""
    waits = Waits()
    with scripted_endpoint([error(429, "slow down", Retry_After="2"), Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url, waits=waits) as client:
            extractor = Extractor(Person, "Find the person.", model="m", client=client)
            result = await extractor.aextract("Bà Lan đến dự.")
    assert result.record.name == "Lan"
    assert len(result.attempts) == 1
    assert len(endpoint.bodies) == 2
    assert len(waits.seconds) == 1


RETRIED = [408, 409, 425, 429, 500, 502, 503, 504, 507, 508, 511, 520, 522, 524, 529, 530, 598, 599]


@pytest.mark.parametrize("status", RETRIED)
async def test_temporary_status_is_retried(status: int) -> None:
    """A temporary status is retried with the same body, and the next answer is used."""
    outcome = await ask([error(status, "busy"), Reply(GOOD)])
    assert (outcome.text, outcome.requests) == (GOOD, 2)
    assert outcome.endpoint.bodies[0] == outcome.endpoint.bodies[1]


async def test_error_page_without_json_is_retried() -> None:
    """A 502 with a proxy's HTML page is retried like any other."""
    page = Reply(status=502, body=PAGE.body, content_type="text/html")
    outcome = await ask([page, Reply(GOOD)])
    assert (outcome.text, outcome.requests) == (GOOD, 2)


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        ["slow"],
        {"error": "slow"},
        {"error": {"code": ["slow"], "message": {"slow": 1}}},
        {"error": {"type": {"slow": 1}}},
    ],
    ids=[
        "nested past all depth",
        "a list",
        "a word",
        "a list as its code",
        "an object as its type",
    ],
)
async def test_error_body_of_any_form_is_an_error_of_its_status(body: object) -> None:
    """An error is retried according to its status, whatever its body."""
    outcome = await ask([Reply(status=503, body=body), Reply(GOOD)])
    assert (outcome.text, outcome.requests) == (GOOD, 2)


async def test_dropped_connection_is_retried() -> None:
    """A connection that is closed without an answer is retried."""
    outcome = await ask([Reply(hang_up=True), Reply(GOOD)])
    assert (outcome.text, outcome.requests) == (GOOD, 2)


async def test_malformed_response_is_retried() -> None:
    """A response with two contradictory HTTP headers for its length is retried."""
    outcome = await ask([Reply(GOOD, headers={"Transfer-Encoding": "chunked"}), Reply(GOOD)])
    assert (outcome.text, outcome.requests) == (GOOD, 2)


def test_timeout_is_retried() -> None:
    """A request that times out is retried."""

    async def run() -> Outcome:
        loop, replies = jumping_loop(), iter([Reply(silent=True), Reply(GOOD)])

        def reply_to(_: dict[str, Any]) -> Reply:
            reply = next(replies)
            if reply.silent:
                loop.jump(31.0)
            return reply

        return await ask(reply_to, seconds=30.0)

    outcome = in_jumping_time(run())
    assert (outcome.text, outcome.requests) == (GOOD, 2)


async def test_page_with_status_200_is_retried() -> None:
    """A proxy's HTML page with status 200 is retried."""
    outcome = await ask([PAGE, Reply(GOOD)])
    assert (outcome.text, outcome.requests) == (GOOD, 2)


@pytest.mark.parametrize(
    "body",
    [
        {"choices": []},
        {"error": {"message": "upstream failed"}},
        {"choices": [{"finish_reason": "stop"}]},
        "",
        "null",
        "[]",
        '{"choices": [{"message": {"content',
    ],
    ids=["no choices", "error in a 200", "no message", "empty", "null", "list", "cut off"],
)
async def test_json_that_is_not_a_completion_is_retried(body: object) -> None:
    """JSON with status 200 that is not a chat completion is retried."""
    outcome = await ask([Reply(body=body), Reply(GOOD)])
    assert (outcome.text, outcome.requests) == (GOOD, 2)


FOUR = [
    error(429, "slow", Retry_After="0"),
    Reply(BAD),
    error(429, "slow", Retry_After="0"),
    Reply(GOOD),
]


async def test_retries_and_reasks_do_not_multiply_async() -> None:
    """``aextract`` sends exactly four requests for a 429, a bad answer, a 429 and a good answer."""
    with scripted_endpoint(FOUR) as endpoint:
        async with client_at(endpoint.base_url) as client:
            result = await Extractor(Person, "Find the person.", model="m", client=client).aextract(
                "Bà Lan đến dự."
            )
    first, again, reask, last = endpoint.bodies
    assert (first, reask) == (again, last)
    assert len(reask["messages"]) == len(first["messages"]) + 2
    assert (result.record.name, len(result.attempts)) == ("Lan", 2)


def test_retries_and_reasks_do_not_multiply_sync() -> None:
    """``extract`` sends exactly four requests for a 429, a bad answer, a 429 and a good answer."""
    from antq_llm import Options, extract

    with scripted_endpoint(FOUR) as endpoint:
        options = Options(base_url=endpoint.base_url, api_key="x")
        result = extract(
            "Bà Lan đến dự.", schema=Person, prompt="Find the person.", model="m", options=options
        )
    first, again, reask, last = endpoint.bodies
    assert (first, reask) == (again, last)
    assert (result.record.name, len(result.attempts)) == ("Lan", 2)


async def test_each_request_has_its_own_tries() -> None:
    """Parallel requests do not use up each other's tries."""

    with scripted_endpoint([error(503, "overloaded")]) as endpoint:
        async with client_at(endpoint.base_url, tries=3) as client:
            outcomes = await asyncio.gather(
                *(client.complete(request_for(f"Văn bản {n}.")) for n in range(5)),
                return_exceptions=True,
            )
    assert all(isinstance(outcome, CompletionError) for outcome in outcomes)
    assert len(endpoint.bodies) == 15


async def test_attempts_before_a_transport_error_are_kept() -> None:
    """If a re-ask fails because of a server error, the error contains the first answer."""
    with scripted_endpoint([Reply(BAD), error(500, "oops")]) as endpoint:
        async with client_at(endpoint.base_url, tries=2) as client:
            with pytest.raises(CompletionError) as caught:
                await Extractor(Person, "Find the person.", model="m", client=client).aextract(
                    "Bà Lan đến dự."
                )
    assert [attempt.completion.text for attempt in caught.value.attempts] == [BAD]


async def test_a_slow_response_times_out() -> None:
    """The timeout covers the whole response, even if single bytes keep arriving."""
    outcome = await ask([Reply(GOOD, drip=0.05)], tries=1, seconds=0.3)
    assert (outcome.error.kind, outcome.requests) == ("transport", 1)
    assert "did not answer in time" in str(outcome.error)
