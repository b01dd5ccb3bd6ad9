"""The parameter name of the output limit for each model of an endpoint."""

from __future__ import annotations

from typing import Any

from antq_llm.clients.openai.client import OpenAIClient
from antq_llm.clients.openai.endpoint import Endpoint
from antq_llm.clients.pricing import Price
from antq_llm.extraction.options import DEFAULT_BUDGETED_OUTPUT, Options
from helpers.endpoint import Reply, error, scripted_endpoint
from helpers.support import (
    Waits,
    budgeted_client,
    request_for,
)

GOOD = '{"name": "Lan"}'


async def test_a_refused_name_of_the_limit_is_changed_once() -> None:
    """If an endpoint refuses one name for the output limit, the other is used from then on."""

    def answer(body: dict[str, Any]) -> Reply:
        return (
            error(
                400,
                "Unsupported parameter: 'max_tokens' is not supported with this model.",
                "unsupported_parameter",
            )
            if "max_tokens" in body
            else Reply(GOOD)
        )

    with scripted_endpoint(answer) as server:
        client, _ = budgeted_client(server, 1.0, price=Price(0, 1.0), max_output=77)
        for _ in range(2):
            await client.complete(request_for())
        await client.aclose()
    assert [
        (body.get("max_tokens"), body.get("max_completion_tokens")) for body in server.bodies
    ] == [(77, None), (None, 77), (None, 77)]


async def test_each_model_has_its_own_name_of_the_limit() -> None:
    """The name of the output limit is learned once for each model of an endpoint."""

    def answer(body: dict[str, Any]) -> Reply:
        wrong = "max_tokens" if body["model"] == "new" else "max_completion_tokens"
        return (
            error(400, f"Unsupported parameter: '{wrong}'", "unsupported_parameter")
            if wrong in body
            else Reply(GOOD)
        )

    with scripted_endpoint(answer) as server:
        endpoint = Endpoint(base_url=server.base_url, api_key="x", max_output_tokens=77)
        client = OpenAIClient(endpoint, sleep=Waits())
        for model in ("new", "old", "new", "old"):
            await client.complete(request_for(model=model))
        await client.aclose()
    assert [body["model"] for body in server.bodies] == ["new", "new", "old", "new", "old"]


def test_a_budget_brings_a_limit() -> None:
    """A budget sets a default output limit; without a budget, there is none."""
    assert Options().output_limit is None
    assert Options(max_cost=1.0).output_limit == DEFAULT_BUDGETED_OUTPUT
    assert Options(max_cost=1.0, max_output_tokens=50).output_limit == 50
