"""The library's errors for failures that persist after all tries."""

from __future__ import annotations

import socket
import ssl

import httpx2
import openai
import pytest

from antq_llm.clients.openai.sdk_errors import library_error
from antq_llm.errors import CompletionError, ConfigurationError
from helpers.endpoint import Reply, error, scripted_endpoint
from helpers.support import Waits, ask, client_at, request_for

GOOD = '{"name": "Lan"}'
PAGE = Reply(
    body="<html>\n<head><title>502</title></head>\n<body>proxy\n</body></html>",
    content_type="text/html",
)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(hang_up=True), "could not be reached"),
        (Reply(silent=True), "did not answer in time"),
        (PAGE, "other than a chat completion"),
    ],
    ids=["dropped", "silent", "page"],
)
async def test_transport_error_says_what_happened(reply: Reply, words: str) -> None:
    """The error after all tries gives the base URL and says what happened."""
    # The client waits only for a silent server, which times out in any case.
    outcome = await ask([reply], tries=2, seconds=0.05 if reply.silent else 30.0)
    assert (outcome.error.kind, outcome.requests) == ("transport", 2)
    assert words in str(outcome.error)
    assert outcome.endpoint.base_url in str(outcome.error)


async def test_message_about_a_page_is_one_line() -> None:
    """A page with line breaks is quoted on one line."""
    outcome = await ask([PAGE], tries=1)
    assert "\n" not in str(outcome.error)


async def test_refused_connection_is_a_transport_error() -> None:
    """If nothing is listening at the address, a ``transport`` error is raised after all tries."""
    with scripted_endpoint([]) as closed:
        pass
    waits = Waits()
    async with client_at(closed.base_url, tries=3, waits=waits) as client:
        with pytest.raises(CompletionError, match="nothing is listening there") as caught:
            await client.complete(request_for())
    assert caught.value.kind == "transport"
    assert caught.value.status is None
    assert len(waits.seconds) == 2


@pytest.mark.parametrize("status", [401, 403])
async def test_refused_key_is_not_retried(status: int) -> None:
    """After one request, a refused key raises a ConfigurationError that names the variable."""
    outcome = await ask([error(status, "Incorrect API key provided", "invalid_api_key")])
    assert isinstance(outcome.result, ConfigurationError)
    assert "refused the key" in str(outcome.result)
    assert "OPENAI_API_KEY" in str(outcome.result)
    assert (outcome.requests, outcome.waits) == (1, [])


async def test_refused_key_is_not_repeated_in_the_message() -> None:
    """The error for a refused key does not contain the key."""
    outcome = await ask([error(401, "no")])
    assert "key-x" not in str(outcome.result)


async def test_unknown_model_or_path_is_not_retried() -> None:
    """After one request, a 404 raises a ConfigurationError that names --model and --base-url."""
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
async def test_used_up_quota_is_not_retried(reply: Reply) -> None:
    """An exhausted quota, even with status 429, raises a ``quota`` error after one request."""
    outcome = await ask([reply, Reply(GOOD)])
    assert outcome.error.kind == "quota"
    assert outcome.error.status == reply.status
    assert outcome.requests == 1
    assert outcome.waits == []


@pytest.mark.parametrize("status", [400, 413, 422, 451])
async def test_rejected_request_is_not_retried(status: int) -> None:
    """Other client errors raise a ``rejected`` error with status and message, without a wait."""
    outcome = await ask([error(status, "cannot do that")])
    assert outcome.error.kind == "rejected"
    assert outcome.error.status == status
    assert outcome.waits == []
    assert "cannot do that" in str(outcome.error)


async def test_long_messages_are_cut() -> None:
    """A server's message is quoted on one line and cut to a maximum length."""
    outcome = await ask([error(413, "too\nlarge " * 500)])
    assert len(str(outcome.error)) < 500
    assert "\n" not in str(outcome.error)


@pytest.mark.parametrize(
    ("cause", "words", "absent"),
    [
        (
            ConnectionRefusedError(111, "x"),
            "nothing is listening there; start the server",
            "timeout",
        ),
        (
            OSError("Multiple exceptions: [Errno 111] Connect '::1', [Errno 111] Connect '127.0'"),
            "nothing is listening there",
            "timeout",
        ),
        (socket.gaierror(-2, "Name or service not known"), "host name was not found", "gaierror"),
        (ConnectionResetError(104, "reset"), "the server closed the connection", "timeout"),
        (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), "begins with http or https", "timeout"),
        (TimeoutError(), "did not answer in time", "nothing is listening"),
        (OSError(113, "No route to host"), "No route to host", "timeout"),
    ],
)
def test_a_failed_connection_says_what_to_do(cause: Exception, words: str, absent: str) -> None:
    """The message names the cause, and advises a longer timeout only after a timeout."""
    failed = openai.APIConnectionError(request=httpx2.Request("POST", "http://x"))
    failed.__cause__ = cause
    message = str(library_error(failed, "http://x/v1", 2))
    assert words in message
    assert absent not in message
