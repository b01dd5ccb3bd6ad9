"""A client that collects requests in files for the Batch API instead of sending them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from antq_llm.clients.completion import Completion, Mode
from antq_llm.clients.openai.request_body import body_builder_cache, modes_for
from antq_llm.clients.request import Request
from antq_llm.errors import AntqError, CompletionError, Deferred, RunStopped
from antq_llm.openai_batch.budget_gate import BudgetGate
from antq_llm.openai_batch.enqueued_limit import EnqueuedLimit
from antq_llm.openai_batch.request_file import FileLimits, RequestFile, request_line
from antq_llm.schemas.base import Schema
from antq_llm.store.protocol import BatchState
from antq_llm.store.rows import PendingRequest

Submit = Callable[[RequestFile], Awaitable[bool]]
"""A function that submits a full file, or returns False if this is not possible yet."""


class CollectingClient:
    """A client that writes requests to a file and raises Deferred instead of returning answers.

    Full files are submitted. If this is not possible yet, no requests are collected until
    ``resume`` is called. ``parameters``, such as an output limit, are added to every request body.
    """

    def __init__(
        self,
        state: BatchState,
        folder: Path,
        base_url: str,
        submit: Submit,
        *,
        gate: BudgetGate,
        enqueued_limit: EnqueuedLimit,
        limits: FileLimits,
        mode: Mode | None = None,
        parameters: Mapping[str, int] | None = None,
    ) -> None:
        self._state = state
        self._folder = folder
        self._base_url = base_url
        self._submit = submit
        self._gate = gate
        self._enqueued_limit = enqueued_limit
        self._limits = limits
        self._mode = mode
        self._parameters = parameters
        self._stop_error: AntqError | None = None
        self._stop_error_raised = False
        self._file: RequestFile | None = None
        self._blocked = False
        self._lock = asyncio.Lock()
        self._body_builder_for = body_builder_cache()
        self._modes: dict[str, tuple[Mode, ...]] = {}

    async def complete(self, request: Request) -> Completion:
        previous = self._state.request(request.digest)
        if previous is not None and previous.name is not None:
            raise Deferred("the request is in a pending batch")
        mode = self._next_mode(request.schema, previous)
        self._raise_if_stopped()
        body = self._body_builder_for(request.schema, mode).encoded(request, self._parameters)
        line = request_line(request, body)
        if len(line) > self._limits.size:
            raise CompletionError(
                f"the request has {len(line)} bytes, but a batch holds at most "
                f"{self._limits.size}: process this article without --batch",
                kind="rejected",
            )
        async with self._lock:
            await self._collect(line, request, mode, previous)
        raise Deferred("the request will be sent in a later batch")

    async def aclose(self) -> None:
        if self._file is not None:
            # The requests were not submitted; the next run collects them again.
            self._file.discard()

    def resume(self) -> None:
        """Allow requests to be collected again; call this after all files have been submitted."""
        self._blocked = False

    def take_file(self) -> RequestFile | None:
        """Close and return the current file; return None if nothing was collected."""
        file, self._file = self._file, None
        if file is not None:
            file.close()
        return file

    def stop(self, error: CompletionError) -> None:
        """Stop collecting requests.

        ``complete`` raises the error for the next request and RunStopped for later requests.
        """
        self._stop_error = self._stop_error or error

    async def _collect(
        self, line: bytes, request: Request, mode: Mode, previous: PendingRequest | None
    ) -> None:
        if self._file is not None and not self._file.has_room(line, self._limits):
            full = self.take_file()
            self._blocked = full is not None and not await self._submit(full)
        if self._blocked or self._is_collected(request.digest):
            return
        pending = (self._file.size if self._file else 0) + self._state.pending_totals().size
        limit = self._enqueued_limit.size
        if pending and limit is not None and pending + len(line) > limit:
            return
        refusal = await self._gate.reserve(request, len(line))
        if refusal is not None:
            if pending:
                return
            raise refusal
        if self._file is None:
            path = self._folder / f"{secrets.token_hex(8)}.jsonl"
            self._file = RequestFile(path, self._base_url)
        self._file.add(line, request, mode, previous)

    def _is_collected(self, digest: str) -> bool:
        # Another article with the same text may have been collected first.
        if self._file is not None and digest in self._file.requests:
            return True
        request = self._state.request(digest)
        return request is not None and request.name is not None

    def _next_mode(self, schema: Schema[Any], previous: PendingRequest | None) -> Mode:
        """Return the mode in which to send a request.

        After a refusal, this is the next mode. Otherwise, it is the mode accepted for the schema
        or, if none is known, the first mode. Raises the request's error if the request has failed
        or was refused in the last mode.
        """
        if schema.digest not in self._modes:
            self._modes[schema.digest] = modes_for(schema, self._mode)
        modes = self._modes[schema.digest]
        if previous is not None and previous.error is not None and previous.refused is None:
            raise previous.error
        if previous is not None and previous.refused in modes:
            if previous.error is not None and previous.refused == modes[-1]:
                self._state.mark_failed(previous, previous.error)
                raise previous.error
            return modes[modes.index(previous.refused) + 1]
        accepted = self._state.mode_for(self._base_url, schema.digest)
        return next((mode for mode in modes if mode == accepted), modes[0])

    def _raise_if_stopped(self) -> None:
        if self._stop_error is None:
            return
        if self._stop_error_raised:
            raise RunStopped.before_article(self._stop_error, kind="quota")
        self._stop_error_raised = True
        raise self._stop_error
