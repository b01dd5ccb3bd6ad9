"""The way to one endpoint: what every request has in common comes from the SDK and is put together once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx2
import openai
from yarl import URL

from antq_llm.core.masking import Masker, masked_url

PATH = "chat/completions"

_FOR_ANYONE = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
        "user-agent",
    }
)
"""The headers that a redirect takes to another origin; all others may tell who asks."""
_SECRET_HEADER = re.compile("auth|cookie|key|password|secret|token", re.IGNORECASE)

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


class ChatCompletionsTransport:
    """Sends chat completion bodies over aiohttp, with the SDK's address, headers, key, certificates and errors; belongs to one event loop.

    The SDK's own ``post`` puts address and headers together anew for each request and takes each apart again, which costs three times as much
    as sending it; all else goes through ``client``.
    """

    def __init__(self, *, api_key: str | None, base_url: str | None, timeout: float) -> None:
        http_client = openai.DefaultAioHttpClient(
            event_hooks={"request": [self._guard_sdk_request]}
        )
        self.client = openai.AsyncOpenAI(
            api_key=api_key,
            base_url=base_url,
            timeout=timeout,
            max_retries=0,
            http_client=http_client,
        )
        self.base_url = masked_url(self.client.base_url)
        """To be shown, and to tell endpoints apart: without user, password and query."""
        self._url = URL(f"{str(self.client.base_url).rstrip('/')}/{PATH}")
        given = {**self.client.default_headers, **self.client.auth_headers}
        self._headers = {name: value for name, value in given.items() if isinstance(value, str)}
        self.mask = Masker(
            [
                self.client.api_key,
                self._url.password,
                self._url.raw_password,
                *(value for name, value in self._headers.items() if _SECRET_HEADER.search(name)),
            ]
        )
        if self._url.user or self._url.password:
            # They go as HTTP Basic authentication, which takes the key's place.
            for name in [name for name in self._headers if name.lower() == "authorization"]:
                del self._headers[name]
        self._seconds = timeout
        self._session: aiohttp.ClientSession | None = None

    async def send(self, body: bytes) -> Response:
        """Return the response to a body; the timeout, in seconds, holds for the whole, also where a server drips.

        Raises the SDK's errors: APIStatusError for a status of 400 and above, APITimeoutError, APIConnectionError.
        """
        try:
            # As headers of the session they would go to a proxy too, in clear text.
            posting = self._opened().post(self._url, data=body, headers=self._headers)
            async with asyncio.timeout(self._seconds), posting as response:
                content = await response.read()
        except TimeoutError:
            # Without the cancelling that made it: what lies under an error of the network is read further down.
            raise openai.APITimeoutError(request=self._request()) from TimeoutError()
        except Exception as error:
            self.mask.scrub(error)
            raise openai.APIConnectionError(request=self._request()) from error
        if response.status < 400:
            return Response(response.headers, content)
        headers, request = _told(response), self._request()
        failed = httpx2.Response(response.status, headers=headers, content=content, request=request)
        raise _status_error(failed, self.mask)

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
                connector=connector,
                timeout=nothing,
                cookie_jar=aiohttp.DummyCookieJar(),
                proxy=_proxy_for(self._url),
                middlewares=(self._guard_request,),
            )
        return self._session

    def _request(self) -> httpx2.Request:
        return httpx2.Request("POST", masked_url(self._url))

    async def _guard_request(
        self,
        request: aiohttp.ClientRequest,
        handler: aiohttp.ClientHandlerType,
    ) -> aiohttp.ClientResponse:
        """Keep the key and headers of one's own from another origin, to which a redirect leads."""
        if request.url.origin() != self._url.origin():
            for name in [name for name in request.headers if name.lower() not in _FOR_ANYONE]:
                request.headers.popall(name, None)
        return await handler(request)

    async def _guard_sdk_request(self, request: httpx2.Request) -> None:
        """Do the same for what goes through the SDK."""
        target, own = URL(str(request.url)), self._url
        if target.user or target.password:
            request.headers.pop("Authorization", None)
        is_upgraded = (own.scheme, target.scheme, own.host) == ("http", "https", target.host)
        is_upgraded = is_upgraded and own.is_default_port() and target.is_default_port()
        if target.origin() != own.origin() and not is_upgraded:
            for name in [name for name in request.headers if name.lower() not in _FOR_ANYONE]:
                del request.headers[name]


def _proxy_for(url: URL) -> str | None:
    """Return the proxy that the environment names for an address; looked up once, since aiohttp would do so for each request."""
    if url.host is None or proxy_bypass(f"{url.host}:{url.port}"):
        return None
    return getproxies().get(url.scheme)


def _told(response: aiohttp.ClientResponse) -> list[tuple[bytes, bytes]]:
    # The content is decompressed already.
    return [
        (name, value) for name, value in response.raw_headers if name.lower() != b"content-encoding"
    ]


def error_in(body: Any) -> Any:
    """Return what an error's body says, as the SDK's errors take it; its code, type and parameter are words, whatever the server made of them."""
    said = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(said, dict):
        return said
    return said | {
        name: str(said[name]) for name in ("code", "type", "param") if said.get(name) is not None
    }


def _status_error(response: httpx2.Response, mask: Masker) -> openai.APIStatusError:
    body: Any
    try:
        body = response.json()
    except (ValueError, RecursionError):
        body = response.text.strip()
    body = mask.value(body)
    kind = _ERRORS.get(
        response.status_code,
        openai.InternalServerError if response.status_code >= 500 else openai.APIStatusError,
    )
    return kind(f"status {response.status_code}: {body}", response=response, body=error_in(body))
