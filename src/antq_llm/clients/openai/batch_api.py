"""The OpenAI Batch API: files of requests go up, batches are made of them and watched, files of results come down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar

import httpx2
import openai
import tenacity
from openai.types import Batch, FileObject

from antq_llm.clients.completion import Completion, Mode
from antq_llm.clients.openai.chat_completion import ChatCompletionReply, UnreadableReply
from antq_llm.clients.openai.client import Endpoint, check, completion_of
from antq_llm.clients.openai.http import ChatCompletionsTransport
from antq_llm.clients.openai.retry import message_of, named, new_retrying
from antq_llm.clients.rate_limit.limiter import Sleep
from antq_llm.core.masking import Masker
from antq_llm.errors import AntqError, ConfigurationError

T = TypeVar("T")
Made = TypeVar("Made", FileObject, Batch)

MAX_REQUESTS = 50_000
MAX_BYTES = 200_000_000
"""Of one input file. Source of both: the reference of ``POST /v1/batches``."""
URL: Final = "/v1/chat/completions"
ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
"""The statuses after which nothing more comes."""
TOKEN_LIMIT = "token_limit_exceeded"  # noqa: S105 - an error's code
"""The code of a batch that failed since the account has too many prompt tokens enqueued."""

_MARK = "antq_llm"
_LISTED = 100
_CLOCKS_DIFFER = 86_400.0
"""Seconds that this machine's clock may be ahead of the service's."""


@dataclass(frozen=True)
class BatchFault:
    """Why a batch failed before any request was executed."""

    code: str
    message: str
    line: int | None = None
    """From 1; None where no one line is at fault."""


@dataclass(frozen=True)
class Progress:
    """How a batch stands."""

    id: str
    status: str
    completed: int = 0
    failed: int = 0
    total: int = 0
    results: tuple[str, ...] = ()
    """The ids of its output and error files, as far as there are any."""
    faults: tuple[BatchFault, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether nothing more comes."""
        return self.status in ENDED


class BatchService:
    """The Batch API of an endpoint; what may pass is tried again here.

    Every method raises ConfigurationError where the key is refused or the endpoint has no Batch API, and CompletionError: of kind ``transport`` where
    no try got through, ``quota`` where nothing more may be spent, ``rejected`` otherwise.
    """

    def __init__(self, endpoint: Endpoint, *, sleep: Sleep = asyncio.sleep) -> None:
        check(endpoint)
        wire = ChatCompletionsTransport(
            api_key=endpoint.api_key, base_url=endpoint.base_url, timeout=endpoint.timeout
        )
        self._client = wire.client
        self.mask = wire.mask
        self._tries = endpoint.tries
        self._sleep = sleep
        self.base_url = wire.base_url
        """Without user, password and query: it is shown, and kept in the store."""
        self._tariff = endpoint.tariff(batch=True)

    async def upload(self, path: Path) -> str:
        """Send a file of requests and return its id."""

        async def once() -> str:
            # As an open file it is sent piece by piece; the SDK would read a path into memory.
            with _opened(path) as file:
                return _checked(
                    await self._client.files.create(file=file, purpose="batch"), self.mask
                ).id

        return await self._call(once)

    async def create(self, file_id: str, name: str, since: float) -> Progress:
        """Make a batch of an uploaded file, under a name of our own, and return how it stands.

        A try whose answer was lost may have made it: before the next one, it is looked for.
        """
        tried = False

        async def once() -> Progress:
            nonlocal tried
            found = await self._find(name, since) if tried else None
            tried = True
            if found:
                return found
            made = await self._client.batches.create(
                completion_window="24h",
                endpoint=URL,
                input_file_id=file_id,
                metadata={_MARK: name},
            )
            return _progress(made, self.mask)

        return await self._call(once)

    async def find(self, name: str, since: float) -> Progress | None:
        """Return the batch that was made under a name after a moment (Unix time by this machine's clock), None where there is none."""

        async def once() -> Progress | None:
            return await self._find(name, since)

        return await self._call(once)

    async def retrieve(self, batch_id: str) -> Progress:
        """Return how a batch stands."""

        async def once() -> Progress:
            try:
                return _progress(await self._client.batches.retrieve(batch_id), self.mask)
            except openai.NotFoundError as error:
                self.mask.scrub(error)
                said = f"{self.base_url} knows no batch {batch_id} ({message_of(error)})"
                raise ConfigurationError(
                    f"{said}: use the key and the project with which it was submitted"
                ) from error

        return await self._call(once)

    async def download(self, file_id: str, path: Path) -> bool:
        """Write a file of results to a path, and return whether there is one: the service removes them after a time."""

        async def once() -> bool:
            try:
                async with self._client.files.with_streaming_response.content(file_id) as response:
                    with _opened(path, "wb") as file:
                        async for piece in response.iter_bytes():
                            file.write(piece)
            except openai.NotFoundError:
                return False
            except httpx2.TransportError as error:
                raise openai.APIConnectionError(
                    request=httpx2.Request("GET", f"{self.base_url}files/{file_id}/content")
                ) from error
            return True

        return await self._call(once)

    def completion(self, reply: ChatCompletionReply, model: str, mode: Mode) -> Completion:
        """Return what a reply says, at the price of a batch."""
        return completion_of(reply, model, mode, self._tariff)

    def named(self, error: openai.APIStatusError) -> AntqError:
        """Return the library's error for the one of a request."""
        self.mask.scrub(error)
        return named(error, self.base_url, 1)

    async def aclose(self) -> None:
        """Free connections."""
        await self._client.close()

    async def _find(self, name: str, since: float) -> Progress | None:
        try:
            async for batch in self._client.batches.list(limit=_LISTED):
                if (batch.metadata or {}).get(_MARK) == name:
                    return _progress(batch, self.mask)
                if batch.created_at < since - _CLOCKS_DIFFER:
                    break
        except openai.NotFoundError:
            # Where there is no Batch API there is no batch.
            return None
        return None

    async def _call(self, once: Callable[[], Awaitable[T]]) -> T:
        retrying = new_retrying(self._tries, self._sleep)
        retrying.retry = tenacity.retry_any(
            retrying.retry, tenacity.retry_if_exception(_is_unseen_file)
        )
        try:
            return await retrying(once)
        except openai.NotFoundError as error:
            self.mask.scrub(error)
            said = f"{self.base_url} has no Batch API (404: {message_of(error)})"
            raise ConfigurationError(
                f"{said}: leave --batch out, or check --base-url, which ends in /v1 as a rule"
            ) from error
        except (openai.APIError, UnreadableReply) as error:
            self.mask.scrub(error)
            raise named(error, self.base_url, int(retrying.statistics["attempt_number"])) from error


def _is_unseen_file(error: BaseException) -> bool:
    """Return whether a batch was refused since its file, just uploaded, is not seen everywhere yet (bespokelabsai/curator, issue 116)."""
    return isinstance(error, openai.BadRequestError) and error.param in {"file_id", "input_file_id"}


def _opened(path: Path, mode: str = "rb") -> BinaryIO:
    return path.open(mode)  # type: ignore[return-value] # only binary modes are given


def _checked(made: Made, mask: Masker) -> Made:
    """Return what the service has made; UnreadableReply for something else with status 200, as a proxy's page, which the SDK hands on as it is."""
    if not all(isinstance(getattr(made, name, None), str) for name in ("id", "status")):
        raise UnreadableReply(" ".join(mask(str(made)).split())[:200])
    return made


def _progress(batch: Batch, mask: Masker) -> Progress:
    batch = _checked(batch, mask)
    counts = batch.request_counts
    said: Any = (batch.errors.data if batch.errors else None) or ()
    return Progress(
        id=batch.id,
        status=batch.status,
        completed=counts.completed if counts else 0,
        failed=counts.failed if counts else 0,
        total=counts.total if counts else 0,
        results=tuple(file for file in (batch.output_file_id, batch.error_file_id) if file),
        faults=tuple(
            BatchFault(one.code or "unknown", mask(one.message or "no message"), one.line)
            for one in said
        ),
    )
