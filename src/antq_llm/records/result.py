"""The outcome of an article: an extraction with its provenance, or a failure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from antq_llm.articles.article import Article
from antq_llm.articles.metadata import ArticleMetadata
from antq_llm.clients.completion import Completion, Usage, total_cost, total_usage
from antq_llm.errors import AntqError, encodable
from antq_llm.evidence.spans import Evidence
from antq_llm.schemas.base import Schema
from antq_llm.validation.checks_version import CHECKS_VERSION
from antq_llm.validation.insistence import NO_INSISTENCE, Insistence
from antq_llm.validation.warnings import RecordWarning, WarningKind

if TYPE_CHECKING:
    from pandas import DataFrame

T = TypeVar("T", bound=BaseModel)

ESCALATED: WarningKind = "escalated"
"""The kind of the warning that says why a stronger model was asked."""


class Confidence(BaseModel):
    """The confidence that an item of a record is right."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pointer: str
    """The JSON Pointer to the item in the record."""
    probability: float | None = None
    """The probability that every field of the item is right, from 0 to 1.

    None if it was not computed, for example because the schema has no calibration.
    """
    agreement: float | None = None
    """The agreement of the samples on the item, from 0 to 1; None for a single answer.

    It is the relaxed F1 of the item's fields, averaged over the valid samples. A sample without the
    item counts as 0.
    """
    samples: int = 1
    """The number of valid samples; 1 for a single answer."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A completion; ``error`` is the reason why it was rejected, or None if it was accepted."""

    completion: Completion
    error: str | None = None

    @property
    def usage(self) -> Usage:
        """The numbers of tokens that the completion used."""
        return self.completion.usage


@dataclass(frozen=True, repr=False)
class Extraction(Generic[T]):
    """A checked record of an article, with its evidence, attempts and warnings."""

    article: Article
    record: T
    answer: Any
    """The JSON data from which ``record`` was built: the answer with corrected quotes."""
    evidence: tuple[Evidence, ...]
    schema: Schema[T]
    prompt: str | None
    """The reference of the prompt, such as ``name@2``; None if no prompt was used."""
    prompt_sha256: str | None
    model: str
    """The name of the requested model."""
    attempts: tuple[Attempt, ...]
    warnings: tuple[RecordWarning, ...] = ()
    dropped: int = 0
    """The number of items dropped because the article does not support them."""
    samples: int = 0
    """The number of valid samples that voted on the record; 0 for a single answer."""
    confidence: tuple[Confidence, ...] = ()
    """The confidence of each item, in the order of the record; empty if it was not computed."""
    rated: bool = False
    """Whether probabilities were computed; this can be True even if the record has no items."""
    insistence: Insistence = NO_INSISTENCE
    """The values that were kept because the model insisted on them."""

    def __repr__(self) -> str:
        return (
            f"<Extraction {self.article.id!r} {self.schema.reference} "
            f"evidence={len(self.evidence)} warnings={len(self.warnings)}>"
        )

    def _repr_html_(self) -> str:
        """Return the text, the record and the warnings as HTML for a notebook."""
        from antq_llm.records.notebook_html import notebook_html

        return notebook_html(self.as_line(), self.article.text, self.schema)

    @property
    def escalated(self) -> bool:
        """Whether a stronger model was asked too; ``model`` names the model that gave the record.

        False for a record that was transferred from an earlier article.
        """
        return bool(self.attempts) and any(warning.kind == ESCALATED for warning in self.warnings)

    @cached_property
    def usage(self) -> Usage:
        """The numbers of tokens that all attempts used."""
        return total_usage(attempt.usage for attempt in self.attempts)

    @property
    def cost_usd(self) -> float | None:
        """The cost of all attempts in US dollars, at the prices then in effect; None if unknown."""
        return total_cost(attempt.completion.cost_usd for attempt in self.attempts)

    @property
    def replayed(self) -> bool:
        """Whether all completions came from a store or a recording, so that nothing was spent."""
        return all(attempt.completion.replayed for attempt in self.attempts)

    def as_line(self) -> dict[str, Any]:
        """Return the extraction as a line of ``records.jsonl``.

        The line has ``metadata`` only if the article has any, and ``confidence`` only if samples
        were taken or probabilities were computed.
        """
        line = {
            "article_id": self.article.id,
            "source": self.article.source,
            **_metadata_key(self.article.metadata),
            "schema": self.schema.reference,
            "prompt": self.prompt,
            "prompt_sha256": self.prompt_sha256,
            "model": self.model,
            "checks": CHECKS_VERSION,
            "record": self.schema.dump(self.record),
            "evidence": [vars(evidence) for evidence in self.evidence],
            "attempts": len(self.attempts),
            "usage": vars(self.usage),
            "cost_usd": self.cost_usd,
            "replayed": self.replayed,
            "warnings": [warning.as_json() for warning in self.warnings],
        }
        if self.samples or self.rated:
            line["confidence"] = [vars(confidence) for confidence in self.confidence]
        return line

    def to_pandas(self) -> dict[str, DataFrame]:
        """Return the record as data frames, by table name; the tables are those of an export.

        Raises ConfigurationError if pandas is not installed.
        """
        from antq_llm.tables.data_frames import data_frames
        from antq_llm.tables.line_tables import LineTables

        line = self.as_line()
        return data_frames(LineTables(lambda: [line], schema=self.schema))


@dataclass(frozen=True)
class Failure:
    """An article without a record, with the error that explains why."""

    article_id: str
    source: str | None
    error: AntqError
    metadata: ArticleMetadata | None = None
    """The metadata that the source provides; None if unknown."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "article_id", encodable(self.article_id))
        if self.source is not None:
            object.__setattr__(self, "source", encodable(self.source))

    def as_line(self) -> dict[str, Any]:
        """Return the failure as a line of ``failures.jsonl``."""
        attempts = self.error.attempts
        return {
            "article_id": self.article_id,
            "source": self.source,
            **_metadata_key(self.metadata),
            "checks": CHECKS_VERSION,
            "error": {
                "type": type(self.error).__name__,
                "kind": self.error.kind,
                "message": str(self.error),
            },
            "attempts": [
                {
                    "completion": attempt.completion.text,
                    "error": attempt.error,
                    "usage": attempt.usage.model_dump(),
                }
                for attempt in attempts
            ],
            "usage": total_usage(attempt.usage for attempt in attempts).model_dump(),
            "cost_usd": total_cost(attempt.completion.cost_usd for attempt in attempts),
        }


def failure_of(source: str | Path | Article, error: AntqError) -> Failure:
    """Return the failure to report for an article, path or text that caused an error."""
    if isinstance(source, Article):
        return Failure(source.id, source.source, error, source.metadata)
    if isinstance(source, Path):
        return Failure(source.stem, str(source), error)
    return Failure("text", None, error)


def warnings_of_article(article: Article) -> tuple[RecordWarning, ...]:
    """Return the notices from reading an article, as warnings."""
    return tuple(
        RecordWarning(kind=notice.kind, message=notice.message) for notice in article.notices
    )


def _metadata_key(metadata: ArticleMetadata | None) -> dict[str, Any]:
    return {"metadata": metadata.as_json()} if metadata else {}
