"""The estimated number of tokens to reserve for a request."""

from __future__ import annotations

from antq_llm.clients.rate_limit.token_estimate import estimated_tokens


def test_tokens_are_estimated_from_bytes_and_output() -> None:
    """The estimate adds the body's tokens to the output limit or to an assumed output length."""
    assert estimated_tokens(3000, 500) == 1500
    assert estimated_tokens(3000) > 2000
