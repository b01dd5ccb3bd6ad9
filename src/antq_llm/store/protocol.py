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
        """The digest of the request, which is the key of the answer."""
        ...

    def asked(self) -> dict[str, Any]:
        """Return the digests of the parts of the request."""
        ...


class BatchState(Protocol):
    """The state of batches, with which a run can be stopped and continued.

    A change is on disk when its method returns or the surrounding ``transaction`` ends.
    """

    def transaction(self) -> AbstractContextManager[None]:
        """Make all changes or none, with one flush to disk."""
        ...

    def lock(self) -> None:
        """Lock the batches against other runs that share the store, until ``close``.

        Raises ConfigurationError if another run is working on the batches.
        """
        ...

    def pending_files(self) -> list[BatchFile]:
        """Return the files whose batches have not ended, oldest first."""
        ...

    def pending_totals(self) -> PendingTotals:
        """Return the number and size of the requests in pending files."""
        ...

    def request(self, digest: str) -> PendingRequest | None:
        """Return a request, or None if it was never sent or has been answered."""
        ...

    def requests_in(self, name: str) -> list[PendingRequest]:
        """Return the requests of a file that have no result yet."""
        ...

    def add_file(self, file: BatchFile, requests: Iterable[PendingRequest]) -> None:
        """Store a file that is about to be submitted, with its requests."""
        ...

    def set_batch(self, name: str, batch: str, status: str) -> None:
        """Set the batch that was made from a file, and the batch's status."""
        ...

    def mark_ended(self, name: str) -> None:
        """Mark a file as ended once all its results have been read."""
        ...

    def delete_file(self, name: str) -> None:
        """Delete a file for which no batch was made, so that its requests can be sent again."""
        ...

    def mark_answered(self, request: PendingRequest, base_url: str) -> None:
        """Delete a request whose answer is stored.

        If a stricter mode was refused before, later requests with this schema start in this
        request's mode.
        """
        ...

    def mark_refused(self, request: PendingRequest, error: CompletionError) -> None:
        """Note that a request's mode was refused; the request is sent again in the next mode."""
        ...

    def mark_failed(self, request: PendingRequest, error: CompletionError) -> None:
        """Note the error with which a request failed for good."""
        ...

    def mark_lost(self, request: PendingRequest, reason: str) -> None:
        """Let an unexecuted request be sent again, or mark it as failed after several losses."""
        ...

    def release(self, request: PendingRequest) -> None:
        """Let a request be sent again."""
        ...

    def mode_for(self, base_url: str, schema: str) -> str | None:
        """Return the mode in which to send a schema first, or None for the strictest mode."""
        ...

    def delete_errors(self) -> None:
        """Delete requests that failed for good, so that the next run sends them again."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class Store(Protocol):
    """The store of a run, with every completion received and the outcome of each article.

    Several runs may share a store. Disk errors are raised as ConfigurationErrors that say what to
    do.
    """

    def completion(self, digest: str) -> Completion | None:
        """Return the answer to a request, or None if there is none yet.

        Raises AnswerDeleted if the answer was deleted after its retention time.
        """
        ...

    async def keep(
        self, request: StoredRequest, completion: Completion, *, counts_cost: bool = True
    ) -> None:
        """Store the answer to a request; it is on disk when this returns. If the request already
        has an answer, that one is kept. With ``counts_cost``, the cost is added to the store's
        spending.
        """
        ...

    async def claim(self, digest: str) -> bool:
        """Claim a request once no other run that shares the store is sending it.

        Return whether the request has been answered by then. A claim ends with ``release_claim`` or
        with the process. A store without claims returns False at once.
        """
        ...

    def release_claim(self, digest: str) -> None:
        """Release the claim on a request that is answered or has failed."""
        ...

    async def drain(self) -> None:
        """Wait until all pending writes of the store's coroutines are done."""
        ...

    def unpriced(self) -> Iterator[tuple[str, Usage]]:
        """Yield the model and usage of each completion stored without a cost."""
        ...

    def answers_of(self, article_digest: str) -> list[StoredAnswer]:
        """Return the answers about a text, in the order received."""
        ...

    @property
    def any_sample(self) -> bool:
        """Whether any request has a current sample other than the first."""
        ...

    def sample_of(self, digest: str) -> int:
        """Return the current sample of a request, given the digest of its sample 0."""
        ...

    def use_sample(self, digest: str, sample: int) -> None:
        """Set the current sample of a request."""
        ...

    def latest_identity(self) -> str | None:
        """Return the identity of the latest call that has outcomes, or None if there is none.

        Failures that are not about their articles do not count, so that a call with a wrong model
        does not restrict later calls.
        """
        ...

    def begin_call(self, identity: str = "", *, replaces: str | None = None) -> int:
        """Add a call and return its number.

        The outcomes of the identity ``replaces`` become those of ``identity``.
        """
        ...

    @property
    def answers_file(self) -> Path | None:
        """The file in which other processes can find answers; None if there is no such file."""
        ...

    def put_outcome(self, call: int, position: int, outcome: StoredOutcome) -> None:
        """Store the outcome of the article at a position in a call's input.

        Outcomes are written later, in groups: after a crash, they can be made again from the
        completions.
        """
        ...

    def order_lines(self, call: int) -> None:
        """Put the lines of the articles in a call's input in the order of that input."""
        ...

    def lines(
        self, call: int, kind: OutcomeKind, *, only_this_call: bool = False
    ) -> Iterator[bytes]:
        """Yield the lines of a kind for a call's identity, in order, as JSON in UTF-8."""
        ...

    def count_lines(self, call: int, checks: str, *, only_this_call: bool = False) -> LineCounts:
        """Return counts over the lines of both kinds; ``checks`` is the current checks version."""
        ...

    def line_of(self, article_id: str) -> bytes | None:
        """Return an article's line for the latest identity, or None if it has no outcome."""
        ...

    def sample_lines(self) -> Iterator[tuple[int, bytes]]:
        """For each call that wrote records, yield the call's number and the line of one record."""
        ...

    def delete_outcomes(self, calls: Sequence[int]) -> int:
        """Delete the outcomes that ``calls`` wrote; return how many."""
        ...

    async def reserve(self, key: str, usd: float, limit: float) -> bool:
        """Reserve an amount in US dollars; return False if the total would exceed ``limit``."""
        ...

    async def settle(self, key: str, usd: float) -> None:
        """Replace a reservation with the amount spent."""
        ...

    async def release_reservations(self, prefix: str) -> None:
        """Release the reservations whose keys consist of a prefix and a request's digest.

        For requests answered without a known cost, the reserved amount counts as spent.
        """
        ...

    async def has_reservations(self, prefix: str) -> bool:
        """Return whether the key of any reservation starts with ``prefix``."""
        ...

    async def used(self) -> tuple[float, float]:
        """Return the amounts spent and reserved, in US dollars."""
        ...

    def batches(self) -> BatchState:
        """Return the state of batches; the caller closes it."""
        ...

    def forget(self, article_ids: Sequence[str]) -> Forgotten:
        """Delete the answers and outcomes of articles, and overwrite the deleted data.

        The ids stay in ``forgetting`` until ``end_forgetting`` is called.
        """
        ...

    def forgetting(self) -> list[str]:
        """Return the ids of articles that were deleted from the store but may still be in files."""
        ...

    def end_forgetting(self, article_ids: Sequence[str]) -> None:
        """Delete ids from ``forgetting``."""
        ...

    def expire_answers(self, before: str) -> int:
        """Delete the texts of answers received before an ISO time; return how many.

        Digests and costs stay, so that nothing is paid for twice. Answers about articles without an
        outcome also stay, because the outcome is still to be made from them.
        """
        ...

    def close(self) -> None:
        """Write pending outcomes and close the store."""
        ...
