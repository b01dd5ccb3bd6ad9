"""What came back of a batch: completions into the store, and of every other request why it has none."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import openai

from antq_llm.clients.openai.batch_api import TOKEN_LIMIT, BatchService, Progress
from antq_llm.clients.openai.batch_output import Line, read_line
from antq_llm.clients.openai.sdk_errors import CONTENT_CODES, QUOTA_CODES, rejection
from antq_llm.errors import CompletionError, ConfigurationError
from antq_llm.openai_batch.state import BatchFile, BatchState, PendingRequest
from antq_llm.store.store import Store

_TOGETHER = 500
"""Lines that are kept with one flush to disk."""
_UNSUPPORTED = frozenset({"model_not_found", "invalid_model", "mismatched_model"})
"""Codes of batches that fail for a reason that every article meets."""


class ResultReader:
    """Takes the results of one batch, line by line; what is taken is durable, and may be taken twice."""

    def __init__(
        self, service: BatchService, store: Store, state: BatchState, shipment: BatchFile
    ) -> None:
        self._service = service
        self._store = store
        self._state = state
        self._shipment = shipment
        self.bought: list[str] = []
        """Digests of the requests that were answered."""
        self.without_answer = 0
        self.stray = 0
        """Lines that are torn, or of no request that is still open."""
        self.quota: CompletionError | None = None
        self.fatal: ConfigurationError | None = None
        """What every further request would meet too."""

    async def take_file(self, path: Path) -> None:
        """Take every line of a downloaded file."""
        with path.open("rb") as file:
            while raw := list(islice(file, _TOGETHER)):
                await self._take_lines(raw)

    def take_rest(self, progress: Progress) -> None:
        """Settle the requests of which no file said anything, and end the batch."""
        with self._state.together():
            for request in self._state.rest_of(self._shipment.name):
                self.without_answer += 1
                self._state.lost(
                    request, f"batch {progress.id} {progress.status} without a result for it"
                )
            self._state.end(self._shipment.name)

    def take_failure(self, progress: Progress) -> None:
        """Settle the requests of a batch that failed before any was executed."""
        at_fault = {fault.line: fault for fault in progress.faults if fault.line is not None}
        whole = next((fault for fault in progress.faults if fault.line is None), None)
        words = (
            f"{whole.code}: {whole.message}"
            if whole
            else "its file has faulty lines"
            if at_fault
            else "no reason was given"
        )
        if whole is not None and whole.code in QUOTA_CODES:
            self.quota = CompletionError(
                f"the account's quota is used up ({whole.message}): raise it, then run again",
                kind="quota",
            )
        if unsupported := next(
            (fault for fault in progress.faults if fault.code in _UNSUPPORTED), None
        ):
            said = f"{self._service.base_url} makes no batch for this model ({unsupported.message})"
            self.fatal = ConfigurationError(f"{said}: check --model, or leave --batch out")
        none_at_fault = self.quota is not None or self.fatal is not None or is_token_limit(progress)
        with self._state.together():
            for request in self._state.rest_of(self._shipment.name):
                fault = at_fault.get(request.line)
                if none_at_fault:
                    self._state.free(request)
                elif fault is not None:
                    said = f"{self._service.base_url} rejected the request ({fault.code}: {fault.message})"
                    self._state.failed(request, CompletionError(said, kind="rejected"))
                else:
                    self._state.lost(request, f"batch {progress.id} failed ({words})")
            self._state.end(self._shipment.name)

    async def _take_lines(self, raw: list[bytes]) -> None:
        # Of two lines about one request an answer counts, and else the first.
        lines: dict[str, tuple[Line, PendingRequest]] = {}
        for line, request in self._open_requests(raw):
            if request.digest not in lines or (
                line.reply is not None and lines[request.digest][0].reply is None
            ):
                lines[request.digest] = line, request
        keeping = []
        for line, request in lines.values():
            if line.reply is not None:
                completion = self._service.completion(line.reply, request.model, request.mode)
                keeping.append(self._store.keep(request, completion))
                self.bought.append(request.digest)
        await asyncio.gather(*keeping)
        with self._state.together():
            for line, request in lines.values():
                if line.reply is not None:
                    self._state.answered(request, self._service.base_url)
                else:
                    self._settle(line, request)

    def _open_requests(self, raw: list[bytes]) -> Iterator[tuple[Line, PendingRequest]]:
        for one in raw:
            line = read_line(one, self._service.mask) if one.strip() else None
            request = self._state.request(line.custom_id) if line else None
            if line is not None and request is not None and request.name == self._shipment.name:
                yield line, request
            elif one.strip():
                self.stray += 1

    def _settle(self, line: Line, request: PendingRequest) -> None:
        """Keep why a request has no answer."""
        self.without_answer += 1
        if line.error is None:
            self._state.lost(request, line.lost or "no reason was given")
        elif isinstance(error := self._named(line.error), ConfigurationError):
            self.fatal = self.fatal or error
            self._state.free(request)
        elif error.kind == "quota":
            self.quota = self.quota or error
            self._state.free(request)
        elif line.error.status_code in {400, 422} and line.error.code not in CONTENT_CODES:
            self._state.refused(request, error)
        else:
            self._state.failed(request, request.error or error)

    def _named(self, error: openai.APIStatusError) -> CompletionError | ConfigurationError:
        if error.status_code in {400, 422} and error.code not in QUOTA_CODES:
            return rejection(error, self._service.base_url)
        named = self._service.library_error(error)
        return (
            named
            if isinstance(named, ConfigurationError | CompletionError)
            else CompletionError(str(named), kind="rejected")
        )


def is_token_limit(progress: Progress) -> bool:
    """Return whether a batch failed since the account has too many tokens enqueued."""
    return any(fault.code == TOKEN_LIMIT for fault in progress.faults)
