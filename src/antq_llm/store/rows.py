"""The rows that are written to a store and read from it."""

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
    """A completion with the parts of its request, in which digests replace texts."""

    asked: Mapping[str, Any]
    completion: Completion


@dataclass(frozen=True, slots=True)
class StoredOutcome:
    """The outcome of an article, stored until another call stores a newer one."""

    article_id: str
    kind: OutcomeKind
    line: Mapping[str, Any] | bytes
    """The output line, as a mapping or as the bytes that ``split_line`` returns.

    A mapping need not contain ``usage``, ``cost_usd`` or ``replayed``; they are stored separately.
    """
    article_digest: str | None = None
    """The SHA-256 of the article's text, if the text was read."""
    usage: Usage = field(default_factory=Usage)
    cost_usd: float | None = None
    is_paid: bool = False
    """Whether an answer about the article was received in the call that stores the outcome."""
    checks: str = ""
    """The version of the checks that judged the answer."""
    reason: str | None = None
    """The kind of failure; None for a record."""
    is_stop: bool = False
    """Whether this is a failure that the article did not cause.

    Such a failure can replace only another such failure.
    """
    packed: bytes | None = None
    """The compressed line; None if the line has not been compressed yet."""
    dropped: int = 0
    escalated: bool = False
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class LineCounts:
    """Counts of the lines in a run's output files."""

    records: int
    failures: Mapping[str, int]
    """The number of failures of each kind."""
    dropped_items: int
    replayed: int
    """The number of records for which no new answer was received in the call."""
    escalated: int
    duplicates: int
    older_checks: int
    """The number of lines judged by a version of the checks other than the current one."""
    usage: Usage
    cost_usd: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return the counts by their names in ``run.json``."""
        failures = sum(self.failures.values())
        return {
            "articles": self.records + failures,
            "records": self.records,
            "failures": failures,
            "failures_by_kind": dict(sorted(self.failures.items())),
            "dropped_items": self.dropped_items,
            "replayed": self.replayed,
            "escalated": self.escalated,
            "duplicates": self.duplicates,
            "older_checks": self.older_checks,
        }


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The result of deleting articles."""

    article_ids: tuple[str, ...]
    """The ids of the articles for which anything was found."""
    answers: int
    outcomes: int
    pending: int
    """The number of requests that cannot be withdrawn because they are in pending batches."""
    same_text: tuple[str, ...]
    """The ids of other articles with the same text as a deleted one; their outcomes are kept."""


@dataclass(frozen=True, slots=True)
class BatchFile:
    """A file of requests that has been or will be submitted as a batch."""

    name: str
    """The name that this library gives the file.

    The batch's metadata also contains the name, so that the batch can be found again.
    """
    base_url: str
    """The address of the endpoint, without credentials or query."""
    prepared: float
    """The Unix time when the file was prepared, shortly before its submission."""
    size: int
    """The size of the file in bytes."""
    requests: int
    batch: str | None = None
    """The id that the provider gave the batch; None until it is known."""
    status: str = "prepared"


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """A request that is sent in a batch and has no answer yet."""

    digest: str
    name: str | None
    """The name of its file; None if the request is to be sent again or has permanently failed."""
    line: int
    """The line of the request in the file, counted from 1."""
    mode: Mode
    schema: str
    """The digest of the request's schema."""
    model: str
    asked_json: str
    losses: int = 0
    refused: Mode | None = None
    """The latest mode that the endpoint refused."""
    error_json: str | None = None
    """The first refusal of a mode, or the error with which the request permanently failed."""

    def asked(self) -> dict[str, Any]:
        """Return the parts of the request, with digests instead of texts."""
        asked: dict[str, Any] = json.loads(self.asked_json)
        return asked

    @property
    def error(self) -> CompletionError | None:
        """The stored error, if any."""
        if self.error_json is None:
            return None
        stored = json.loads(self.error_json)
        return CompletionError(stored["message"], kind=stored["kind"], status=stored["status"])


@dataclass(frozen=True, slots=True)
class PendingTotals:
    """The total number and size of the requests in the files that ``pending_files`` returns."""

    requests: int
    size: int
    """The total size of the files in bytes."""
