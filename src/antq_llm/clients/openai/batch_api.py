"""The OpenAI Batch API: uploading request files, polling batches and downloading results."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

import httpx2
import openai
from openai.types import Batch, FileObject

from antq_llm.clients.circuit_breaker import CircuitBreaker
from antq_llm.clients.completion import Completion, Mode
from antq_llm.clients.openai.chat_completion import ChatCompletionReply, UnreadableReply
from antq_llm.clients.openai.endpoint import Endpoint, check_endpoint
from antq_llm.clients.openai.http import ChatCompletionsTransport
from antq_llm.clients.openai.retry_policy import RetryPolicy
from antq_llm.clients.openai.sdk_errors import library_error, message_of
from antq_llm.clients.rate_limit.limiter import Clock, Sleep
from antq_llm.core.masking import Masker
from antq_llm.errors import AntqError, ConfigurationError

T = TypeVar("T")
Created = TypeVar("Created", FileObject, Batch)

MAX_REQUESTS = 50_000
"""Maximum number of requests in an input file, from the same source as ``MAX_BYTES``."""
MAX_BYTES = 200_000_000
"""Maximum size of an input file in bytes. Source: the API reference for ``POST /v1/batches``."""
URL: Final = "/v1/chat/completions"
ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
"""Final statuses of a batch."""
TOKEN_LIMIT = "token_limit_exceeded"  # noqa: S105 - an error's code
"""Error code of a batch that failed because the account has too many enqueued prompt tokens."""

_NAME_KEY = "antq_llm"
_PAGE_SIZE = 100
_MAX_CLOCK_SKEW = 86_400.0
"""Seconds by which this machine's clock may be ahead of the service's."""


@dataclass(frozen=True)
class BatchFault:
    """A reason why a batch failed before any request was executed."""

    code: str
    message: str
    line: int | None = None
    """The number of the faulty line in the input file, from 1; None if no line is at fault."""


@dataclass(frozen=True)
class Progress:
    """The state of a batch, with counts of its requests: completed, failed and in total."""

    id: str
    status: str
    completed: int = 0
    failed: int = 0
    total: int = 0
    results: tuple[str, ...] = ()
    """The ids of the batch's output and error files, if they exist."""
    faults: tuple[BatchFault, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether the status is final."""
        return self.status in ENDED


class BatchService:
    """A client for an endpoint's Batch API that retries after temporary failures.

    All methods that send requests raise ConfigurationError if the endpoint refuses the key, and
    CompletionError for most other failures. Its kind is ``quota`` if the account's quota is used
    up, ``transport`` if no try got a usable response and ``rejected`` if the endpoint rejected the
    request. ``upload`` and ``create`` also raise ConfigurationError if the endpoint has no Batch
    API. ``retrieve`` also raises it if the endpoint does not know the batch.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        sleep: Sleep = asyncio.sleep,
        clock: Clock = time.monotonic,
    ) -> None:
        check_endpoint(endpoint)
        transport = ChatCompletionsTransport(
            api_key=endpoint.api_key, base_url=endpoint.base_url, timeout=endpoint.timeout
        )
        self._client = transport.client
        self.mask = transport.mask
        # Every call concerns all articles.
        self._breaker = CircuitBreaker(min_articles=1, clock=clock)
        self._retry_policy = RetryPolicy(
            endpoint.tries, is_also_retried=_is_unseen_file, goes_on=self._record_failure
        )
        self._sleep = sleep
        self.base_url = transport.base_url
        """The base URL for display and for the store, without user name, password or query."""
        self._prices = endpoint.price_list(batch=True)

    @property
    def is_unreachable(self) -> bool:
        """Whether the API has not answered for so long that trying again is pointless."""
        return self._breaker.is_open

    async def upload(self, path: Path) -> str:
        """Upload a file of requests and return its id."""

        async def send() -> str:
            # The SDK sends an open file in pieces, but would read a whole file given as a path.
            with _open_binary(path) as file:
                created = await self._client.files.create(file=file, purpose="batch")
                return _checked(created, self.mask).id

        return await self._call(send)

    async def create(self, file_id: str, name: str, since: float) -> Progress:
        """Create a named batch from an uploaded file and return its state.

        A failed try may still have created the batch, so each later try first searches the batches
        created since the Unix time ``since``.
        """
        tries = 0

        async def send() -> Progress:
            nonlocal tries
            tries += 1
            found = await self._find(name, since) if tries > 1 else None
            if found:
                return found
            created = await self._client.batches.create(
                completion_window="24h",
                endpoint=URL,
                input_file_id=file_id,
                metadata={_NAME_KEY: name},
            )
            return _progress(created, self.mask)

        return await self._call(send)

    async def find(self, name: str, since: float) -> Progress | None:
        """Return the batch with this name, or None if there is none.

        The search covers batches created since the Unix time ``since``, by this machine's clock.
        """

        async def send() -> Progress | None:
            return await self._find(name, since)

        return await self._call(send)

    async def retrieve(self, batch_id: str) -> Progress:
        """Return the state of a batch."""

        async def send() -> Progress:
            try:
                return _progress(await self._client.batches.retrieve(batch_id), self.mask)
            except openai.NotFoundError as error:
                self.mask.scrub(error)
                raise ConfigurationError(
                    f"{self.base_url} has no batch {batch_id} ({message_of(error)}): use the key "
                    "and project with which the batch was submitted"
                ) from error

        return await self._call(send)

    async def download(self, file_id: str, path: Path) -> bool:
        """Download a result file to a path; return False if the service no longer has it."""

        async def send() -> bool:
            try:
                async with self._client.files.with_streaming_response.content(file_id) as response:
                    with _open_binary(path, "wb") as file:
                        async for piece in response.iter_bytes():
                            file.write(piece)
            except openai.NotFoundError:
                return False
            except httpx2.TransportError as error:
                raise openai.APIConnectionError(
                    request=httpx2.Request("GET", f"{self.base_url}files/{file_id}/content")
                ) from error
            return True

        return await self._call(send)

    def completion(self, reply: ChatCompletionReply, model: str, mode: Mode) -> Completion:
        """Return the completion in a reply, with its cost at batch prices."""
        return reply.to_completion(model, mode, self._prices)

    def library_error(self, error: openai.APIStatusError) -> AntqError:
        """Return the AntqError for the SDK error of one request, with secrets masked."""
        self.mask.scrub(error)
        return library_error(error, self.base_url, tries=1)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _find(self, name: str, since: float) -> Progress | None:
        try:
            async for batch in self._client.batches.list(limit=_PAGE_SIZE):
                if (batch.metadata or {}).get(_NAME_KEY) == name:
                    return _progress(batch, self.mask)
                if batch.created_at < since - _MAX_CLOCK_SKEW:
                    break
        except openai.NotFoundError:
            # An endpoint without a Batch API has no batches.
            return None
        return None

    def _record_failure(self, _: BaseException) -> bool:
        self._breaker.record_failure("")
        return True

    async def _call(self, send: Callable[[], Awaitable[T]]) -> T:
        tries = 1
        try:
            async for attempt in self._retry_policy.retrying(self._sleep):
                with attempt:
                    tries = attempt.retry_state.attempt_number
                    result = await send()
                    self._breaker.record_answer()
                    return result
        except openai.NotFoundError as error:
            self.mask.scrub(error)
            raise ConfigurationError(
                f"{self.base_url} has no Batch API (404: {message_of(error)}): omit --batch, or "
                "check --base-url, which usually ends in /v1"
            ) from error
        except (openai.APIError, UnreadableReply) as error:
            self.mask.scrub(error)
            raise library_error(error, self.base_url, tries) from error
        raise AssertionError("the retries ended without a result")


def _is_unseen_file(error: BaseException) -> bool:
    """Return whether a batch was refused because the service does not find its new file yet.

    See bespokelabsai/curator, issue 116.
    """
    return isinstance(error, openai.BadRequestError) and error.param in {"file_id", "input_file_id"}


def _open_binary(path: Path, mode: str = "rb") -> BinaryIO:
    return path.open(mode)  # type: ignore[return-value] # only binary modes are passed


def _checked(created: Created, mask: Masker) -> Created:
    """Return a file or batch, or raise UnreadableReply if the response is something else.

    The SDK passes on any response with status 200, such as a proxy's error page.
    """
    if not all(isinstance(getattr(created, name, None), str) for name in ("id", "status")):
        raise UnreadableReply(" ".join(mask(str(created)).split())[:200])
    return created


def _progress(batch: Batch, mask: Masker) -> Progress:
    batch = _checked(batch, mask)
    counts = batch.request_counts
    errors = (batch.errors.data if batch.errors else None) or ()
    return Progress(
        id=batch.id,
        status=batch.status,
        completed=counts.completed if counts else 0,
        failed=counts.failed if counts else 0,
        total=counts.total if counts else 0,
        results=tuple(file for file in (batch.output_file_id, batch.error_file_id) if file),
        faults=tuple(
            BatchFault(error.code or "unknown", mask(error.message or "no message"), error.line)
            for error in errors
        ),
    )
