"""The totals of a run: counts, tokens and cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from antq_llm.clients.completion import Usage, total_cost, total_usage
from antq_llm.errors import AnswerDeleted
from antq_llm.records.result import Attempt, Extraction, Failure
from antq_llm.store.rows import StoredOutcome
from antq_llm.validation.warnings import DUPLICATE

Outcome = Extraction[Any] | Failure


@dataclass(frozen=True, slots=True)
class ReceivedAnswers:
    """The tokens and cost of the answers received for an article in this run."""

    usage: Usage
    cost_usd: float | None
    """The cost in US dollars; None if it is unknown."""


def received_answers(attempts: Iterable[Attempt]) -> ReceivedAnswers | None:
    """Return the sums over the attempts that were not replayed, or None if all were replayed."""
    completions = [attempt.completion for attempt in attempts if not attempt.completion.replayed]
    if not completions:
        return None
    return ReceivedAnswers(
        total_usage(completion.usage for completion in completions),
        total_cost(completion.cost_usd for completion in completions),
    )


@dataclass(frozen=True, slots=True)
class JudgedRecord:
    """A record from a worker process in its stored form, without the ``Extraction`` object."""

    stored: StoredOutcome
    replayed: bool
    """Whether the record cost nothing in this run because all its answers were replayed."""
    received: ReceivedAnswers | None
    """The answers received in this run; None if none were received."""
    derived_text: str | None
    """The text of the article if it was extracted from a page or document, else None."""


_COUNTS = (
    *("records", "failures", "dropped_items", "replayed", "escalated", "duplicates"),
    *("expired", "asked"),
)


@dataclass
class RunTotals:
    """The counts, tokens and cost of a run's outcomes."""

    records: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    """The number of failed articles, by kind of failure."""
    dropped_items: int = 0
    replayed: int = 0
    """The number of records that cost nothing in this run."""
    escalated: int = 0
    """The number of articles, including failed ones, for which a stronger model was also asked."""
    duplicates: int = 0
    """The number of records transferred from an article to its copy."""
    usage: Usage = field(default_factory=lambda: total_usage(()))
    """The tokens of all answers that led to the outcomes; ``cost_usd`` is their cost."""
    cost_usd: float | None = 0.0
    expired: int = 0
    """The number of articles whose outcomes are kept although their answers were deleted."""
    asked: int = 0
    """The number of articles for which answers were received in this run."""
    sent: Usage = field(default_factory=lambda: total_usage(()))
    """The tokens of the answers received in this run; ``spent_usd`` is their cost."""
    spent_usd: float | None = 0.0

    def fail_expired(self, count: int) -> None:
        """Count as failures the ``count`` expired articles that have no earlier outcome."""
        self.expired -= count
        self.failures += Counter({AnswerDeleted.kind: count})

    def counts(self) -> dict[str, Any]:
        """Return the counts, tokens and cost for ``run.json``."""
        failures = self.failures.total()
        return {
            "articles": self.records + failures + self.expired,
            "records": self.records,
            "failures": failures,
            "failures_by_kind": dict(sorted(self.failures.items())),
            "expired": self.expired,
            "dropped_items": self.dropped_items,
            "replayed": self.replayed,
            "escalated": self.escalated,
            "duplicates": self.duplicates,
            "usage": self.usage.model_dump(),
            "cost_usd": self.cost_usd,
        }

    def merge(self, other: RunTotals) -> None:
        """Add the totals of another process to these totals."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.usage = total_usage([self.usage, other.usage])
        self.cost_usd = total_cost([self.cost_usd, other.cost_usd])
        self.sent = total_usage([self.sent, other.sent])
        self.spent_usd = total_cost([self.spent_usd, other.spent_usd])

    def add_judged(self, record: JudgedRecord) -> None:
        """Add a record from a worker process to the totals."""
        stored = record.stored
        self.usage = total_usage([self.usage, stored.usage])
        self.cost_usd = total_cost([self.cost_usd, stored.cost_usd])
        self._add_received(record.received)
        self.records += 1
        self.escalated += stored.escalated
        self.dropped_items += stored.dropped
        self.replayed += record.replayed
        self.duplicates += stored.duplicate

    def add(self, outcome: Outcome) -> None:
        """Add an outcome to the totals."""
        if isinstance(outcome, Failure) and isinstance(outcome.error, AnswerDeleted):
            self.expired += 1
            return
        attempts = outcome.attempts if isinstance(outcome, Extraction) else outcome.error.attempts
        self.usage = total_usage([self.usage, *(attempt.usage for attempt in attempts)])
        self.cost_usd = total_cost(
            [self.cost_usd, *(attempt.completion.cost_usd for attempt in attempts)]
        )
        self._add_received(received_answers(attempts))
        if isinstance(outcome, Failure):
            self.failures[outcome.error.kind] += 1
            self.escalated += outcome.error.escalated
            return
        self.records += 1
        self.escalated += outcome.escalated
        self.dropped_items += outcome.dropped
        self.replayed += outcome.replayed
        self.duplicates += is_duplicate(outcome)

    def _add_received(self, received: ReceivedAnswers | None) -> None:
        if received is not None:
            self.asked += 1
            self.sent = total_usage([self.sent, received.usage])
            self.spent_usd = total_cost([self.spent_usd, received.cost_usd])


def is_duplicate(extraction: Extraction[Any]) -> bool:
    """Return whether a record was transferred from an earlier article."""
    return any(warning.kind == DUPLICATE for warning in extraction.warnings)
