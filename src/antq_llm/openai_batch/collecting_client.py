"""Collecting requests into files for a Batch API, instead of sending each by itself."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from antq_llm.clients.completion import Completion, Mode
from antq_llm.clients.openai.batch_api import MAX_BYTES, MAX_REQUESTS, URL
from antq_llm.clients.openai.request_body import body_builder_cache, modes_for
from antq_llm.clients.request import Request
from antq_llm.core.atomic_write import disk_errors_named
from antq_llm.core.digest import canonical_json
from antq_llm.errors import AntqError, CompletionError, Deferred, RunStopped
from antq_llm.openai_batch.budget_gate import BudgetGate, UnlimitedGate
from antq_llm.openai_batch.state import BatchFile, BatchState, PendingRequest
from antq_llm.schemas.base import Schema

# Readers that split lines as Python does would end one at these, which JSON lets stand in strings.
_LINE_ENDS = [(end.encode(), f"\\u{ord(end):04x}".encode()) for end in "\u2028\u2029\x85"]


@dataclass(frozen=True)
class FileLimits:
    """How much one file holds at the most."""

    requests: int = MAX_REQUESTS
    size: int = MAX_BYTES
    """Bytes."""


@dataclass
class RequestFile:
    """A file of requests that is being written; nothing but digests of them stays in memory."""

    path: Path
    base_url: str
    sent: dict[str, PendingRequest] = field(default_factory=dict)
    size: int = 0

    def __post_init__(self) -> None:
        self.name = self.path.stem
        with disk_errors_named(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("wb")

    def add(self, line: bytes, request: Request, mode: Mode, before: PendingRequest | None) -> None:
        """Write the line of a request."""
        with disk_errors_named(self.path):
            self._file.write(line)
        self.size += len(line)
        asked = canonical_json(request.asked())
        number = len(self.sent) + 1
        losses, refused, error = (
            (before.losses, before.refused, before.error_json) if before else (0, None, None)
        )
        self.sent[request.digest] = PendingRequest(
            request.digest,
            self.name,
            number,
            mode,
            request.schema.digest,
            request.model,
            asked,
            losses,
            refused,
            error,
        )

    def close(self) -> None:
        """End the file."""
        with disk_errors_named(self.path):
            self._file.close()

    def discard(self) -> None:
        """Remove the file."""
        with suppress(OSError):
            self._file.close()
        self.path.unlink(missing_ok=True)

    def shipment(self, prepared: float) -> BatchFile:
        """Return what is kept of the file as it is about to be submitted."""
        return BatchFile(self.name, self.base_url, prepared, self.size, len(self.sent))


class CollectingClient:
    """Answers nothing: what may be asked is written to a file, which is handed on when it is full, and the request is Deferred."""

    def __init__(
        self,
        state: BatchState,
        folder: Path,
        base_url: str,
        ship: Callable[[RequestFile], Awaitable[bool]],
    ) -> None:
        """``ship`` takes a full file, and returns whether it could be submitted: while it could not, nothing is collected."""
        self._state = state
        self._folder = folder
        self._base_url = base_url
        self._ship = ship
        self.mode: Mode | None = None
        self.more: Mapping[str, int] | None = None
        """What goes with every request beside what it asks, such as a limit of the output."""
        self.limits = FileLimits()
        self.gate: BudgetGate = UnlimitedGate()
        self.room: int | None = None
        """Bytes that may be under way at a time, as the account's limit of enqueued tokens has taught; None while it has not."""
        self._stopped: AntqError | None = None
        self._told = False
        self._shard: RequestFile | None = None
        self._blocked = False
        self._turn = asyncio.Lock()
        self._shaper_for = body_builder_cache()
        self._modes: dict[str, tuple[Mode, ...]] = {}

    async def complete(self, request: Request) -> Completion:
        known = self._state.request(request.digest)
        if known is not None and known.name is not None:
            raise Deferred("the request is under way in a batch")
        mode = self._next_mode(request.schema, known)
        self._check_stopped()
        body = self._shaper_for(request.schema, mode).encoded(request, self.more)
        for end, escaped in _LINE_ENDS:
            body = body.replace(end, escaped)
        line = b'{"custom_id":"%b","method":"POST","url":"%b","body":%b}\n' % (
            request.digest.encode(),
            URL.encode(),
            body,
        )
        if len(line) > self.limits.size:
            raise CompletionError(
                f"the request has {len(line)} bytes, and a batch takes {self.limits.size}: ask about it without --batch",
                kind="rejected",
            )
        async with self._turn:
            await self._collect(line, request, mode, known)
        raise Deferred("the request goes out in the next batch")

    async def aclose(self) -> None:
        if self._shard is not None:
            # Its requests were never submitted: the next run collects them anew.
            self._shard.discard()

    def begin_pass(self) -> None:
        """Collect again after everything that was handed on was submitted."""
        self._blocked = False

    def take(self) -> RequestFile | None:
        """Hand out the file that has been written to so far, if anything was."""
        shard, self._shard = self._shard, None
        if shard is not None:
            shard.close()
        return shard

    def stop(self, error: CompletionError) -> None:
        """Collect nothing more in this run: the first article that asks gets the error, the others are told of it."""
        self._stopped = self._stopped or error

    async def _collect(
        self, line: bytes, request: Request, mode: Mode, known: PendingRequest | None
    ) -> None:
        if self._shard is not None and (
            len(self._shard.sent) >= self.limits.requests
            or self._shard.size + len(line) > self.limits.size
        ):
            full = self.take()
            self._blocked = full is not None and not await self._ship(full)
        if self._blocked or self._is_collected(request.digest):
            return
        collected = self._shard.size if self._shard else 0
        waiting_for = collected + self._state.under_way()[1]
        if waiting_for and self.room is not None and waiting_for + len(line) > self.room:
            return
        refusal = await self.gate.reserve(request, len(line))
        if refusal is not None:
            if waiting_for:
                return
            raise refusal
        if self._shard is None:
            self._shard = RequestFile(
                self._folder / f"{secrets.token_hex(8)}.jsonl", self._base_url
            )
        self._shard.add(line, request, mode, known)

    def _is_collected(self, digest: str) -> bool:
        # Another article of the same text may have come first.
        known = self._state.request(digest)
        return (self._shard is not None and digest in self._shard.sent) or (
            known is not None and known.name is not None
        )

    def _next_mode(self, schema: Schema[Any], known: PendingRequest | None) -> Mode:
        """Return the mode to ask in: one down from what was refused, else the one that the endpoint is known to take."""
        if schema.digest not in self._modes:
            self._modes[schema.digest] = modes_for(schema, self.mode)
        modes = self._modes[schema.digest]
        if known is not None and known.error is not None and known.refused is None:
            raise known.error
        if known is not None and known.refused in modes:
            if known.error is not None and known.refused == modes[-1]:
                self._state.failed(known, known.error)
                raise known.error
            return modes[modes.index(known.refused) + 1]
        taken = self._state.mode_for(self._base_url, schema.digest)
        return next((mode for mode in modes if mode == taken), modes[0])

    def _check_stopped(self) -> None:
        if self._stopped is None:
            return
        if self._told:
            raise RunStopped(f"not asked, since the run was stopped: {self._stopped}", kind="quota")
        self._told = True
        raise self._stopped
