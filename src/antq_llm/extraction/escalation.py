"""A stronger model, for the articles of which a cheaper one left something open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel

from antq_llm.errors import AntqError, is_about_the_article
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.records.result import ESCALATED, Extraction
from antq_llm.validation.checks import has_figures
from antq_llm.validation.unaccounted import unaccounted_figures
from antq_llm.validation.warnings import RecordWarning

T = TypeVar("T", bound=BaseModel)


class Open(NamedTuple):
    """How much of an article a record leaves open."""

    unsupported: int
    """Items that the article did not bear out: dropped, or kept with a warning."""
    figures: int
    """Figures in no item."""

    @property
    def total(self) -> int:
        """All of them: a figure whose item was dropped counts twice, since an item that was wrong is worse than one that was overlooked."""
        return self.unsupported + self.figures

    def __str__(self) -> str:
        return f"{self.unsupported} item(s) that the article does not bear out and {self.figures} figure(s) in no item"


async def with_escalation(
    ask: Callable[[str], Awaitable[Extraction[T]]], model: str, stronger: str
) -> Extraction[T]:
    """Return what a model gives for an article, or what a stronger one gives where the first failed or left something open.

    The stronger one's record is taken unless it leaves more open in all. Where it has none, the first one's stays. Extractions and errors carry the
    attempts of both. Raises what ``ask`` raises: the first model's error if it is not about the article, and the stronger one's if that is
    not, or if neither gave a record.
    """
    try:
        first = await ask(model)
    except AntqError as error:
        if not is_about_the_article(error) or error.kind == "rejected":
            raise
        return await _instead(ask, stronger, error, f"{model} gave no valid record ({error.kind})")
    left = open_in(first)
    if not left.total:
        return first
    reason = f"{model} left {left}"
    try:
        second = await ask(stronger)
    except AntqError as error:
        error.attempts, error.escalated = (*first.attempts, *error.attempts), True
        if not is_about_the_article(error):
            raise
        return _noted(
            first,
            f"{stronger} was asked since {reason}, and gave no valid record; that of {model} stays: {error}",
            error.attempts,
        )
    attempts, left_by_second = (*first.attempts, *second.attempts), open_in(second)
    if left_by_second.total > left.total:
        return _noted(
            first,
            f"{stronger} was asked since {reason}, and left {left_by_second}: the record of {model} stays",
            attempts,
        )
    return _noted(second, f"{stronger} was asked since {reason}", attempts)


def open_in(extraction: Extraction[Any]) -> Open:
    """Return how much an extraction leaves open; figures are counted for schemas whose figures can be held against the article."""
    kept = sum(warning.kind == "ungrounded" for warning in extraction.warnings)
    figures = 0
    if has_figures(extraction.schema):
        figures = len(
            unaccounted_figures(
                extraction.schema.dump(extraction.record), AnalyzedArticle(extraction.article.text)
            )
        )
    return Open(extraction.dropped + kept, figures)


async def _instead(
    ask: Callable[[str], Awaitable[Extraction[T]]], stronger: str, failed: AntqError, reason: str
) -> Extraction[T]:
    """Return what the stronger model gives for an article of which the first one gave no record."""
    try:
        second = await ask(stronger)
    except AntqError as error:
        error.attempts, error.escalated = (*failed.attempts, *error.attempts), True
        # The message is all that a line of failures says of the models.
        error.args = (f"{stronger} was asked since {reason}: {error}",)
        raise
    return _noted(
        second, f"{stronger} was asked since {reason}", (*failed.attempts, *second.attempts)
    )


def _noted(extraction: Extraction[T], message: str, attempts: tuple[Any, ...]) -> Extraction[T]:
    return replace(
        extraction,
        attempts=attempts,
        warnings=(RecordWarning(kind=ESCALATED, message=message), *extraction.warnings),
    )
