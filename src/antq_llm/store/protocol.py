"""The interface of a run's store, independent of the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from antq_llm.clients.completion import Completion, Usage
from antq_llm.errors import CompletionError
from antq_llm.store.rows import (
    BatchFile,
    Forgotten,
    LineCounts,
    OutcomeKind,
    PendingRequest,
    PendingTotals,
    StoredAnswer,
    StoredOutcome,
)


class StoredRequest(Protocol):
    """The parts of a request that are stored with its answer."""

    @property
    def digest(self) -> str:
        """The digest of the request, under which its answer is stored."""
        ...

    def asked(self) -> dict[str, Any]:
        """Return the parts of the request, with digests instead of texts."""
        ...


class BatchState(Protocol):
    """The state of batches, which allows a run to be stopped and continued.

    A change is on disk when its method returns or, in a transaction, when the transaction ends.
    """

    def transaction(self) -> AbstractContextManager[None]:
        """Open a transaction: make all changes or none, with one flush to disk."""
        ...

    def lock(self) -> None:
        """Lock the batches against other runs that share the store, until ``close`` is called.

        Raises ConfigurationError if another run is working on the batches.
        """
        ...

    def pending_files(self) -> list[BatchFile]:
        """Return the files without a batch or with a batch that has not ended, oldest first."""
        ...

    def pending_totals(self) -> PendingTotals:
        """Return the number and total size of the requests in the pending files."""
        ...

    def request(self, digest: str) -> PendingRequest | None:
        """Return a request that has no answer yet, or None if no such request is stored."""
        ...

    def requests_in(self, name: str) -> list[PendingRequest]:
        """Return the requests in a file that have no result yet."""
        ...

    def add_file(self, file: BatchFile, requests: Iterable[PendingRequest]) -> None:
        """Store a file that is about to be submitted, with its requests."""
        ...

    def set_batch(self, name: str, batch: str, status: str) -> None:
        """Store the id and status of the batch that was created from a file."""
        ...

    def mark_ended(self, name: str) -> None:
        """Mark the batch of a file as ended; call this once all its results have been read."""
        ...

    def delete_file(self, name: str) -> None:
        """Delete a file for which no batch was created, so that its requests can be sent again."""
        ...

    def mark_answered(self, request: PendingRequest, base_url: str) -> None:
        """Delete a request whose answer is stored.

        If the endpoint refused a stricter mode, later requests with the same schema are first sent
        in this request's mode.
        """
        ...

    def mark_refused(self, request: PendingRequest, error: CompletionError) -> None:
        """Record that a request's mode was refused; the request is sent again in the next mode."""
        ...

    def mark_failed(self, request: PendingRequest, error: CompletionError) -> None:
        """Record the error with which a request permanently failed."""
        ...

    def mark_lost(self, request: PendingRequest, reason: str) -> None:
        """Count a batch that did not execute a request, and allow the request to be sent again.

        After several such batches, the request is marked as failed instead.
        """
        ...

    def release(self, request: PendingRequest) -> None:
        """Allow a request to be sent again."""
        ...

    def mode_for(self, base_url: str, schema: str) -> str | None:
        """Return the mode to try first for a schema, or None for the strictest mode."""
        ...

    def delete_errors(self) -> None:
        """Delete the requests that permanently failed, so that the next run sends them again."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class Store(Protocol):
    """A run's store, which contains all completions received and each article's outcome.

    Several runs can share a store. Disk and database errors are raised as ConfigurationErrors that
    say what to do.
    """

    def completion(self, digest: str) -> Completion | None:
        """Return the answer to a request, or None if there is none yet.

        Raises AnswerDeleted if the answer was deleted after its retention time.
        """
        ...

    async def keep(
        self, request: StoredRequest, completion: Completion, *, counts_cost: bool = True
    ) -> None:
        """Store the answer to a request, unless the store already has one.

        The answer is on disk when the method returns. With ``counts_cost``, the cost of a newly
        stored answer is added to the store's spending.
        """
        ...

    async def claim(self, digest: str) -> bool:
        """Claim a request, waiting while another run that shares the store is sending it.

        Returns whether the request has already been answered. A claim ends with ``release_claim``
        or with the process. A store that does not support claims returns False immediately.
        """
        ...

    def release_claim(self, digest: str) -> None:
        """Release the claim on a request that has been answered or has failed."""
        ...

    async def drain(self) -> None:
        """Wait until all pending writes from the running event loop are done."""
        ...

    def unpriced(self) -> Iterator[tuple[str, Usage]]:
        """Yield the model and usage of each completion stored without a cost."""
        ...

    def answers_of(self, article_digest: str) -> list[StoredAnswer]:
        """Return the stored answers about a text, given its digest, in the order received."""
        ...

    @property
    def any_sample(self) -> bool:
        """Whether any request has a current sample other than the first."""
        ...

    def sample_of(self, digest: str) -> int:
        """Return the current sample of a request, given its digest for sample 0."""
        ...

    def use_sample(self, digest: str, sample: int) -> None:
        """Set the current sample of a request."""
        ...

    def latest_identity(self) -> str | None:
        """Return the most recently used identity that has outcomes, or None if there is none.

        Failures that were not caused by the articles are ignored, so that a call with the wrong
        model does not restrict later calls.
        """
        ...

    def begin_call(self, identity: str = "", *, replaces: str | None = None) -> int:
        """Add a call and return its number.

        If ``replaces`` is given, the outcomes of that identity are assigned to ``identity``.
        """
        ...

    @property
    def answers_file(self) -> Path | None:
        """The file from which other processes can read answers; None if there is no such file."""
        ...

    def put_outcome(self, call: int, position: int, outcome: StoredOutcome) -> None:
        """Store the outcome of the article at a position in a call's input.

        Outcomes are written to disk later, in groups. Outcomes lost in a crash can be derived again
        from the completions.
        """
        ...

    def order_lines(self, call: int) -> None:
        """Put the lines of a call's articles in the order of the call's input."""
        ...

    def lines(
        self, call: int, kind: OutcomeKind, *, only_this_call: bool = False
    ) -> Iterator[bytes]:
        """Yield the record or failure lines of a call's identity, in order, as JSON in UTF-8.

        With ``only_this_call``, only the lines of the articles in the call's input are yielded.
        """
        ...

    def count_lines(self, call: int, checks: str, *, only_this_call: bool = False) -> LineCounts:
        """Count the record and failure lines of a call's identity.

        ``checks`` is the current checks version. With ``only_this_call``, only the lines of the
        articles in the call's input are counted.
        """
        ...

    def line_of(self, article_id: str) -> bytes | None:
        """Return an article's line under the newest identity that has one, or None."""
        ...

    def sample_lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield each call that wrote records: its number and the line of one of its records."""
        ...

    def delete_outcomes(self, calls: Sequence[int]) -> int:
        """Delete the outcomes that ``calls`` wrote, and return how many were deleted."""
        ...

    async def reserve(self, key: str, usd: float, limit: float) -> bool:
        """Reserve an amount in US dollars, or return False if the total would exceed ``limit``."""
        ...

    async def settle(self, key: str, usd: float) -> None:
        """Replace a reservation with the amount spent, in US dollars."""
        ...

    async def release_reservations(self, prefix: str) -> None:
        """Release the reservations whose keys start with ``prefix``.

        If their requests were answered without a known cost, the reserved amounts count as spent.
        """
        ...

    async def has_reservations(self, prefix: str) -> bool:
        """Return whether the key of any reservation starts with ``prefix``."""
        ...

    async def used(self) -> tuple[float, float]:
        """Return the amounts spent and reserved, in US dollars."""
        ...

    def batches(self) -> BatchState:
        """Return the state of batches; the caller must close it."""
        ...

    def forget(self, article_ids: Sequence[str]) -> Forgotten:
        """Delete the answers and outcomes of articles, and overwrite the deleted data.

        ``forgetting`` returns the articles' ids until ``end_forgetting`` is called for them.
        """
        ...

    def forgetting(self) -> list[str]:
        """Return the ids of articles deleted from the store that may still be in output files."""
        ...

    def end_forgetting(self, article_ids: Sequence[str]) -> None:
        """Remove from ``forgetting`` the ids of articles that are no longer in any output file."""
        ...

    def expire_answers(self, before: str) -> int:
        """Delete the texts of answers received before an ISO 8601 time; return the number deleted.

        The digests and costs are kept so that no request is paid for twice. Texts that may still be
        needed to derive an article's outcome are also kept.
        """
        ...

    def close(self) -> None:
        """Write pending outcomes and close the store."""
        ...
