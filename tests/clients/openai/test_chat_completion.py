"""Reading chat completions."""

from __future__ import annotations

from typing import Any

import pytest

from antq_llm.clients.completion import Usage
from antq_llm.clients.pricing import Price
from helpers.endpoint import Reply, scripted_endpoint
from helpers.support import (
    budgeted_client,
    client_at,
    request_for,
)

GOOD = '{"name": "Lan"}'


async def usage_of(usage: dict[str, Any] | None) -> Usage:
    """Return the usage that the client reads from a reply with the given ``usage`` field."""
    with scripted_endpoint([Reply(GOOD, usage=usage)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            return (await client.complete(request_for())).usage


async def test_usage_is_read_with_cached_tokens() -> None:
    """Input, output and cached tokens are read as reported."""
    reported = {
        "prompt_tokens": 900,
        "completion_tokens": 40,
        "total_tokens": 940,
        "prompt_tokens_details": {"cached_tokens": 768},
    }
    assert await usage_of(reported) == Usage(input_tokens=900, output_tokens=40, cached_tokens=768)


@pytest.mark.parametrize(
    "details", [{}, {"prompt_tokens_details": None}, {"prompt_tokens_details": {"audio_tokens": 0}}]
)
async def test_unreported_cached_tokens_are_none(details: dict[str, Any]) -> None:
    """Cached tokens that the endpoint does not report are None, not 0."""
    assert await usage_of({"prompt_tokens": 9, "completion_tokens": 4, **details}) == Usage(
        input_tokens=9, output_tokens=4, cached_tokens=None
    )


async def test_missing_usage_is_none() -> None:
    """A reply without usage gives None for every count."""
    assert await usage_of(None) == Usage(input_tokens=None, output_tokens=None, cached_tokens=None)


async def test_model_that_answered_is_kept() -> None:
    """The completion names the model that the endpoint reports, not the requested one."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            completion = await client.complete(request_for(model="alias"))
    assert completion.model == "scripted-1"


async def test_refusal_is_kept() -> None:
    """A completion keeps the refusal and has an empty text."""
    with scripted_endpoint([Reply(None, refusal="Tôi không thể giúp.")]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            completion = await client.complete(request_for())
    assert (completion.refusal, completion.text) == ("Tôi không thể giúp.", "")


@pytest.mark.parametrize("reason", ["length", "content_filter"])
async def test_finish_reason_is_kept(reason: str) -> None:
    """The finish reason is kept, and the client does not repeat the request."""
    with scripted_endpoint([Reply('{"na', finish_reason=reason)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            completion = await client.complete(request_for())
    assert completion.finish_reason == reason
    assert completion.text == '{"na'
    assert len(endpoint.bodies) == 1


async def test_tools_mode_reads_an_answer_in_words() -> None:
    """In tools mode, an answer without a tool call is read from the content of the message."""
    message = {"role": "assistant", "content": GOOD}
    with scripted_endpoint(
        [Reply(body={"choices": [{"finish_reason": "stop", "message": message}]})]
    ) as endpoint:
        async with client_at(endpoint.base_url, mode="tools") as client:
            completion = await client.complete(request_for())
    assert completion.text == GOOD


@pytest.mark.parametrize(
    "count",
    [-1_000_000, 10**30, 10**400, 20.5, "many", [20]],
    ids=["negative", "huge", "past floats", "a part", "a word", "a list"],
)
async def test_an_impossible_token_count_is_not_reported(count: Any) -> None:
    """An impossible token count is treated as unknown, so the answer counts at its maximum cost."""
    with scripted_endpoint(
        [
            Reply(
                GOOD,
                usage={
                    "prompt_tokens": 100,
                    "completion_tokens": count,
                    "prompt_tokens_details": [count],
                },
            )
        ]
    ) as server:
        client, budget = budgeted_client(server, 1.0, price=Price(0, 100.0))
        answer = await client.complete(request_for())
        assert answer.text == GOOD
        assert answer.usage.input_tokens == 100
        assert answer.usage.output_tokens is None
        assert answer.cost_usd is None
        assert await budget.used() == (pytest.approx(0.1), 0)
        await client.aclose()
    assert len(server.bodies) == 1
