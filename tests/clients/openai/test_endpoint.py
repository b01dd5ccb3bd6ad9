"""Keys and base URLs that no request can be sent with."""

from __future__ import annotations

import pytest

from antq_llm.clients.openai.client import OpenAIClient
from antq_llm.clients.openai.endpoint import Endpoint
from antq_llm.errors import ConfigurationError
from helpers.endpoint import Reply, scripted_endpoint
from helpers.support import (
    client_at,
    request_for,
)

GOOD = '{"name": "Lan"}'


@pytest.mark.parametrize("key", [None, ""])
def test_missing_key_says_what_to_do(key: str | None) -> None:
    """A client without a key is a ConfigurationError that names the variable and --offline."""
    with pytest.raises(ConfigurationError, match=r"OPENAI_API_KEY.*--offline"):
        OpenAIClient(Endpoint(api_key=key))


@pytest.mark.parametrize("url", ["localhost:8080/v1", "ftp://example.org/v1", "api.openai.com"])
def test_address_without_http_is_refused(url: str) -> None:
    """A base URL without http:// or https:// is a ConfigurationError that shows it."""
    with pytest.raises(ConfigurationError, match="is not a base URL") as caught:
        OpenAIClient(Endpoint(base_url=url, api_key="x"))
    assert url in str(caught.value)


@pytest.mark.parametrize("url", ["http://", "http://localhost:port/v1", "http://[::1"])
async def test_impossible_address_is_refused(url: str) -> None:
    """A base URL without a host, or with an invalid port, is a ConfigurationError."""
    with pytest.raises(ConfigurationError):
        async with client_at(url, tries=1) as client:
            await client.complete(request_for())


async def answered_with_key(base_url: str, key: str) -> None:
    """Send one request with a key."""
    client = OpenAIClient(Endpoint(base_url=base_url, api_key=key, tries=1))
    try:
        await client.complete(request_for())
    finally:
        await client.aclose()


@pytest.mark.parametrize("key", ["khóa", "sk-x\n"], ids=["letter", "line break"])
async def test_key_that_no_header_can_carry_is_refused(key: str) -> None:
    """A key with a letter or line break that no header can carry is a ConfigurationError."""
    with (
        scripted_endpoint([Reply(GOOD)]) as endpoint,
        pytest.raises(ConfigurationError, match="OPENAI_API_KEY"),
    ):
        await answered_with_key(endpoint.base_url, key)
