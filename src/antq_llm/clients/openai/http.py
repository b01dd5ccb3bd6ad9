"""Sending chat completion requests to an endpoint over HTTP."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import select
import socket
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import aiohttp
import httpx2
import openai
from yarl import URL

from antq_llm.clients.openai.chat_completion import ReplyTooLarge
from antq_llm.clients.openai.endpoint import certificates, proxy_for
from antq_llm.clients.openai.sdk_errors import status_error, status_of_body
from antq_llm.core.masking import Masker, masked_url

logger = logging.getLogger(__name__)

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
"""Headers that are kept on a redirect to another origin; all others may identify the user."""
_SECRET_HEADER = re.compile("auth|cookie|key|password|secret|token", re.IGNORECASE)

MAX_REPLY_BYTES = 8_000_000
"""Maximum size in bytes of a decompressed reply; the longest model answers are about 2 MB."""
MAX_ERROR_BYTES = 200_000
"""Maximum size in bytes of a decompressed error body; the rest is not read."""

SETTLING_TIME = 0.005
"""Seconds to wait for stray bytes on an idle connection before it is reused."""


class Response(NamedTuple):
    """A response with a 2xx status."""

    headers: Mapping[str, str]
    content: bytes


class ChatCompletionsTransport:
    """An aiohttp transport for chat completion requests, with the SDK's URL, headers and errors.

    A transport belongs to one event loop. It replaces the SDK's ``post``, which rebuilds the URL
    and the headers for each request and takes three times as long for this as for sending the
    request. All other API calls use ``client``, the SDK's client.
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
        """The base URL for display and comparison, without user name, password or query."""
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
            # The credentials are sent with HTTP Basic authentication, which replaces the key.
            for name in [name for name in self._headers if name.lower() == "authorization"]:
                del self._headers[name]
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    async def send(self, body: bytes) -> Response:
        """Send a request body and return the response; the timeout covers the whole exchange.

        Raises ReplyTooLarge for a reply of more than 8 MB. Other failures raise one of the SDK's
        errors: APIStatusError for a status other than 2xx, APITimeoutError for a timeout and
        APIConnectionError for anything else.
        """
        try:
            # Session headers would also be sent to a proxy, in clear text.
            posting = self._open_session().post(self._url, data=body, headers=self._headers)
            async with asyncio.timeout(self._timeout), posting as response:
                content = await _read(response)
        except ReplyTooLarge:
            raise
        except TimeoutError:
            # Set a new cause: the innermost one is read later and must not be a cancellation.
            raise openai.APITimeoutError(request=self._request()) from TimeoutError()
        except Exception as error:
            self.mask.scrub(error)
            raise openai.APIConnectionError(request=self._request()) from error
        if 200 <= response.status < 300:
            return Response(response.headers, content)
        failed = httpx2.Response(
            response.status,
            headers=_decoded_headers(response),
            content=content,
            request=self._request(),
        )
        raise status_error(failed, self.mask.value(_parsed(failed)))

    def error_in_reply(self, error: Any) -> openai.APIStatusError:
        """Return the SDK's error for an error inside a response with status 200."""
        status = status_of_body(error)
        response = httpx2.Response(status, json={"error": error}, request=self._request())
        return status_error(response, self.mask.value({"error": error}))

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
        await self.client.close()

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            # The rate limiter limits the number of connections, and ``send`` the duration.
            connector = _CheckedConnector(limit=0, ssl=certificates())
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
        """Remove the key and other identifying headers from a redirect to another origin."""
        if request.url.origin() != self._url.origin():
            for name in [name for name in request.headers if name.lower() not in _PUBLIC_HEADERS]:
                request.headers.popall(name, None)
        return await handler(request)

    async def _guard_sdk_request(self, request: httpx2.Request) -> None:
        """Remove the same headers as ``_guard_request`` from an SDK request to another origin.

        An upgrade from HTTP to HTTPS on the same host does not count as a change of origin if both
        URLs use their default ports. Credentials in the URL replace the key.
        """
        target, own = URL(str(request.url)), self._url
        if target.user or target.password:
            request.headers.pop("Authorization", None)
        is_upgraded = (own.scheme, target.scheme, own.host) == ("http", "https", target.host)
        is_upgraded = is_upgraded and own.is_default_port() and target.is_default_port()
        if target.origin() != own.origin() and not is_upgraded:
            for name in [name for name in request.headers if name.lower() not in _PUBLIC_HEADERS]:
                del request.headers[name]


class _CheckedConnector(aiohttp.TCPConnector):
    """A connector that reuses a connection only if nothing has arrived since its last response.

    Otherwise, a second response to one request would be mistaken for the response to the next.
    After the first stray response on a connection without TLS, no connection is reused: a stray
    response that arrives while a request is pending cannot be recognised.
    """

    _is_trusted = True

    async def _get(self, key: Any, traces: Any) -> Any:
        while (connection := await super()._get(key, traces)) is not None:
            # After this wait, bytes sent right after the response have arrived.
            await asyncio.sleep(SETTLING_TIME)
            unread = _unread_on(connection)
            if unread == "bytes" and self._is_trusted and not key.is_ssl:
                self._is_trusted = False
                logger.warning(
                    "%s sent an unrequested response: connections to it are no longer reused",
                    key.host,
                )
            if unread == "nothing" and self._is_trusted:
                return connection
            connection.close()
        return None


def _is_readable(number: int) -> bool:
    if not hasattr(select, "poll"):
        return bool(select.select([number], [], [], 0)[0])
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return bool(poll.poll(0))


def _unread_on(connection: Any) -> Literal["nothing", "bytes", "end"]:
    """Return what an idle connection has received since its last response."""
    protocol = connection.protocol
    if protocol is None or not protocol.is_connected():
        return "end"
    if protocol.should_close:
        return "bytes"
    number = protocol.transport.get_extra_info("socket").fileno()
    if not _is_readable(number):
        return "nothing"
    with socket.socket(fileno=os.dup(number)) as peeked:
        try:
            return "bytes" if peeked.recv(1, socket.MSG_PEEK) else "end"
        except OSError:
            return "end"


def _decoded_headers(response: aiohttp.ClientResponse) -> list[tuple[bytes, bytes]]:
    # The content is already decompressed.
    return [
        (name, value) for name, value in response.raw_headers if name.lower() != b"content-encoding"
    ]


def _parsed(response: httpx2.Response) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return response.text.strip()


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Return the decompressed content, reading it in pieces to keep memory within the limit."""
    is_error = not 200 <= response.status < 300
    limit = MAX_ERROR_BYTES if is_error else MAX_REPLY_BYTES
    content = bytearray()
    async for piece in response.content.iter_any():
        content += piece
        if len(content) > limit:
            # On a reused connection, the rest would be mistaken for the next reply.
            response.close()
            if is_error:
                break
            raise ReplyTooLarge(f"more than {limit // 1_000_000} MB")
    return bytes(content[:limit])
