"""The reader of a batch's results, which stores answers and notes why a request has none."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import openai

from antq_llm.clients.openai.batch_api import TOKEN_LIMIT, BatchService, Progress
from antq_llm.clients.openai.batch_output import Line, read_line
from antq_llm.clients.openai.sdk_errors import CONTENT_CODES, QUOTA_CODES, rejection
from antq_llm.errors import AccessRefused, CompletionError, ConfigurationError
from antq_llm.store.protocol import BatchState, Store
from antq_llm.store.rows import BatchFile, PendingRequest

_LINES_PER_FLUSH = 500
_UNSUPPORTED_MODEL_CODES = frozenset({"model_not_found", "invalid_model", "mismatched_model"})
"""Error codes of failed batches that concern the model and so affect all requests to it."""
_REFUSED_STATUSES = frozenset({400, 422})


class ResultReader:
    """A line-by-line reader of the results of one batch.

    When a method returns, the results that it read are on disk. The same results can safely be read
    again. ``has_answers`` says whether earlier batches of the run had answers.
    """

    def __init__(
        self,
        service: BatchService,
        store: Store,
        state: BatchState,
        file: BatchFile,
        *,
        has_answers: bool = False,
    ) -> None:
        self._service = service
        self._store = store
        self._state = state
        self._file = file
        self._has_answers = has_answers
        self._refused: list[tuple[PendingRequest, AccessRefused]] = []
        """Requests rejected because of the key, model or path, with their errors.

        They are settled after the last line, when it is known whether other requests were answered.
        """
        self.answered: list[str] = []
        """The digests of the answered requests."""
        self.unanswered = 0
        self.stray = 0
        """The number of lines that are cut off or do not belong to a pending request."""
        self.quota_error: CompletionError | None = None
        self.fatal_error: ConfigurationError | None = None
        """An error that would affect every further request."""

    async def read_file(self, path: Path) -> None:
        """Read every line of a downloaded file."""
        with path.open("rb") as file:
            while raw := list(islice(file, _LINES_PER_FLUSH)):
                await self._read_lines(raw)

    def finish(self, progress: Progress) -> None:
        """Settle the requests that are still open, and mark the batch as ended.

        Requests without a result are marked as lost.
        """
        reason = f"batch {progress.id} {progress.status} without a result for the request"
        with self._state.transaction():
            self._settle_refused()
            for request in self._state.requests_in(self._file.name):
                self.unanswered += 1
                self._state.mark_lost(request, reason)
            self._state.mark_ended(self._file.name)

    def counts_in_words(self) -> str:
        """Return the numbers of answers, unanswered requests and stray lines, in words."""
        stray = f", {self.stray} line(s) without a pending request" if self.stray else ""
        return (
            f"{len(self.answered)} answer(s), {self.unanswered} request(s) without an answer{stray}"
        )

    def read_failure(self, progress: Progress) -> None:
        """Settle the requests of a batch that failed before any request was executed."""
        line_faults = {fault.line: fault for fault in progress.faults if fault.line is not None}
        self._note_errors_of_batch(progress)
        is_retryable = (
            self.quota_error is not None or self.fatal_error is not None or is_token_limit(progress)
        )
        reason = f"batch {progress.id} failed ({_reason_of_failure(progress)})"
        with self._state.transaction():
            for request in self._state.requests_in(self._file.name):
                fault = line_faults.get(request.line)
                if is_retryable:
                    self._state.release(request)
                elif fault is not None:
                    message = (
                        f"{self._service.base_url} rejected the request "
                        f"({fault.code}: {fault.message})"
                    )
                    self._state.mark_failed(request, CompletionError(message, kind="rejected"))
                else:
                    self._state.mark_lost(request, reason)
            self._state.mark_ended(self._file.name)

    def _note_errors_of_batch(self, progress: Progress) -> None:
        whole = next((fault for fault in progress.faults if fault.line is None), None)
        if whole is not None and whole.code in QUOTA_CODES:
            self.quota_error = CompletionError(
                f"the account's quota is used up ({whole.message}): raise the quota, then run "
                "again",
                kind="quota",
            )
        unsupported = next(
            (fault for fault in progress.faults if fault.code in _UNSUPPORTED_MODEL_CODES), None
        )
        if unsupported:
            self.fatal_error = ConfigurationError(
                f"{self._service.base_url} does not support batches for this model "
                f"({unsupported.message}): check --model, or run without --batch"
            )

    async def _read_lines(self, raw_lines: list[bytes]) -> None:
        # Of two lines about the same request, an answer counts, or else the first line.
        lines: dict[str, tuple[Line, PendingRequest]] = {}
        for line, request in self._lines_of_pending_requests(raw_lines):
            if request.digest not in lines or (
                line.reply is not None and lines[request.digest][0].reply is None
            ):
                lines[request.digest] = line, request
        writes = []
        for line, request in lines.values():
            if line.reply is not None:
                completion = self._service.completion(line.reply, request.model, request.mode)
                writes.append(self._store.keep(request, completion))
                self.answered.append(request.digest)
        await asyncio.gather(*writes)
        with self._state.transaction():
            for line, request in lines.values():
                if line.reply is not None:
                    self._state.mark_answered(request, self._service.base_url)
                else:
                    self._mark_unanswered(line, request)

    def _lines_of_pending_requests(
        self, raw_lines: list[bytes]
    ) -> Iterator[tuple[Line, PendingRequest]]:
        for raw in raw_lines:
            if not raw.strip():
                continue
            line = read_line(raw, self._service.mask)
            request = self._state.request(line.custom_id) if line else None
            if line is not None and request is not None and request.name == self._file.name:
                yield line, request
            else:
                self.stray += 1

    def _mark_unanswered(self, line: Line, request: PendingRequest) -> None:
        self.unanswered += 1
        if line.error is None:
            self._state.mark_lost(request, line.lost or "no reason was given")
        elif isinstance(error := self._named(line.error), AccessRefused):
            self._refused.append((request, error))
        elif error.kind == "quota":
            self.quota_error = self.quota_error or error
            self._state.release(request)
        elif line.error.status_code in _REFUSED_STATUSES and line.error.code not in CONTENT_CODES:
            self._state.mark_refused(request, error)
        else:
            self._state.mark_failed(request, request.error or error)

    def _settle_refused(self) -> None:
        for request, error in self._refused:
            if self._has_answers or self.answered:
                self._state.mark_failed(request, error.as_rejection())
            else:
                self.fatal_error = self.fatal_error or error
                self._state.release(request)

    def _named(self, error: openai.APIStatusError) -> CompletionError | AccessRefused:
        if error.status_code in _REFUSED_STATUSES and error.code not in QUOTA_CODES:
            return rejection(error, self._service.base_url)
        named = self._service.library_error(error)
        if isinstance(named, AccessRefused | CompletionError):
            return named
        return CompletionError(str(named), kind="rejected")


def faults_in_words(progress: Progress) -> str:
    """Return the first three faults of a failed batch in brackets, or an empty string."""
    faults = "; ".join(f"{fault.code}: {fault.message}" for fault in progress.faults[:3])
    return f" ({faults})" if faults else ""


def is_token_limit(progress: Progress) -> bool:
    """Return whether a batch failed because the account has too many tokens enqueued."""
    return any(fault.code == TOKEN_LIMIT for fault in progress.faults)


def _reason_of_failure(progress: Progress) -> str:
    for fault in progress.faults:
        if fault.line is None:
            return f"{fault.code}: {fault.message}"
    return "its file has faulty lines" if progress.faults else "no reason was given"
