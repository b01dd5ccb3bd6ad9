"""The way to one endpoint: the SDK's client and its HTTP client, with what every request has in common put together once."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import openai

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


class Wire:
    """Sends chat completion bodies on the SDK's HTTP client, with the SDK's address, headers, key and errors; belongs to one event loop.

    The SDK's own ``post`` puts address and headers together anew for each request, which costs twice as much as sending it.
    """

    def __init__(self, *, api_key: str | None, base_url: str | None, timeout: float) -> None:
        self._http: httpx2.AsyncClient = openai.DefaultAioHttpClient()
        self.client = openai.AsyncOpenAI(api_key=api_key, base_url=base_url, timeout=timeout, max_retries=0, http_client=self._http)
        self.base_url = str(self.client.base_url)
        self._url = httpx2.URL(self.base_url + PATH)
        given = {**self.client.default_headers, **self.client.auth_headers}
        self._headers = httpx2.Headers({name: value for name, value in given.items() if isinstance(value, str)}).raw
        self._seconds = timeout
        self._extensions = {"timeout": httpx2.Timeout(timeout).as_dict()}

    async def send(self, body: bytes) -> httpx2.Response:
        """Return the response to a body; the timeout, in seconds, holds for the whole, also where a server drips.

        Raises the SDK's errors: APIStatusError for a status of 400 and above, APITimeoutError, APIConnectionError.
        """
        request = httpx2.Request("POST", self._url, headers=self._headers, content=body, extensions=self._extensions)
        try:
            async with asyncio.timeout(self._seconds):
                response = await self._http.send(request)
        except TimeoutError:
            # Without the cancelling that made it: what lies under an error of the network is read further down.
            raise openai.APITimeoutError(request=request) from TimeoutError()
        except httpx2.TimeoutException as error:
            raise openai.APITimeoutError(request=request) from error
        except Exception as error:
            raise openai.APIConnectionError(request=request) from error
        if response.is_success:
            return response
        raise _status_error(response)

    async def aclose(self) -> None:
        """Close the connections."""
        await self.client.close()


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
