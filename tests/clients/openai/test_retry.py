"""What the live client does where the network or the server fails: what is tried again, how long is waited, and what the rest is called."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Sequence

import pytest

from antq_llm.clients.completion import Completion
from antq_llm.clients.openai import retry_policy
from antq_llm.clients.openai.sdk_errors import RETRIED_STATUSES
from antq_llm.errors import AntqError, CompletionError, ConfigurationError
from antq_llm.extraction.extractor import Extractor
from helpers.endpoint import Endpoint, Reply, error, scripted_endpoint
from helpers.support import Person, Waits, client_at, request_for

GOOD = '{"name": "Lan"}'
BAD = '{"name": 3}'
PAGE = Reply(
    body="<html>\n<head><title>502</title></head>\n<body>proxy\n</body></html>",
    content_type="text/html",
)


class Outcome:
    """What one request came to: the completion or the error, the waits, and what the endpoint was asked."""

    def __init__(
        self, result: Completion | AntqError, waits: list[float], endpoint: Endpoint
    ) -> None:
        self.result, self.waits, self.endpoint = result, waits, endpoint

    @property
    def requests(self) -> int:
        """How often the endpoint was asked."""
        return len(self.endpoint.bodies)

    @property
    def error(self) -> CompletionError:
        """The CompletionError that it came to."""
        assert isinstance(self.result, CompletionError)
        return self.result


async def ask(replies: Sequence[Reply], *, tries: int = 6, seconds: float = 30.0) -> Outcome:
    """Send one request to a scripted endpoint."""
    waits = Waits()
    with scripted_endpoint(replies) as endpoint:
        async with client_at(
            endpoint.base_url, tries=tries, seconds=seconds, waits=waits
        ) as client:
            try:
                result: Completion | AntqError = await client.complete(request_for())
            except AntqError as caught:
                result = caught
    return Outcome(result, waits.seconds, endpoint)


def text_of(outcome: Outcome) -> str:
    """Return the text of the completion that an outcome is."""
    assert isinstance(outcome.result, Completion)
    return outcome.result.text


async def test_retry_after_in_seconds_is_waited() -> None:
    """After a 429 that asks for 2 seconds the request goes out once more, not before 2 seconds are over."""
    outcome = await ask([error(429, "slow down", Retry_After="2"), Reply(GOOD)])
    assert text_of(outcome) == GOOD
    assert outcome.requests == 2
    assert len(outcome.waits) == 1
    assert 2 <= outcome.waits[0] < 10


async def test_retry_after_as_a_date_is_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Retry-After that is an HTTP date is waited for until that date."""
    now = 1_700_000_000.0
    monkeypatch.setattr(retry_policy.time, "time", lambda: now)
    outcome = await ask(
        [
            error(429, "slow down", Retry_After=email.utils.formatdate(now + 7, usegmt=True)),
            Reply(GOOD),
        ]
    )
    assert (text_of(outcome), outcome.waits) == (GOOD, [7.0])


async def test_retry_after_in_the_past_is_no_wait() -> None:
    """A date that is over asks for no wait at all, and never for a negative one."""
    outcome = await ask(
        [
            error(
                429,
                "slow down",
                Retry_After=email.utils.formatdate(time.time() - 3600, usegmt=True),
            ),
            Reply(GOOD),
        ]
    )
    assert (text_of(outcome), outcome.waits) == (GOOD, [0.0])


async def test_retry_after_in_milliseconds_is_waited() -> None:
    """retry-after-ms, finer than Retry-After, goes before it."""
    outcome = await ask(
        [error(429, "slow down", Retry_After="9", retry_after_ms="1500"), Reply(GOOD)]
    )
    assert (text_of(outcome), outcome.waits) == (GOOD, [1.5])


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
async def test_unreadable_retry_after_is_passed_over(value: str) -> None:
    """A Retry-After that is neither seconds nor a date is waited for as if there were none."""
    outcome = await ask(
        [error(429, "slow down", Retry_After=value.encode().decode("latin-1")), Reply(GOOD)]
    )
    assert text_of(outcome) == GOOD
    assert len(outcome.waits) == 1
    assert 0 < outcome.waits[0] <= retry_policy.MAX_BACKOFF + 1


async def test_unreadable_milliseconds_leave_retry_after() -> None:
    """Where retry-after-ms cannot be read, Retry-After still holds."""
    outcome = await ask(
        [error(429, "slow down", Retry_After="9", retry_after_ms="soon"), Reply(GOOD)]
    )
    assert (text_of(outcome), outcome.waits) == (GOOD, [9.0])


async def test_retry_after_past_all_patience_is_given_up() -> None:
    """A server that asks to come back in an hour is not waited for: it fails now, and the message does not tell of tries that were not made."""
    outcome = await ask([error(429, "come back later", Retry_After="3600"), Reply(GOOD)])
    assert (outcome.error.kind, outcome.error.status, outcome.requests, outcome.waits) == (
        "transport",
        429,
        1,
        [],
    )
    assert "6 tries" not in str(outcome.error)


async def test_transport_retry_spends_no_attempt() -> None:
    """A 429 between is none of the attempts: a single permitted attempt still gives the record."""
    waits = Waits()
    with scripted_endpoint([error(429, "slow down", Retry_After="2"), Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url, waits=waits) as client:
            extractor = Extractor(Person, "Find the person.", model="m", client=client)
            result = await extractor.aextract("Bà Lan đến dự.")
    assert (result.record.name, len(result.attempts), len(endpoint.bodies), len(waits.seconds)) == (
        "Lan",
        1,
        2,
        1,
    )


@pytest.mark.parametrize("status", sorted(RETRIED_STATUSES))
async def test_passing_status_is_tried_again(status: int) -> None:
    """A status that may pass is tried again with the same body, and the answer after it counts."""
    outcome = await ask([error(status, "busy"), Reply(GOOD)])
    assert (text_of(outcome), outcome.requests) == (GOOD, 2)
    assert outcome.endpoint.bodies[0] == outcome.endpoint.bodies[1]


async def test_error_page_without_json_is_tried_again() -> None:
    """A 502 whose body is a proxy's HTML page is tried again like any other."""
    page = Reply(status=502, body=PAGE.body, content_type="text/html")
    outcome = await ask([page, Reply(GOOD)])
    assert (text_of(outcome), outcome.requests) == (GOOD, 2)


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
    """Whatever an error's body holds, its status says what it is: it is tried again, and what comes after counts."""
    outcome = await ask([Reply(status=503, body=body), Reply(GOOD)])
    assert (text_of(outcome), outcome.requests) == (GOOD, 2)


async def test_dropped_connection_is_tried_again() -> None:
    """A connection that is closed without an answer is tried again."""
    outcome = await ask([Reply(hang_up=True), Reply(GOOD)])
    assert (text_of(outcome), outcome.requests) == (GOOD, 2)


async def test_malformed_response_is_tried_again() -> None:
    """A response that breaks HTTP, here with two lengths, is a fault of the way and is tried again."""
    outcome = await ask([Reply(GOOD, headers={"Transfer-Encoding": "chunked"}), Reply(GOOD)])
    assert (text_of(outcome), outcome.requests) == (GOOD, 2)


async def test_timeout_is_tried_again() -> None:
    """A request that is not answered in time is tried again."""
    outcome = await ask([Reply(silent=True), Reply(GOOD)], seconds=0.3)
    assert (text_of(outcome), outcome.requests) == (GOOD, 2)


async def test_page_with_status_200_is_tried_again() -> None:
    """An HTML page with status 200, as a proxy sends it, is no completion and is tried again."""
    outcome = await ask([PAGE, Reply(GOOD)])
    assert (text_of(outcome), outcome.requests) == (GOOD, 2)


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
async def test_reply_that_is_no_completion_is_tried_again(body: object) -> None:
    """JSON with status 200 that is no chat completion is tried again too."""
    outcome = await ask([Reply(body=body), Reply(GOOD)])
    assert (text_of(outcome), outcome.requests) == (GOOD, 2)


@pytest.mark.parametrize("tries", [1, 2, 5])
async def test_gives_up_after_the_tries(tries: int) -> None:
    """The request is sent as often as was allowed and no more, with a wait between every two."""
    outcome = await ask([error(503, "overloaded")], tries=tries)
    assert (outcome.requests, len(outcome.waits)) == (tries, tries - 1)
    assert (outcome.error.kind, outcome.error.status) == ("transport", 503)
    assert "overloaded" in str(outcome.error)


async def test_waits_grow() -> None:
    """Without a Retry-After the waits grow from try to try and stay below the limit."""
    waits = (await ask([error(500, "oops")], tries=10)).waits
    assert waits[0] <= 2
    assert all(
        earlier < later or later >= retry_policy.MAX_BACKOFF
        for earlier, later in zip(waits, waits[2:], strict=False)
    )
    assert max(waits) <= retry_policy.MAX_BACKOFF + 1


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(hang_up=True), "could not be reached"),
        (Reply(silent=True), "did not answer in time"),
        (PAGE, "other than a chat completion"),
    ],
    ids=["dropped", "silent", "page"],
)
async def test_given_up_without_a_status_says_what_was_seen(reply: Reply, words: str) -> None:
    """Past all tries the error is of kind transport, names the address, and says what was seen there."""
    outcome = await ask([reply], tries=2, seconds=0.3)
    assert (outcome.error.kind, outcome.requests) == ("transport", 2)
    assert words in str(outcome.error)
    assert outcome.endpoint.base_url in str(outcome.error)


async def test_message_about_a_page_is_one_line() -> None:
    """A page with line breaks is quoted on one line, so that an error stays one line."""
    outcome = await ask([PAGE], tries=1)
    assert "\n" not in str(outcome.error)


async def test_nobody_listening_is_a_transport_error() -> None:
    """An address where nothing listens fails as transport after its tries."""
    with scripted_endpoint([]) as closed:
        pass
    waits = Waits()
    async with client_at(closed.base_url, tries=3, waits=waits) as client:
        with pytest.raises(CompletionError, match="could not be reached") as caught:
            await client.complete(request_for())
    assert (caught.value.kind, caught.value.status, len(waits.seconds)) == ("transport", None, 2)


@pytest.mark.parametrize("status", [401, 403])
async def test_refused_key_is_not_tried_again(status: int) -> None:
    """A refused key is a ConfigurationError that names the variable, after exactly one request."""
    outcome = await ask([error(status, "Incorrect API key provided", "invalid_api_key")])
    assert isinstance(outcome.result, ConfigurationError)
    assert "refused the key" in str(outcome.result)
    assert "OPENAI_API_KEY" in str(outcome.result)
    assert (outcome.requests, outcome.waits) == (1, [])


async def test_refused_key_is_not_repeated_in_the_message() -> None:
    """The key itself does not stand in the error."""
    outcome = await ask([error(401, "no")])
    assert "key-x" not in str(outcome.result)


async def test_unknown_model_or_path_is_not_tried_again() -> None:
    """A 404 is a ConfigurationError that points at --model and --base-url, after exactly one request."""
    outcome = await ask([error(404, "The model `m` does not exist", "model_not_found")])
    assert isinstance(outcome.result, ConfigurationError)
    assert all(
        words in str(outcome.result)
        for words in ("The model `m` does not exist", "--model", "--base-url")
    )
    assert (outcome.requests, outcome.waits) == (1, [])


@pytest.mark.parametrize(
    "reply",
    [
        error(429, "You exceeded your current quota", "insufficient_quota", Retry_After="1"),
        error(402, "Payment required"),
    ],
)
async def test_used_up_quota_is_not_tried_again(reply: Reply) -> None:
    """A used-up quota, also one that comes as a 429, is of kind quota after exactly one request."""
    outcome = await ask([reply, Reply(GOOD)])
    assert (outcome.error.kind, outcome.error.status, outcome.requests, outcome.waits) == (
        "quota",
        reply.status,
        1,
        [],
    )


@pytest.mark.parametrize("status", [400, 413, 422, 451])
async def test_rejected_request_is_not_waited_for(status: int) -> None:
    """Another client error is of kind rejected, with its status and the server's words, and nothing is waited for."""
    outcome = await ask([error(status, "cannot do that")])
    assert (outcome.error.kind, outcome.error.status, outcome.waits) == ("rejected", status, [])
    assert "cannot do that" in str(outcome.error)


async def test_long_words_of_a_server_are_cut() -> None:
    """What a server says is quoted on one line and not at any length."""
    outcome = await ask([error(413, "too\nlarge " * 500)])
    assert len(str(outcome.error)) < 500
    assert "\n" not in str(outcome.error)


FOUR = [
    error(429, "slow", Retry_After="0"),
    Reply(BAD),
    error(429, "slow", Retry_After="0"),
    Reply(GOOD),
]


async def test_retries_and_reasks_do_not_multiply_async() -> None:
    """429, bad answer, 429, good answer makes exactly four requests when awaited: two bodies, each sent twice."""
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
    """429, bad answer, 429, good answer makes exactly four requests from plain code too."""
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
    """Requests at the same time do not use up each other's tries: each gets as many as were allowed."""
    import asyncio

    with scripted_endpoint([error(503, "overloaded")]) as endpoint:
        async with client_at(endpoint.base_url, tries=3) as client:
            outcomes = await asyncio.gather(
                *(client.complete(request_for(f"Văn bản {n}.")) for n in range(5)),
                return_exceptions=True,
            )
    assert all(isinstance(outcome, CompletionError) for outcome in outcomes)
    assert len(endpoint.bodies) == 15


async def test_attempts_before_a_transport_error_are_kept() -> None:
    """Where the transport fails on a re-ask, the error carries the answer that was paid for before."""
    with scripted_endpoint([Reply(BAD), error(500, "oops")]) as endpoint:
        async with client_at(endpoint.base_url, tries=2) as client:
            with pytest.raises(CompletionError) as caught:
                await Extractor(Person, "Find the person.", model="m", client=client).aextract(
                    "Bà Lan đến dự."
                )
    assert [attempt.completion.text for attempt in caught.value.attempts] == [BAD]


async def test_a_server_that_drips_is_timed_out() -> None:
    """The timeout holds for a whole request: a server that sends byte after byte does not keep it open."""
    outcome = await ask([Reply(GOOD, drip=0.2)], tries=1, seconds=1.0)
    assert (outcome.error.kind, outcome.requests) == ("transport", 1)
    assert "did not answer in time" in str(outcome.error)
