"""Keys, base URLs, proxies and certificates with which no request can be sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest

from antq_llm.clients.openai.client import OpenAIClient
from antq_llm.clients.openai.endpoint import Endpoint, check_endpoint, proxy_for
from antq_llm.errors import ConfigurationError
from helpers.endpoint import Reply, scripted_endpoint
from helpers.support import (
    client_at,
    request_for,
)

GOOD = '{"name": "Lan"}'


@pytest.mark.parametrize("key", [None, ""])
def test_missing_key_says_what_to_do(key: str | None) -> None:
    """A client without a key raises a ConfigurationError that names the variable and --offline."""
    with pytest.raises(ConfigurationError, match=r"OPENAI_API_KEY.*--offline"):
        OpenAIClient(Endpoint(api_key=key))


@pytest.mark.parametrize("url", ["localhost:8080/v1", "ftp://example.org/v1", "api.openai.com"])
def test_address_without_http_is_refused(url: str) -> None:
    """A base URL without http:// or https:// raises a ConfigurationError that shows it."""
    with pytest.raises(ConfigurationError, match="is not a base URL") as caught:
        OpenAIClient(Endpoint(base_url=url, api_key="x"))
    assert url in str(caught.value)


@pytest.mark.parametrize("url", ["http://", "http://localhost:port/v1", "http://[::1"])
async def test_impossible_address_is_refused(url: str) -> None:
    """A base URL without a host, or with an invalid port, raises a ConfigurationError."""
    with pytest.raises(ConfigurationError):
        async with client_at(url, tries=1) as client:
            await client.complete(request_for())


async def answered_with_key(base_url: str, key: str) -> None:
    """Send one request with the given key, without retries."""
    client = OpenAIClient(Endpoint(base_url=base_url, api_key=key, tries=1))
    try:
        await client.complete(request_for())
    finally:
        await client.aclose()


@pytest.mark.parametrize("key", ["khóa", "sk-x\n"], ids=["letter", "line break"])
async def test_key_that_no_header_can_carry_is_refused(key: str) -> None:
    """A key with a character that is invalid in a header raises a ConfigurationError."""
    with (
        scripted_endpoint([Reply(GOOD)]) as endpoint,
        pytest.raises(ConfigurationError, match="OPENAI_API_KEY"),
    ):
        await answered_with_key(endpoint.base_url, key)


PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
ENVIRONMENTS = [
    {},
    {"HTTP_PROXY": "http://p:1"},
    {"HTTPS_PROXY": "http://p:1"},
    {"ALL_PROXY": "http://p:1"},
    {"ALL_PROXY": "http://p:1", "HTTPS_PROXY": "http://q:2"},
    {"http_proxy": "http://p:1", "all_proxy": "http://q:2"},
    {"HTTPS_PROXY": "p:1"},
    {"ALL_PROXY": "10.0.0.9"},
    {"HTTP_PROXY": "", "ALL_PROXY": "http://p:1"},
    *(
        {"ALL_PROXY": "http://p:1", "NO_PROXY": excluded}
        for excluded in (
            "*",
            "",
            "api.example.com",
            "example.com",
            ".example.com",
            "*.example.com",
            "ample.com",
            "api.example.com:8443",
            "api.example.com:443",
            "https://api.example.com",
            "http://api.example.com",
            "localhost",
            "127.0.0.1",
            "127.0.0.1:8080",
            "10.0.0.0/8",
            "10.1.2.0/24, localhost",
            "::1",
            "fd00::/8",
            "[::1]:8080",
            "other.org,10.1.2.3",
            "not/a/network, api.example.com",
        )
    ),
]
ADDRESSES = [
    "http://api.example.com/v1",
    "https://api.example.com/v1",
    "https://api.example.com:8443/v1",
    "https://example.com/v1",
    "http://localhost:8080/v1",
    "http://127.0.0.1:8080/v1",
    "http://10.1.2.3/v1",
    "http://[::1]:8080/v1",
    "http://[fd00::1]/v1",
]


def set_proxies(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    """Set only the given proxy variables in the environment."""
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=str)
def test_proxies_are_those_of_the_sdk(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """For every address, the proxy, if any, is the one that the SDK's HTTP client uses."""
    set_proxies(monkeypatch, environment)
    with httpx2.Client() as client:
        for address in ADDRESSES:
            transport: Any = client._transport_for_url(httpx2.URL(address))
            url = None if transport is client._transport else transport._pool._proxy_url
            found = proxy_for(address)
            port = None if found is None else httpx2.URL(found).port
            assert (address, found is None, port) == (
                address,
                url is None,
                None if url is None else url.port,
            )


@pytest.mark.parametrize(
    "proxy", ["ftp://p:1", "http://p:port", "nonsense://p", "http://[::1", "socks5://p:1"]
)
def test_a_proxy_that_cannot_be_used_is_named(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unsupported or malformed proxy raises a ConfigurationError that hides its password."""
    set_proxies(monkeypatch, {"ALL_PROXY": proxy.replace("//", "//anna:pa55word@")})
    with pytest.raises(ConfigurationError, match="proxy") as caught:
        check_endpoint(Endpoint(base_url="http://x.org/v1", api_key="k"))
    assert "pa55word" not in str(caught.value)


def test_a_socks_proxy_for_other_addresses_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unsupported proxy is ignored if the endpoint does not use it."""
    set_proxies(monkeypatch, {"ALL_PROXY": "socks5://p:1", "NO_PROXY": "127.0.0.0/8"})
    check_endpoint(Endpoint(base_url="http://127.0.0.1:1/v1", api_key="k"))


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
@pytest.mark.parametrize("content", ["missing", "empty", "not PEM", "a folder", "half a PEM"])
def test_certificates_that_cannot_be_read_are_named(
    variable: str, content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unreadable certificates raise a ConfigurationError that names the variable and the path."""
    path = tmp_path / "certificates"
    if content == "a folder":
        path.mkdir()
    elif content != "missing":
        half = "-----BEGIN CERTIFICATE-----\nMIIB"
        path.write_text({"empty": "", "not PEM": "xyz", "half a PEM": half}[content])
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv(variable, str(path))
    with pytest.raises(ConfigurationError, match=rf"{variable}=.*certificates") as caught:
        check_endpoint(Endpoint(base_url="https://x.org/v1", api_key="k"))
    assert "or unset it" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://x.org:70000/v1",
        "http://x.org:65536/v1",
        "http://x.org:0/v1",
        "http://x.org:-1/v1",
        "http://x.org:port/v1",
        "http://[::1/v1",
        "http://x y/v1",
        "http://a..b/v1",
        "http://" + "a" * 64 + ".org/v1",
        "http://\udcff/v1",
        "http:///v1",
        "http://",
    ],
)
def test_an_address_that_cannot_be_reached_is_refused(url: str) -> None:
    """A base URL with an invalid host or port raises a ConfigurationError."""
    with pytest.raises(ConfigurationError, match="is not a base URL"):
        check_endpoint(Endpoint(base_url=url, api_key="k"))
