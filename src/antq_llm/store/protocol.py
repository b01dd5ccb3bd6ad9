"""The interface of a run's store, whatever its database."""

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
        """The key of the answer."""
        ...

    def asked(self) -> dict[str, Any]:
        """Return the digests of the parts of the request."""
        ...


class BatchState(Protocol):
    """The state of batches, so that a run can be stopped and continued.

    A change is on disk when its method returns, or when the surrounding ``transaction`` ends.
    """

    def transaction(self) -> AbstractContextManager[None]:
        """Make all changes or none, with one flush to disk."""
        ...

    def lock(self) -> None:
        """Keep other runs that share the store from its batches until ``close``.

        Raises ConfigurationError if another run works on them.
        """
        ...

    def pending_files(self) -> list[BatchFile]:
        """Return the files whose batches have not ended, oldest first."""
        ...

    def pending_totals(self) -> PendingTotals:
        """Return the number and size of the requests in pending files."""
        ...

    def request(self, digest: str) -> PendingRequest | None:
        """Return a request, or None if it was not sent yet or is answered."""
        ...

    def requests_in(self, name: str) -> list[PendingRequest]:
        """Return the requests of a file that have no result yet."""
        ...

    def add_file(self, file: BatchFile, requests: Iterable[PendingRequest]) -> None:
        """Store a file that is about to be submitted, and its requests."""
        ...

    def set_batch(self, name: str, batch: str, status: str) -> None:
        """Set the batch that was made of a file, and its status."""
        ...

    def mark_ended(self, name: str) -> None:
        """Mark a file whose results were all read."""
        ...

    def delete_file(self, name: str) -> None:
        """Delete a file for which no batch was made; its requests can be sent again."""
        ...

    def mark_answered(self, request: PendingRequest, base_url: str) -> None:
        """Delete a request whose answer is stored.

        If a stricter mode was refused before, this schema is sent in the request's mode first.
        """
        ...

    def mark_refused(self, request: PendingRequest, error: CompletionError) -> None:
        """Note that a request's mode was refused: it is sent again in the next one."""
        ...

    def mark_failed(self, request: PendingRequest, error: CompletionError) -> None:
        """Note why a request failed for good."""
        ...

    def mark_lost(self, request: PendingRequest, reason: str) -> None:
        """Let a request that was not executed be sent again; fail it if this happens repeatedly."""
        ...

    def release(self, request: PendingRequest) -> None:
        """Let a request be sent again."""
        ...

    def mode_for(self, base_url: str, schema: str) -> str | None:
        """Return the mode to send a schema in first, or None for the strictest."""
        ...

    def delete_errors(self) -> None:
        """Delete requests that failed for good, so that the next run sends them again."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class Store(Protocol):
    """The store of a run: every completion received, and the outcome of each article.

    Several runs may share one. Errors of the disk are ConfigurationErrors that say what to do.
    """

    def completion(self, digest: str) -> Completion | None:
        """Return the answer to a request, or None if it is not answered yet.

        Raises AnswerDeleted if its retention time is over.
        """
        ...

    async def keep(
        self, request: StoredRequest, completion: Completion, *, counts_cost: bool = True
    ) -> None:
        """Store the answer to a request; it is on disk when this returns. The first answer stays.

        With ``counts_cost`` its cost is added to the store's spending.
        """
        ...

    async def claim(self, digest: str) -> bool:
        """Wait until no other run that shares the store is asking a request, and claim it.

        Return whether it is answered by now. A claim ends with ``release_claim``, or when its
        process ends. A store whose runs may ask for the same answer returns False at once.
        """
        ...

    def release_claim(self, digest: str) -> None:
        """Let other runs have a request that is answered or has failed."""
        ...

    async def drain(self) -> None:
        """Wait until everything that was passed to a coroutine of the store is written."""
        ...

    def unpriced(self) -> Iterator[tuple[str, Usage]]:
        """Yield the model and usage of each completion that was stored without a cost."""
        ...

    def answers_of(self, article_digest: str) -> list[StoredAnswer]:
        """Return the answers about a text, in the order in which they were received."""
        ...

    @property
    def any_sample(self) -> bool:
        """Whether the current sample of any request is not the first."""
        ...

    def sample_of(self, digest: str) -> int:
        """Return the current sample of a request, given the digest of its sample 0."""
        ...

    def use_sample(self, digest: str, sample: int) -> None:
        """Set the current sample of a request."""
        ...

    def latest_identity(self) -> str | None:
        """Return the identity of the latest call that has outcomes, None if there is none.

        Failures that say nothing about their articles do not count, so that a call with a wrong
        model does not bind later ones.
        """
        ...

    def begin_call(self, identity: str = "", *, replaces: str | None = None) -> int:
        """Add a call and return its number.

        The outcomes of the identity ``replaces`` become those of ``identity``.
        """
        ...

    @property
    def answers_file(self) -> Path | None:
        """The file in which another process finds answers; None if they are not in a file."""
        ...

    def put_outcome(self, call: int, position: int, outcome: StoredOutcome) -> None:
        """Store the outcome of the article at a position of a call's input.

        Outcomes are written in groups: after a crash they can be made again from the completions.
        """
        ...

    def order_lines(self, call: int) -> None:
        """Bring the lines into the order of a call's input, as far as it has their articles."""
        ...

    def lines(
        self, call: int, kind: OutcomeKind, *, only_this_call: bool = False
    ) -> Iterator[bytes]:
        """Yield the lines of one kind of a call's identity, in order, as JSON in UTF-8."""
        ...

    def count_lines(self, call: int, checks: str, *, only_this_call: bool = False) -> LineCounts:
        """Return counts over the lines of both kinds; ``checks`` is the present version."""
        ...

    def line_of(self, article_id: str) -> bytes | None:
        """Return an article's line of the latest identity; None if it has no outcome."""
        ...

    def sample_lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield a record's line for each call that wrote some, with the number of the call."""
        ...

    def delete_outcomes(self, calls: Sequence[int]) -> int:
        """Delete the outcomes that some calls have written; return how many."""
        ...

    async def reserve(self, key: str, usd: float, limit: float) -> bool:
        """Reserve an amount of US dollars; False if the total would exceed ``limit``."""
        ...

    async def settle(self, key: str, usd: float) -> None:
        """Replace a reservation by the spent amount."""
        ...

    async def release_reservations(self, prefix: str) -> None:
        """Release the reservations whose keys are a prefix and a request's digest.

        Requests that were answered without a known cost count at the reserved amount.
        """
        ...

    async def has_reservations(self, prefix: str) -> bool:
        """Return whether any key of a reservation has a prefix."""
        ...

    async def used(self) -> tuple[float, float]:
        """Return the spent and the reserved amount in US dollars."""
        ...

    def batches(self) -> BatchState:
        """Return the state of batches; the caller closes it."""
        ...

    def forget(self, article_ids: Sequence[str]) -> Forgotten:
        """Delete answers and outcomes of articles, and overwrite their places.

        The ids stay in ``forgetting`` until ``end_forgetting`` is called.
        """
        ...

    def forgetting(self) -> list[str]:
        """Return the ids of articles that were deleted here and may still be in files."""
        ...

    def end_forgetting(self, article_ids: Sequence[str]) -> None:
        """Delete ids from ``forgetting``."""
        ...

    def expire_answers(self, before: str) -> int:
        """Delete the texts of answers received before an ISO time; return how many.

        Their digests and costs stay, so that nothing is paid for twice. Answers about articles
        without an outcome stay too, because the outcome is still to be made from them.
        """
        ...

    def close(self) -> None:
        """Write pending outcomes and close the store."""
        ...
