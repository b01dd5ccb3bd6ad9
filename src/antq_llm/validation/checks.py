"""Checking a record against its schema and its article, and dropping what is not supported."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from antq_llm.core.excerpt import excerpt
from antq_llm.core.json_pointer import (
    before_removal,
    child_pointer,
    last_part,
    remove_items,
    value_at,
)
from antq_llm.evidence.grounding import QUOTE, ground
from antq_llm.evidence.spans import Evidence, Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import Fault, InvalidAnswer, fault_at
from antq_llm.schemas.references import drop_dependents
from antq_llm.validation.answer import read_answer
from antq_llm.validation.article_rules import Inconsistency, check_report
from antq_llm.validation.warnings import RecordWarning

T = TypeVar("T", bound=BaseModel)

_CHECKS: Mapping[str, Callable[[Any, Mapping[str, Span], AnalyzedArticle], list[Inconsistency]]] = {
    "movement_report/1": check_report
}
"""The checks of values against the article, by kind of schema."""


@dataclass(frozen=True)
class CheckedRecord(Generic[T]):
    """A record that satisfies its schema, with the items that its article does not support."""

    record: T
    data: Any
    evidence: tuple[Evidence, ...]
    faults: tuple[Fault, ...]
    unsupported: Mapping[str, str]
    """The reason to drop each item that has a fault, by pointer."""


def check_answer(text: str, schema: Schema[T], analyzed: AnalyzedArticle) -> CheckedRecord[T]:
    """Read an answer and check it against its article.

    Raises InvalidAnswer if it does not satisfy the schema.
    """
    return check_record(read_answer(text, schema), schema, analyzed)


def check_record(record: T, schema: Schema[T], analyzed: AnalyzedArticle) -> CheckedRecord[T]:
    """Check a record's quotes and values against its article.

    The quotes of the result are spelled as in the article.
    """
    data = schema.dump(record)
    grounding = ground(data, analyzed.aligner)
    if grounding.data is not data:
        data, record = grounding.data, schema.read_data(grounding.data)
    faults = [
        _not_found(child_pointer(pointer, QUOTE), value_at(data, pointer)[QUOTE], analyzed)
        for pointer in grounding.missing
    ]
    unsupported = dict.fromkeys(grounding.missing, "its quote does not appear in the article")
    if check := _CHECKS.get(schema.reference):
        spans = {
            evidence.pointer: (evidence.start, evidence.end) for evidence in grounding.evidence
        }
        inconsistencies = [
            inconsistency
            for inconsistency in check(data, spans, analyzed)
            if inconsistency.item not in unsupported
        ]
        faults += [inconsistency.fault for inconsistency in inconsistencies]
        unsupported |= {item: _reason(fault) for item, fault in inconsistencies}
    return CheckedRecord(record, data, grounding.evidence, tuple(faults), unsupported)


def drop_unsupported(
    checked: CheckedRecord[T], schema: Schema[T], analyzed: AnalyzedArticle
) -> tuple[CheckedRecord[T], list[RecordWarning]]:
    """Drop the unsupported items and those that depend on them, with a warning for each.

    Raises InvalidAnswer if no valid record is left.
    """
    warnings: list[RecordWarning] = []
    while checked.unsupported:
        data = copy.deepcopy(checked.data)
        warnings += [
            RecordWarning(
                kind="dropped",
                message=f"{pointer} was dropped: {reason}: {_shown(value_at(data, pointer))}",
            )
            for pointer, reason in checked.unsupported.items()
        ]
        if not remove_items(data, checked.unsupported):
            raise InvalidAnswer(checked.faults)
        dependents = before_removal(drop_dependents(data, schema.roles), checked.unsupported)
        warnings += [
            RecordWarning(
                kind="dropped", message=f"{pointer} was dropped with the person who said it"
            )
            for pointer in dependents
        ]
        checked = check_record(schema.read_data(data), schema, analyzed)
    return checked, warnings


def _reason(fault: Fault) -> str:
    return f"{last_part(fault.pointer)}: {fault.message}"


def _shown(value: Any) -> str:
    return excerpt(json.dumps(value, ensure_ascii=False))


def has_figures(schema: Schema[Any]) -> bool:
    """Whether figures of the article that no item states can be found for a schema."""
    return schema.reference in _CHECKS


def _not_found(pointer: str, quote: str, analyzed: AnalyzedArticle) -> Fault:
    # Sent to the model: do not edit.
    message = "this passage does not stand in the article: copy it verbatim, or leave the item out"
    if nearest := analyzed.aligner.nearest(quote):
        message += f"; the nearest passage is {json.dumps(nearest, ensure_ascii=False)}"
    return fault_at(pointer, message, quote)
