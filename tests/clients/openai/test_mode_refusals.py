"""Responses that count as the refusal of a mode, and responses that do not."""

from __future__ import annotations

import pytest

from antq_llm.clients.completion import Completion
from antq_llm.errors import CompletionError, ConfigurationError
from helpers.endpoint import Reply, error, scripted_endpoint
from helpers.support import ask, client_at, mode_of, request_for

GOOD = '{"name": "Lan"}'
TOO_LONG = [
    error(400, "the request exceeds the available context size, try increasing it"),
    error(400, "x", "context_length_exceeded"),
    error(400, "request (9000 tokens) is too large", "exceed_context_size_error"),
    error(400, "This model's maximum context length is 8192 tokens. However, you requested 9000"),
    error(400, "prompt is too long: 210000 tokens > 200000 maximum"),
    error(400, "Input is too long for requested model."),
    error(422, "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000"),
    error(400, "The input token count (1048577) exceeds the maximum number of tokens allowed"),
    error(400, "Please reduce the length of the messages or completion."),
    error(413, "Request too large for this model"),
    error(500, "the request exceeds the available context size"),
    Reply(body={"error": {"code": 400, "message": "exceeds the context window"}}),
]


@pytest.mark.parametrize("refusal", TOO_LONG)
async def test_a_request_longer_than_the_context_is_sent_once(refusal: Reply) -> None:
    """A request that is too long is sent once, and the error says how to shorten it."""
    outcome = await ask([refusal, Reply(GOOD)])
    assert (outcome.error.kind, outcome.requests) == ("rejected", 1)
    assert "raise the server's context size, or lower --part-characters" in str(outcome.error)


@pytest.mark.parametrize(
    "refusal",
    [
        error(400, "response_format is not supported"),
        error(400, "anything else"),
        error(422, "anything else"),
        error(404, "No endpoints found that support tool use"),
        error(404, "json_schema is not supported by this model"),
        error(501, "not implemented"),
        error(405, "structured outputs are not available"),
        error(500, "tools param requires --jinja flag"),
        Reply(body={"error": {"code": 400, "message": "response_format is not supported"}}),
    ],
)
async def test_a_refused_mode_is_followed_by_the_next(refusal: Reply) -> None:
    """If a feature that the mode needs is refused, the next mode is tried, whatever the status."""
    outcome = await ask([refusal, Reply(GOOD)])
    assert isinstance(outcome.result, Completion)
    assert (outcome.result.mode, outcome.requests) == ("tools", 2)


@pytest.mark.parametrize("status", [404, 501])
async def test_tools_alone_may_be_refused(status: int) -> None:
    """An endpoint that supports neither strict JSON Schema nor tools is asked for a JSON object."""
    replies = [
        error(400, "json_schema is not supported"),
        error(status, "this server does not support tools"),
        Reply(GOOD),
    ]
    outcome = await ask(replies)
    assert isinstance(outcome.result, Completion)
    assert (outcome.result.mode, outcome.requests) == ("json", 3)


@pytest.mark.parametrize(
    "refusal",
    [
        error(404, "The model `m` does not exist", "model_not_found"),
        error(404, "Not Found"),
        error(404, "no such function route"),
    ],
)
async def test_an_unknown_model_or_path_is_not_a_refused_mode(refusal: Reply) -> None:
    """After a 404 that does not name a feature of the mode, no other mode is tried."""
    outcome = await ask([refusal, Reply(GOOD)])
    assert isinstance(outcome.result, ConfigurationError)
    assert outcome.requests == 1


@pytest.mark.parametrize("status", [500, 503])
async def test_a_failing_server_is_not_a_refused_mode(status: int) -> None:
    """A server error that does not report missing support is retried in the same mode."""
    outcome = await ask([error(status, "error in function f"), Reply(GOOD)])
    assert {mode_of(body) for body in outcome.endpoint.bodies} == {"json_schema"}
    assert outcome.text == GOOD


async def test_a_mode_that_worked_is_not_left_for_one_article() -> None:
    """Once a mode has been accepted, a 400 affects only its own request, and the mode is kept."""
    with scripted_endpoint([Reply(GOOD), error(400, "invalid text"), Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            await client.complete(request_for())
            with pytest.raises(CompletionError, match="invalid text"):
                await client.complete(request_for("Ông Minh đến dự."))
            await client.complete(request_for("Ông Nam đến dự."))
    assert [mode_of(body) for body in endpoint.bodies] == ["json_schema"] * 3


async def test_a_mode_that_worked_may_still_be_refused_by_name() -> None:
    """If a mode that worked is later refused by name, the next mode is tried."""
    refusal = error(400, "response_format json_schema is not supported by this provider")
    with scripted_endpoint([Reply(GOOD), refusal, Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            await client.complete(request_for())
            await client.complete(request_for("Ông Minh đến dự."))
    assert [mode_of(body) for body in endpoint.bodies] == ["json_schema", "json_schema", "tools"]


async def test_a_refusal_after_that_of_a_mode_is_shown() -> None:
    """If the next mode refuses the request as too long, the error says so."""
    outcome = await ask([error(400, "no json_schema"), error(400, "context length is only 4096")])
    assert (outcome.error.kind, outcome.requests) == ("rejected", 2)
    assert "context length" in str(outcome.error)
