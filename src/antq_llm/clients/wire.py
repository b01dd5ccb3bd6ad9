"""The way to one endpoint: what every request has in common comes from the SDK and is put together once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx2
import openai
from yarl import URL

PATH = "chat/completions"

_ERRORS: dict[int, type[openai.APIStatusError]] = {
    kind.status_code: kind
    for kind in (
        openai.BadRequestError,
        openai.AuthenticationError,
        openai.PermissionDeniedError,
        openai.NotFoundError,
        openai.ConflictError,
        openai.UnprocessableEntityError,
        openai.RateLimitError,
    )
}


class Response(NamedTuple):
    """What came back with a status below 400."""

    headers: Mapping[str, str]
    content: bytes


class Wire:
    """Sends chat completion bodies over aiohttp, with the SDK's address, headers, key, certificates and errors; belongs to one event loop.

    The SDK's own ``post`` puts address and headers together anew for each request and takes each apart again, which costs three times as much
    as sending it; all else goes through ``client``.
    """

    def __init__(self, *, api_key: str | None, base_url: str | None, timeout: float) -> None:
        self.client = openai.AsyncOpenAI(api_key=api_key, base_url=base_url, timeout=timeout, max_retries=0, http_client=openai.DefaultAioHttpClient())
        self.base_url = str(self.client.base_url)
        self._url = URL(f"{self.base_url.rstrip('/')}/{PATH}")
        given = {**self.client.default_headers, **self.client.auth_headers}
        self._headers = {name: value for name, value in given.items() if isinstance(value, str)}
        self._seconds = timeout
        self._session: aiohttp.ClientSession | None = None

    async def send(self, body: bytes) -> Response:
        """Return the response to a body; the timeout, in seconds, holds for the whole, also where a server drips.

        Raises the SDK's errors: APIStatusError for a status of 400 and above, APITimeoutError, APIConnectionError.
        """
        try:
            async with asyncio.timeout(self._seconds), self._opened().post(self._url, data=body) as response:
                content = await response.read()
        except TimeoutError:
            # Without the cancelling that made it: what lies under an error of the network is read further down.
            raise openai.APITimeoutError(request=self._request()) from TimeoutError()
        except Exception as error:
            raise openai.APIConnectionError(request=self._request()) from error
        if response.status < 400:
            return Response(response.headers, content)
        raise _status_error(httpx2.Response(response.status, headers=_told(response), content=content, request=self._request()))

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
        await self.client.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            # How many connections there are is the pace's to say.
            connector = aiohttp.TCPConnector(limit=0, ssl=httpx2.create_ssl_context())
            nothing = aiohttp.ClientTimeout()
            self._session = aiohttp.ClientSession(
                connector=connector, headers=self._headers, timeout=nothing, cookie_jar=aiohttp.DummyCookieJar(), proxy=_proxy_for(self._url)
            )
        return self._session

    def _request(self) -> httpx2.Request:
        return httpx2.Request("POST", str(self._url))


def _proxy_for(url: URL) -> str | None:
    """Return the proxy that the environment names for an address; looked up once, since aiohttp would do so for each request."""
    return None if url.host is None or proxy_bypass(url.host) else getproxies().get(url.scheme)


def _told(response: aiohttp.ClientResponse) -> list[tuple[bytes, bytes]]:
    # The content is decompressed already.
    return [(name, value) for name, value in response.raw_headers if name.lower() != b"content-encoding"]


def error_in(body: Any) -> Any:
    """Return what an error's body says, as the SDK's errors take it; its code, type and parameter are words, whatever the server made of them."""
    said = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(said, dict):
        return said
    return said | {name: str(said[name]) for name in ("code", "type", "param") if said.get(name) is not None}


def _status_error(response: httpx2.Response) -> openai.APIStatusError:
    body: Any
    try:
        body = response.json()
    except (ValueError, RecursionError):
        body = response.text.strip()
    kind = _ERRORS.get(response.status_code, openai.InternalServerError if response.status_code >= 500 else openai.APIStatusError)
    return kind(f"status {response.status_code}: {body}", response=response, body=error_in(body))
