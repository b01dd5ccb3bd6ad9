"""Sending chat completion bodies to one endpoint over HTTP."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import aiohttp
import httpx2
import openai
from yarl import URL

from antq_llm.clients.openai.endpoint import certificates, proxy_for
from antq_llm.clients.openai.sdk_errors import normalized_error_body
from antq_llm.core.masking import Masker, masked_url

PATH = "chat/completions"

_PUBLIC_HEADERS = frozenset(
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
"""Headers that a redirect may take to another origin; all others may identify the user."""
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
    """A response with a status below 400."""

    headers: Mapping[str, str]
    content: bytes


class ChatCompletionsTransport:
    """Sends chat completion bodies over aiohttp, with the SDK's URL, headers and errors.

    Belongs to one event loop. The SDK's own ``post`` builds and parses URL and headers anew for
    each request, which takes three times as long as sending it. Other calls go through ``client``.
    """

    def __init__(self, *, api_key: str | None, base_url: str | None, timeout: float) -> None:
        http_client = openai.DefaultAioHttpClient(
            event_hooks={"request": [self._guard_sdk_request]}, verify=certificates()
        )
        self.client = openai.AsyncOpenAI(
            api_key=api_key,
            base_url=base_url,
            timeout=timeout,
            max_retries=0,
            http_client=http_client,
        )
        self.base_url = masked_url(self.client.base_url)
        """For display and comparison: without user, password and query."""
        self._url = URL(f"{str(self.client.base_url).rstrip('/')}/{PATH}")
        headers = {**self.client.default_headers, **self.client.auth_headers}
        self._headers = {name: value for name, value in headers.items() if isinstance(value, str)}
        self.mask = Masker(
            [
                self.client.api_key,
                self._url.password,
                self._url.raw_password,
                *(value for name, value in self._headers.items() if _SECRET_HEADER.search(name)),
            ]
        )
        if self._url.user or self._url.password:
            # They are sent as HTTP Basic authentication, which replaces the key.
            for name in [name for name in self._headers if name.lower() == "authorization"]:
                del self._headers[name]
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    async def send(self, body: bytes) -> Response:
        """Return the response to a body; the timeout covers the whole exchange.

        Raises the SDK's errors: APIStatusError for a status of 400 and above, APITimeoutError, and
        APIConnectionError.
        """
        try:
            # Headers of the session would be sent to a proxy too, in clear text.
            posting = self._open_session().post(self._url, data=body, headers=self._headers)
            async with asyncio.timeout(self._timeout), posting as response:
                content = await response.read()
        except TimeoutError:
            # A new cause, since the innermost one is read later and must not be a cancellation.
            raise openai.APITimeoutError(request=self._request()) from TimeoutError()
        except Exception as error:
            self.mask.scrub(error)
            raise openai.APIConnectionError(request=self._request()) from error
        if response.status < 400:
            return Response(response.headers, content)
        failed = httpx2.Response(
            response.status,
            headers=_decoded_headers(response),
            content=content,
            request=self._request(),
        )
        raise _status_error(failed, self.mask)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
        await self.client.close()

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            # The rate limiter limits the number of connections, and ``send`` the time.
            connector = aiohttp.TCPConnector(limit=0, ssl=certificates())
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(),
                cookie_jar=aiohttp.DummyCookieJar(),
                proxy=proxy_for(str(self.client.base_url)),
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
        """Remove the key and the user's headers from a redirect to another origin."""
        if request.url.origin() != self._url.origin():
            for name in [name for name in request.headers if name.lower() not in _PUBLIC_HEADERS]:
                request.headers.popall(name, None)
        return await handler(request)

    async def _guard_sdk_request(self, request: httpx2.Request) -> None:
        """Do the same for requests of the SDK."""
        target, own = URL(str(request.url)), self._url
        if target.user or target.password:
            request.headers.pop("Authorization", None)
        is_upgraded = (own.scheme, target.scheme, own.host) == ("http", "https", target.host)
        is_upgraded = is_upgraded and own.is_default_port() and target.is_default_port()
        if target.origin() != own.origin() and not is_upgraded:
            for name in [name for name in request.headers if name.lower() not in _PUBLIC_HEADERS]:
                del request.headers[name]


def _decoded_headers(response: aiohttp.ClientResponse) -> list[tuple[bytes, bytes]]:
    # The content has been decompressed already.
    return [
        (name, value) for name, value in response.raw_headers if name.lower() != b"content-encoding"
    ]


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
    return kind(
        f"status {response.status_code}: {body}",
        response=response,
        body=normalized_error_body(body),
    )
