"""The rows of a store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from antq_llm.clients.completion import Completion, Mode, Usage
from antq_llm.errors import CompletionError

OutcomeKind = Literal["record", "failure"]


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A completion with the digests of its request."""

    asked: Mapping[str, Any]
    completion: Completion


@dataclass(frozen=True, slots=True)
class StoredOutcome:
    """The outcome of an article, kept until another call has a newer one."""

    article_id: str
    kind: OutcomeKind
    line: Mapping[str, Any] | bytes
    """The output line, perhaps without usage, cost and ``replayed``, which have own fields.

    Bytes are a line as ``split_line`` returns it.
    """
    article_digest: str | None = None
    """SHA-256 of the article's text, if it was read."""
    usage: Usage = field(default_factory=Usage)
    cost_usd: float | None = None
    is_paid: bool = False
    """Whether an answer was received for it in this call."""
    checks: str = ""
    """The version of the checks that judged it."""
    reason: str | None = None
    """The kind of a failure."""
    is_stop: bool = False
    """Whether it says nothing about the article; it then replaces only outcomes of this kind."""
    packed: bytes | None = None
    """The line's bytes compressed, if that was done before."""
    dropped: int = 0
    escalated: bool = False
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class LineCounts:
    """Counts over the lines of a run's files."""

    records: int
    failures: Mapping[str, int]
    """By kind."""
    dropped_items: int
    replayed: int
    """Records that cost nothing in the call."""
    escalated: int
    duplicates: int
    older_checks: int
    """Lines judged by another version of the checks."""
    usage: Usage
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The result of deleting articles."""

    article_ids: tuple[str, ...]
    """Ids of the articles of which something was found."""
    answers: int
    outcomes: int
    pending: int
    """Requests in batches that have not ended, which cannot be taken back."""
    same_text: tuple[str, ...]
    """Other articles with the same text, whose outcomes stay."""


@dataclass(frozen=True, slots=True)
class BatchFile:
    """A file of requests, to be submitted as a batch or submitted already."""

    name: str
    """Our own name; the batch has it in its metadata, by which it is found again."""
    base_url: str
    """Masked."""
    prepared: float
    """Unix time shortly before it was submitted."""
    size: int
    """Bytes."""
    requests: int
    batch: str | None = None
    """The provider's id; None until it is known."""
    status: str = "prepared"


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """A request that is not answered yet."""

    digest: str
    name: str | None
    """The file it is in; None if it is to be sent again, or failed for good."""
    line: int
    """Its line in that file, from 1."""
    mode: Mode
    schema: str
    """The schema's digest."""
    model: str
    asked_json: str
    losses: int = 0
    refused: Mode | None = None
    """The latest mode that the endpoint refused."""
    error_json: str | None = None
    """The refusal of the first mode; if no mode was refused, why the request failed for good."""

    def asked(self) -> dict[str, Any]:
        """Return the digests of the parts of the request."""
        asked: dict[str, Any] = json.loads(self.asked_json)
        return asked

    @property
    def error(self) -> CompletionError | None:
        """The stored error."""
        if self.error_json is None:
            return None
        stored = json.loads(self.error_json)
        return CompletionError(stored["message"], kind=stored["kind"], status=stored["status"])


@dataclass(frozen=True, slots=True)
class PendingTotals:
    """The size of all files whose batches have not ended."""

    requests: int
    size: int
    """Bytes."""
