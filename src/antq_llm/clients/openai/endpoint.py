"""The settings of an OpenAI-compatible endpoint, and the environment's proxies and certificates."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from pathlib import Path

import httpx2
from httpx2._utils import URLPattern, get_environment_proxies  # as the SDK does; not public

from antq_llm.clients.completion import Mode
from antq_llm.clients.pricing import Price, PriceList
from antq_llm.core.masking import masked_repr, masked_url
from antq_llm.errors import ConfigurationError

SDK_BASE_URL = "https://api.openai.com/v1"
_MAX_PORT = 65535
_priority = attrgetter("priority")
_CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True)
class Endpoint:
    """The address to which requests are sent, with credentials, limits and prices."""

    base_url: str | None = None
    """The base URL; None for the SDK's default."""
    api_key: str | None = None
    timeout: float = 600.0
    """Maximum duration of one try of a request, in seconds."""
    tries: int = 6
    """Maximum number of times a request is sent if the network or the server fails."""
    mode: Mode | None = None
    """The only mode to use; None for the strictest one that the endpoint accepts."""
    concurrency: int = 64
    """Maximum number of requests in flight; reduced if the endpoint refuses that many."""
    rpm: int | None = None
    """Maximum number of requests per minute."""
    tpm: int | None = None
    """Maximum number of input and output tokens per minute."""
    max_output_tokens: int | None = None
    """Maximum number of tokens in an answer; None leaves the limit to the endpoint."""
    prices: Mapping[str, Price] = field(default_factory=dict)
    """Prices by model, which override the public prices."""

    def __repr__(self) -> str:
        return masked_repr(self)

    @property
    def address(self) -> str:
        """The base URL, or the SDK's default."""
        return self.base_url or SDK_BASE_URL

    def price_list(self, *, batch: bool = False) -> PriceList:
        """Return the prices of live requests or, with ``batch``, of Batch API requests."""
        return PriceList(self.address, self.prices, batch)


def check_endpoint(endpoint: Endpoint) -> None:
    """Raise ConfigurationError if the key, base URL, proxy or certificates cannot be used."""
    if not endpoint.api_key:
        raise ConfigurationError(
            "no API key: set OPENAI_API_KEY (any value works for a local server with --base-url), "
            "or use --offline to answer from recordings"
        )
    if not (endpoint.api_key.isascii() and endpoint.api_key.isprintable()):
        raise ConfigurationError(
            "the API key contains characters that are not allowed in an HTTP header: set "
            "OPENAI_API_KEY to the key alone, without a line break"
        )
    if endpoint.base_url is not None and not _is_http(endpoint.base_url):
        raise ConfigurationError(
            f"{masked_url(endpoint.base_url)!r} is not a base URL: write http:// or https://, "
            "a host and usually a path that ends in /v1"
        )
    proxy_for(endpoint.address)
    certificates()


def proxy_for(url: str) -> str | None:
    """Return the proxy that the environment sets for a URL; None for a direct connection.

    Raises ConfigurationError if a proxy in the environment cannot be used.
    """
    proxies = get_environment_proxies()
    for named in filter(None, proxies.values()):
        try:
            httpx2.Proxy(named)
        except (httpx2.InvalidURL, ValueError) as error:
            raise ConfigurationError(
                f"{masked_url(named)!r} is not a valid proxy URL: correct HTTP_PROXY, "
                "HTTPS_PROXY or ALL_PROXY in the environment"
            ) from error
    target = httpx2.URL(url)
    matching = [pattern for pattern in map(URLPattern, proxies) if pattern.matches(target)]
    proxy = proxies[min(matching, key=_priority).pattern] if matching else None
    if proxy is not None and httpx2.URL(proxy).scheme not in {"http", "https"}:
        raise ConfigurationError(
            f"{masked_url(proxy)!r} is not a supported kind of proxy: set an HTTP proxy in the "
            "environment, or exclude the endpoint with NO_PROXY"
        )
    return proxy


def certificates() -> ssl.SSLContext:
    """Return an SSL context with the certificates named in the environment, or the default ones.

    Raises ConfigurationError if the certificates cannot be read.
    """
    return _ssl_context(*(os.environ.get(name) for name in _CERTIFICATE_VARIABLES))


@lru_cache(maxsize=4)
def _ssl_context(file: str | None, folder: str | None) -> ssl.SSLContext:
    # Loading the certificates takes more than 20 ms; httpx2 reads the two variables itself.
    try:
        if not file and folder and not any(Path(folder).iterdir()):
            raise FileNotFoundError("the folder is empty")
        return httpx2.create_ssl_context()
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        name, value = ("SSL_CERT_FILE", file) if file else ("SSL_CERT_DIR", folder)
        raise ConfigurationError(
            f"the certificates in {name}={value} cannot be read ({error}): set the variable to the "
            "path of valid PEM certificates, or unset it"
        ) from error


def _is_http(url: str) -> bool:
    try:
        parsed = httpx2.URL(url)
        parsed.host.encode("idna")
    except (httpx2.InvalidURL, ValueError):
        return False
    port = _MAX_PORT if parsed.port is None else parsed.port
    is_possible = 0 < port <= _MAX_PORT and not set(parsed.host) & set(" %")
    return parsed.scheme in {"http", "https"} and bool(parsed.host) and is_possible
