"""The client for live endpoints: its requests, the fallback between modes and the rate limiter."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, get_args

import pytest

from antq_llm.clients.completion import Mode
from antq_llm.clients.openai.client import OpenAIClient
from antq_llm.clients.openai.endpoint import Endpoint
from antq_llm.clients.rate_limit.concurrency_window import INITIAL_WINDOW
from antq_llm.errors import CompletionError
from antq_llm.schemas.json_schema import JsonSchema
from helpers.endpoint import Reply, error, scripted_endpoint
from helpers.support import (
    Waits,
    body_sent,
    client_at,
    mode_of,
    request_for,
)

GOOD = '{"name": "Lan"}'


async def test_headers_of_a_response_reach_the_rate_limiter() -> None:
    """If a response reports that no requests remain, the next request waits for the reset."""
    waits = Waits()
    headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "40s"}
    with scripted_endpoint([Reply(GOOD, headers=headers), Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url, waits=waits) as client:
            await client.complete(request_for())
            await client.complete(request_for())
    assert [round(seconds) for seconds in waits.seconds] == [40]


async def test_used_up_quota_does_not_shrink_the_window() -> None:
    """A 429 for an exhausted quota does not change the concurrency window."""
    with scripted_endpoint([error(429, "no more", "insufficient_quota")]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            with pytest.raises(CompletionError):
                await client.complete(request_for())
            assert client.rate_limiter.window == INITIAL_WINDOW


async def test_rpm_reaches_the_rate_limiter() -> None:
    """The client delays requests to stay within the endpoint's ``rpm``."""
    waits = Waits()
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        client = OpenAIClient(Endpoint(base_url=endpoint.base_url, api_key="x", rpm=1), sleep=waits)
        await client.complete(request_for())
        await client.complete(request_for())
        await client.aclose()
    assert [round(seconds) for seconds in waits.seconds] == [60]


MODES: tuple[Mode, ...] = get_args(Mode)


@pytest.mark.parametrize("mode", MODES)
async def test_every_mode_gives_the_answer_as_text(mode: Mode) -> None:
    """In every mode, the completion contains the answer's text and the name of the mode."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url, mode=mode) as client:
            completion = await client.complete(request_for())
    assert completion.text == GOOD
    assert completion.mode == mode
    assert completion.finish_reason == "stop"
    assert [mode_of(body) for body in endpoint.bodies] == [mode]


async def test_key_is_sent_as_a_bearer_token() -> None:
    """The key is sent in the Authorization header."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            await client.complete(request_for())
    assert endpoint.headers[0]["authorization"] == "Bearer key-x"


async def test_model_and_parameters_are_sent() -> None:
    """The body contains the model and the given parameters but no other parameters."""
    from dataclasses import replace

    plain = await body_sent(mode=None, request=request_for(model="viet-1"))
    warm = await body_sent(
        mode=None, request=replace(request_for(model="viet-1"), parameters={"temperature": 0.5})
    )
    assert plain.keys() == {"model", "messages", "response_format"}
    assert (warm["model"], warm["temperature"]) == ("viet-1", 0.5)


async def test_refused_mode_steps_down_and_stays_there() -> None:
    """After a 400 for strict JSON Schema, this and later requests use tools mode."""
    with scripted_endpoint(
        [error(400, "response_format is not supported"), Reply(GOOD)]
    ) as endpoint:
        async with client_at(endpoint.base_url) as client:
            first = await client.complete(request_for())
            second = await client.complete(request_for("Ông Minh đến dự."))
    assert (first.mode, second.mode) == ("tools", "tools")
    assert [mode_of(body) for body in endpoint.bodies] == ["json_schema", "tools", "tools"]


async def test_modes_are_tried_to_the_last() -> None:
    """After each refused mode, the next one is tried, down to ``md_json``."""
    refused = error(400, "not supported")
    with scripted_endpoint([refused, refused, refused, Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            completion = await client.complete(request_for())
    assert completion.mode == "md_json"
    assert tuple(mode_of(body) for body in endpoint.bodies) == MODES


async def test_stepping_down_is_logged_with_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    """The log names the refused mode, the endpoint's message and the mode used instead."""
    with scripted_endpoint([error(400, "no json_schema here"), Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            await client.complete(request_for())
    assert (
        "refused mode json_schema (no json_schema here): using mode tools from now on"
        in caplog.text
    )


async def test_all_modes_refused_is_a_rejected_request() -> None:
    """If every mode is refused, the error quotes the message of the first refusal."""
    with scripted_endpoint([error(400, "first words"), error(400, "other words")]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            with pytest.raises(
                CompletionError, match=r"rejected the request \(400: first words\)"
            ) as caught:
                await client.complete(request_for())
    assert caught.value.kind == "rejected"
    assert caught.value.status == 400
    assert len(endpoint.bodies) == 4


@pytest.mark.parametrize("mode", MODES)
async def test_given_mode_is_the_only_one_used(mode: Mode) -> None:
    """A fixed mode is the only one tried, even if it is refused."""
    with scripted_endpoint([error(400, "no"), Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url, mode=mode) as client:
            with pytest.raises(CompletionError):
                await client.complete(request_for())
    assert [mode_of(body) for body in endpoint.bodies] == [mode]


async def test_unprocessable_steps_down_as_well() -> None:
    """A 422 leads to the next mode, as a 400 does."""
    with scripted_endpoint([error(422, "extra fields not permitted"), Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            completion = await client.complete(request_for())
    assert completion.mode == "tools"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("context_length_exceeded", "rejected"),
        ("content_filter", "filtered"),
        ("content_policy_violation", "filtered"),
    ],
)
async def test_refusal_of_the_text_does_not_step_down(code: str, kind: str) -> None:
    """A request whose text is refused with a 400 is not repeated in another mode."""
    with scripted_endpoint([error(400, "not this text", code), Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            with pytest.raises(CompletionError, match="not this text") as caught:
                await client.complete(request_for())
    assert (caught.value.kind, len(endpoint.bodies)) == (kind, 1)


async def test_refusal_of_the_text_leaves_the_mode_for_other_texts() -> None:
    """After a text that was too long, the next text is still sent with strict JSON Schema."""
    with scripted_endpoint(
        [error(400, "too long", "context_length_exceeded"), Reply(GOOD)]
    ) as endpoint:
        async with client_at(endpoint.base_url) as client:
            with pytest.raises(CompletionError):
                await client.complete(request_for("dài " * 50))
            completion = await client.complete(request_for())
    assert completion.mode == "json_schema"


async def test_modes_are_kept_apart_by_schema() -> None:
    """A mode refused for one schema is still tried for another."""
    with scripted_endpoint([error(400, "no"), Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            await client.complete(request_for())
            second_schema = JsonSchema(
                "other",
                {
                    "type": "object",
                    "properties": {"name": {"type": "string"}},
                    "required": ["name"],
                    "additionalProperties": False,
                },
            )
            await client.complete(request_for(schema=second_schema))
    assert [mode_of(body) for body in endpoint.bodies] == ["json_schema", "tools", "json_schema"]


async def test_local_completion_has_no_price() -> None:
    """At an endpoint without known prices, even the cost of a well-known model is None."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            completion = await client.complete(request_for(model="gpt-4o-mini"))
    assert completion.cost_usd is None


async def test_client_can_be_used_again_after_closing() -> None:
    """A client reuses its connection; after it is closed, the next request opens a new one."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            await client.complete(request_for())
            await client.complete(request_for())
            await client.aclose()
            completion = await client.complete(request_for())
    first, second, third = endpoint.ports
    assert (first == second, second == third) == (True, False)
    assert completion.text == GOOD


@pytest.mark.parametrize("tail", ["", "/"])
async def test_base_url_needs_no_path(tail: str) -> None:
    """A base URL needs no path, and a trailing slash makes no difference."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url.removesuffix("/v1") + tail) as client:
            assert (await client.complete(request_for())).text == GOOD


async def test_stepping_down_is_logged_once_for_requests_in_flight(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Requests that are refused at the same time log the new mode once."""
    together = threading.Barrier(4, timeout=30)

    def reply(body: dict[str, Any]) -> Reply:
        if mode_of(body) != "json_schema":
            return Reply(GOOD)
        together.wait()
        return error(400, "no json_schema here")

    with scripted_endpoint(reply) as endpoint:
        async with client_at(endpoint.base_url) as client:
            await asyncio.gather(
                *(client.complete(request_for(f"Ông Minh {number}.")) for number in range(4))
            )
    assert len(endpoint.bodies) == 8
    assert caplog.text.count("from now on") == 1
