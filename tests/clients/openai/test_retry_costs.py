"""The amounts charged to a budget for failed tries and for answers without usage."""

from __future__ import annotations

import pytest

from antq_llm.clients.pricing import Price
from antq_llm.errors import CompletionError
from helpers.endpoint import Endpoint as Server
from helpers.endpoint import Reply, error, scripted_endpoint
from helpers.support import (
    budgeted_client,
    request_for,
)

GOOD = '{"name": "Lan"}'


@pytest.mark.parametrize("reply", [error(400, "no"), error(429, "slow"), error(500, "broken")])
async def test_a_refused_request_costs_nothing(reply: Reply) -> None:
    """A request that the server refuses with a 400, 429 or 500 costs nothing."""
    with scripted_endpoint([reply]) as server:
        client, budget = budgeted_client(server, 1.0, price=Price(0, 100.0), tries=2)
        with pytest.raises(CompletionError):
            await client.complete(request_for())
        assert await budget.used() == (0, 0)
        await client.aclose()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(hang_up=True),
        Reply(silent=True),
        Reply(body="<html>", content_type="text/html"),
        error(408, "timeout"),
        error(504, "timeout"),
        error(524, "timeout"),
    ],
)
async def test_a_lost_answer_counts_at_the_maximum(reply: Reply) -> None:
    """A request whose answer is lost counts at its maximum cost."""
    with scripted_endpoint([reply]) as server:
        # The client waits only for a silent server, which times out in any case.
        timeout = 0.05 if reply.silent else 30.0
        client, budget = budgeted_client(server, 1.0, price=Price(0, 100.0), timeout=timeout)
        with pytest.raises(CompletionError):
            await client.complete(request_for())
        assert await budget.used() == (pytest.approx(0.1), 0)
        await client.aclose()


async def test_a_refused_connection_costs_nothing() -> None:
    """A refused connection costs nothing."""
    with scripted_endpoint([Reply(GOOD)]) as server:
        pass
    client, budget = budgeted_client(server, 1.0, price=Price(0, 100.0))
    with pytest.raises(CompletionError):
        await client.complete(request_for())
    assert await budget.used() == (0, 0)
    await client.aclose()


async def test_a_failed_tls_handshake_costs_nothing() -> None:
    """A failed TLS handshake costs nothing."""
    with scripted_endpoint([Reply(GOOD)]) as server:
        server.base_url = server.base_url.replace("http:", "https:")
        client, budget = budgeted_client(server, 1.0, price=Price(0, 100.0))
        with pytest.raises(CompletionError, match="SSL"):
            await client.complete(request_for())
        assert await budget.used() == (0, 0)
        await client.aclose()
    assert server.bodies == []


async def test_a_proxy_that_does_not_connect_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request costs nothing if the proxy does not connect to the endpoint."""
    with scripted_endpoint([Reply(GOOD)]) as proxy:
        monkeypatch.setenv("https_proxy", proxy.base_url.removesuffix("/v1"))
        client, budget = budgeted_client(
            Server("https://example.invalid/v1", [], []), 1.0, price=Price(0, 100.0)
        )
        with pytest.raises(CompletionError, match="could not be reached"):
            await client.complete(request_for())
        assert await budget.used() == (0, 0)
        await client.aclose()


async def test_an_answer_without_usage_counts_at_the_maximum() -> None:
    """An answer that reports no tokens counts at its maximum cost."""
    with scripted_endpoint([Reply(GOOD, usage=None)]) as server:
        client, budget = budgeted_client(server, 1.0, price=Price(0, 100.0))
        await client.complete(request_for())
        assert await budget.used() == (pytest.approx(0.1), 0)
        await client.aclose()


async def test_an_ignored_output_limit_is_warned_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Answers that exceed the maximum cost count at their actual cost and cause one warning."""
    with scripted_endpoint(
        [Reply(GOOD, usage={"prompt_tokens": 100, "completion_tokens": 4000})]
    ) as server:
        client, budget = budgeted_client(server, 1.0, price=Price(0, 100.0))
        for _ in range(2):
            await client.complete(request_for())
        assert await budget.used() == (pytest.approx(0.8), 0)
        await client.aclose()
    assert ["ignores the output limit" in record.message for record in caplog.records] == [True]
