"""The settings of an OpenAI-compatible endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2

from antq_llm.clients.completion import Mode
from antq_llm.clients.pricing import Price, PriceList
from antq_llm.core.masking import masked_repr, masked_url
from antq_llm.errors import ConfigurationError

SDK_BASE_URL = "https://api.openai.com/v1"


@dataclass(frozen=True)
class Endpoint:
    """Where requests are sent, and with which limits."""

    base_url: str | None = None
    """None for the SDK's default."""
    api_key: str | None = None
    timeout: float = 600.0
    """Seconds that one request may take."""
    tries: int = 6
    """How often a request is sent, at most, if the network or the server fails."""
    mode: Mode | None = None
    """The only mode to use; None for the strictest that the endpoint accepts."""
    concurrency: int = 64
    """Requests in flight, at most; fewer if the endpoint refuses that many."""
    rpm: int | None = None
    """Requests sent in any minute, at most."""
    tpm: int | None = None
    """Tokens used in any minute, in and out, at most."""
    max_output_tokens: int | None = None
    """Tokens of one answer, at most; None leaves it to the endpoint."""
    prices: Mapping[str, Price] = field(default_factory=dict)
    """By model, where they differ from the public ones."""

    def __repr__(self) -> str:
        return masked_repr(self)

    @property
    def address(self) -> str:
        """The base URL, or the SDK's default."""
        return self.base_url or SDK_BASE_URL

    def price_list(self, *, batch: bool = False) -> PriceList:
        """Return the prices of live requests, or of those through the Batch API."""
        return PriceList(self.address, self.prices, batch)


def check_endpoint(endpoint: Endpoint) -> None:
    """Raise ConfigurationError for a key or base URL that no request can be sent with."""
    if not endpoint.api_key:
        raise ConfigurationError(
            "no API key: set OPENAI_API_KEY (any value works for a local server with --base-url), "
            "or use --offline to answer from recordings"
        )
    if not (endpoint.api_key.isascii() and endpoint.api_key.isprintable()):
        raise ConfigurationError(
            "the API key has characters that an HTTP header cannot carry: set OPENAI_API_KEY to "
            "the key alone, without a line break"
        )
    if endpoint.base_url is not None and not _is_http(endpoint.base_url):
        raise ConfigurationError(
            f"{masked_url(endpoint.base_url)!r} is not a base URL: it starts with http:// or "
            "https:// and a host, and usually ends in /v1"
        )


def _is_http(url: str) -> bool:
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError):
        return False
    return parsed.scheme in {"http", "https"} and bool(parsed.host)
