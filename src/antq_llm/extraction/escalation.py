"""Escalation to a stronger model if problems remain in a cheaper model's record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import BaseModel

from antq_llm.errors import AntqError, is_about_the_article
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.language import LanguageCode
from antq_llm.records.result import ESCALATED, Attempt, Extraction
from antq_llm.validation.checks import has_figures
from antq_llm.validation.unaccounted import unaccounted_figures
from antq_llm.validation.warnings import RecordWarning

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class OpenPoints:
    """The numbers of problems that remain in a record."""

    unsupported: int
    """The number of unsupported items, whether dropped or kept with a warning."""
    figures: int
    """The number of the article's figures that are in no item."""

    @property
    def total(self) -> int:
        """The total number of problems, by which two records are compared.

        A figure whose item was dropped counts twice, because a wrong item is worse than a missing
        one.
        """
        return self.unsupported + self.figures

    def __str__(self) -> str:
        return (
            f"{self.unsupported} item(s) that the article does not support "
            f"and {self.figures} figure(s) in no item"
        )


async def with_escalation(
    ask: Callable[[str], Awaitable[Extraction[T]]],
    model: str,
    stronger: str,
    language: LanguageCode | None = None,
) -> Extraction[T]:
    """Return a model's extraction, or a stronger model's if problems remain.

    The stronger model is asked if the first model gives no valid record or a record with remaining
    problems. The stronger model's record is used unless it is missing or has more problems than the
    first record. Extractions and errors carry the attempts of all models asked. An error from
    ``ask`` is raised if it is not about the article or if the endpoint rejects the first model's
    request. If neither model gives a record, the stronger model's error is raised.
    """
    try:
        first = await ask(model)
    except AntqError as error:
        if not is_about_the_article(error) or error.kind == "rejected":
            raise
        reason = f"{model} gave no valid record ({error.kind})"
        return await _extract_instead(ask, stronger, error, reason)
    left_by_first = open_points(first, language)
    if not left_by_first.total:
        return first
    why = f"{stronger} was asked because {model} left {left_by_first}"
    try:
        second = await ask(stronger)
    except AntqError as error:
        error.attempts = (*first.attempts, *error.attempts)
        error.escalated = True
        if not is_about_the_article(error):
            raise
        remark = f"{why}, but gave no valid record ({error}), so the record of {model} was kept"
        return _escalated(first, remark, error.attempts)
    attempts = (*first.attempts, *second.attempts)
    left_by_second = open_points(second, language)
    if left_by_second.total > left_by_first.total:
        remark = f"{why}, but left {left_by_second}, so the record of {model} was kept"
        return _escalated(first, remark, attempts)
    return _escalated(second, why, attempts)


def open_points(extraction: Extraction[Any], language: LanguageCode | None = None) -> OpenPoints:
    """Count the problems that remain in an extraction.

    Figures that belong to no item count only if the schema has fields for figures.
    """
    kept = sum(warning.kind == "ungrounded" for warning in extraction.warnings)
    figures = 0
    if has_figures(extraction.schema):
        analyzed = AnalyzedArticle.of(extraction.article, language)
        figures = len(
            unaccounted_figures(
                extraction.schema.dump(extraction.record), extraction.schema.roles, analyzed
            )
        )
    return OpenPoints(extraction.dropped + kept, figures)


async def _extract_instead(
    ask: Callable[[str], Awaitable[Extraction[T]]], stronger: str, failed: AntqError, reason: str
) -> Extraction[T]:
    """Return the stronger model's extraction of an article for which the first model failed."""
    try:
        second = await ask(stronger)
    except AntqError as error:
        error.attempts = (*failed.attempts, *error.attempts)
        error.escalated = True
        # A line of failures.jsonl has no other place for the names of the models.
        error.args = (f"{stronger} was asked because {reason}: {error}",)
        raise
    return _escalated(
        second, f"{stronger} was asked because {reason}", (*failed.attempts, *second.attempts)
    )


def _escalated(
    extraction: Extraction[T], message: str, attempts: tuple[Attempt, ...]
) -> Extraction[T]:
    return replace(
        extraction,
        attempts=attempts,
        warnings=(RecordWarning(kind=ESCALATED, message=message), *extraction.warnings),
    )
