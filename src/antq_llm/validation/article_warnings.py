"""Warnings about an accepted record, such as omissions and text that addresses a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel

from antq_llm.core.excerpt import excerpt
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.prompts.injection import find_injections
from antq_llm.schemas.base import Schema
from antq_llm.validation.checks import CheckedRecord, can_be_checked, has_figures
from antq_llm.validation.findings import Finding
from antq_llm.validation.rules.article_rules import dates_by_metadata
from antq_llm.validation.unaccounted import unaccounted_figures, unaccounted_mentions
from antq_llm.validation.warnings import RecordWarning

T = TypeVar("T", bound=BaseModel)

MANY_MENTIONS = 5
"""Minimum number of figures, dates and names in an article for an empty record to be reported."""


def article_warnings(
    checked: CheckedRecord[T], schema: Schema[Any], analyzed: AnalyzedArticle
) -> list[RecordWarning]:
    """Return the warnings about a record and its article.

    The warnings are about unverified or disputed values, unchecked or empty records, text that
    addresses a model and dates whose year is only in the metadata. Figures, dates and names in the
    article that are in no item are also reported if the schema has fields for them.
    """
    return [
        *(
            RecordWarning(
                kind="unverified", message=str(finding.fault), pointer=finding.fault.pointer
            )
            for finding in checked.unverified
        ),
        *map(_disputed, checked.disputed),
        *_dates_by_metadata(checked, schema, analyzed),
        *_unchecked(checked, schema),
        *_injections(analyzed),
        *_unaccounted(checked, schema, analyzed),
        *_empty(checked.data, analyzed),
    ]


def _disputed(finding: Finding) -> RecordWarning:
    fault = finding.fault
    return RecordWarning(
        kind="disputed",
        message=f"{fault.pointer}: the model insists on {fault.given}, "
        f"but the check says: {fault.message}",
        pointer=fault.pointer,
    )


def _dates_by_metadata(
    checked: CheckedRecord[T], schema: Schema[Any], analyzed: AnalyzedArticle
) -> Iterator[RecordWarning]:
    for date in dates_by_metadata(checked.data, analyzed, schema):
        yield RecordWarning(
            kind="dated_by_metadata",
            message=f"the year of {date.value} is given only by the publication date in the "
            f"metadata, {analyzed.published}, not by the text",
            pointer=date.pointer,
        )


def _unchecked(checked: CheckedRecord[T], schema: Schema[Any]) -> Iterator[RecordWarning]:
    if not checked.evidence and not can_be_checked(schema):
        yield RecordWarning(
            kind="unchecked",
            message="nothing in this record was checked against the article: its schema has "
            "neither quotes nor roles (docs/design/roles.md)",
        )


def _injections(analyzed: AnalyzedArticle) -> Iterator[RecordWarning]:
    plain, positions = analyzed.plain.text, analyzed.positions
    for begin, words in find_injections(plain):
        start = positions.start_of(begin)
        yield RecordWarning(
            kind="injection",
            message=f"text at offset {start} addresses a model: {excerpt(words)}",
            start=start,
            end=positions.end_of(plain.index(words, begin) + len(words) - 1),
        )


def _unaccounted(
    checked: CheckedRecord[T], schema: Schema[Any], analyzed: AnalyzedArticle
) -> Iterator[RecordWarning]:
    if has_figures(schema):
        for figure in unaccounted_figures(checked.data, schema.roles, analyzed):
            words = f"{figure.text}{_percent_sign(analyzed, figure.end)}"
            yield RecordWarning(
                kind="unaccounted",
                message=f"the figure {words} at offset {figure.start} is in no item",
                start=figure.start,
                end=figure.end,
            )
    spans = [(evidence.start, evidence.end) for evidence in checked.evidence]
    for mention in unaccounted_mentions(checked.data, spans, schema.roles, analyzed):
        yield RecordWarning(
            kind="unaccounted",
            message=f"the {mention.noun} {mention.text} at offset {mention.start} is in no item",
            start=mention.start,
            end=mention.end,
        )


def _empty(data: Any, analyzed: AnalyzedArticle) -> Iterator[RecordWarning]:
    if _has_value(data):
        return
    mentions = len(analyzed.numbers) + len(analyzed.dates) + len(analyzed.names)
    if mentions >= MANY_MENTIONS:
        yield RecordWarning(
            kind="empty",
            message=f"the record is empty, but the article has {mentions} figures, dates and names",
        )


def _has_value(data: Any) -> bool:
    if isinstance(data, dict):
        return any(map(_has_value, data.values()))
    if isinstance(data, list):
        return any(map(_has_value, data))
    return data is not None and data != ""


def _percent_sign(analyzed: AnalyzedArticle, position: int) -> str:
    return "%" if analyzed.plain_text(position, position + 2).startswith("%") else ""
