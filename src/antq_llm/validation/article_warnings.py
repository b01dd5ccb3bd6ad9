"""Warnings about an accepted record: text in no item, and text that addresses a model."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel

from antq_llm.core.excerpt import excerpt
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.prompts.injection import find_injections
from antq_llm.schemas.base import Schema
from antq_llm.validation.checks import CheckedRecord, has_figures
from antq_llm.validation.unaccounted import unaccounted_figures, unaccounted_mentions
from antq_llm.validation.warnings import RecordWarning

T = TypeVar("T", bound=BaseModel)


def article_warnings(
    checked: CheckedRecord[T], schema: Schema[Any], analyzed: AnalyzedArticle
) -> list[RecordWarning]:
    """Warn of text that addresses a model, and of figures, dates and names in no item."""
    warnings = [
        RecordWarning(
            kind="injection",
            message=(
                f"text that addresses a model at {analyzed.positions.start_of(start)}: "
                f"{excerpt(words)}"
            ),
        )
        for start, words in find_injections(analyzed.plain.text)
    ]
    if has_figures(schema):
        warnings += [
            RecordWarning(
                kind="unaccounted",
                message=(
                    f"the figure {mention.text}{_percent_sign(analyzed, mention.end)} "
                    f"at {mention.start} is in no item"
                ),
            )
            for mention in unaccounted_figures(checked.data, analyzed)
        ]
        spans = [(evidence.start, evidence.end) for evidence in checked.evidence]
        warnings += [
            RecordWarning(
                kind="unaccounted",
                message=f"the {mention.noun} {mention.text} at {mention.start} is in no item",
            )
            for mention in unaccounted_mentions(checked.data, spans, analyzed)
        ]
    return warnings


def _percent_sign(analyzed: AnalyzedArticle, position: int) -> str:
    return "%" if analyzed.plain_text(position, position + 2).startswith("%") else ""
