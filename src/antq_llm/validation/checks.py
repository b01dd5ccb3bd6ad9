"""From a completion to a record, or to what the model is told when it is asked again. Nothing here calls a model."""

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
from antq_llm.validation.answer import read_answer
from antq_llm.validation.article_rules import Inconsistency, check_report
from antq_llm.validation.warnings import RecordWarning

T = TypeVar("T", bound=BaseModel)

_CHECKS: Mapping[str, Callable[[Any, Mapping[str, Span], AnalyzedArticle], list[Inconsistency]]] = {
    "movement_report/1": check_report
}
"""The checks of values against the article, by the schema whose fields they know."""


@dataclass(frozen=True)
class CheckedRecord(Generic[T]):
    """An answer that satisfies its schema, and what of it the article does not bear out."""

    record: T
    data: Any
    evidence: tuple[Evidence, ...]
    faults: tuple[Fault, ...]
    unsupported: Mapping[str, str]
    """The items that fall if their faults stay, by pointer, each with the reason."""


def check_answer(text: str, schema: Schema[T], analyzed: AnalyzedArticle) -> CheckedRecord[T]:
    """Read an answer and hold it against its schema and its article; InvalidAnswer where the schema is not satisfied.

    Quotes come back as they stand in the article.
    """
    record = read_answer(text, schema)
    return check_record(record, schema, analyzed)


def check_record(record: T, schema: Schema[T], analyzed: AnalyzedArticle) -> CheckedRecord[T]:
    """Hold a record against its article: every quote, and what its schema's own check finds."""
    data = schema.dump(record)
    grounding = ground(data, analyzed.aligner)
    if grounding.data is not data:
        data, record = grounding.data, schema.read_data(grounding.data)
    faults = [
        _not_found(child_pointer(pointer, QUOTE), value_at(data, pointer)[QUOTE], analyzed)
        for pointer in grounding.missing
    ]
    unsupported = dict.fromkeys(grounding.missing, "its quote does not stand in the article")
    if check := _CHECKS.get(schema.kind or ""):
        spans = {
            evidence.pointer: (evidence.start, evidence.end) for evidence in grounding.evidence
        }
        found = [one for one in check(data, spans, analyzed) if one.item not in unsupported]
        faults += [one.fault for one in found]
        unsupported |= {
            one.item: f"{last_part(one.fault.pointer)}: {one.fault.message}" for one in found
        }
    return CheckedRecord(record, data, grounding.evidence, tuple(faults), unsupported)


def drop_unsupported(
    checked: CheckedRecord[T], schema: Schema[T], analyzed: AnalyzedArticle
) -> tuple[CheckedRecord[T], list[RecordWarning]]:
    """Return the judgement with its doubtful items dropped, and what rested on them, with a warning for each; InvalidAnswer if nothing valid is left."""
    warnings: list[RecordWarning] = []
    while checked.unsupported:
        data = copy.deepcopy(checked.data)
        warnings += [
            RecordWarning(
                kind="dropped",
                message=f"{pointer} was dropped: {reason}: {excerpt(json.dumps(value_at(data, pointer), ensure_ascii=False))}",
            )
            for pointer, reason in checked.unsupported.items()
        ]
        if not remove_items(data, checked.unsupported):
            raise InvalidAnswer(checked.faults)
        dependents = before_removal(schema.drop_dependents(data), checked.unsupported)
        warnings += [
            RecordWarning(
                kind="dropped", message=f"{pointer} was dropped with the person who said it"
            )
            for pointer in dependents
        ]
        checked = check_record(schema.read_data(data), schema, analyzed)
    return checked, warnings


def has_figures(schema: Schema[Any]) -> bool:
    """Whether a schema's figures can be held against those of the article."""
    return schema.kind in _CHECKS


def _not_found(pointer: str, quote: str, analyzed: AnalyzedArticle) -> Fault:
    nearest = analyzed.aligner.nearest(quote)
    hint = f"; the nearest passage is {json.dumps(nearest, ensure_ascii=False)}" if nearest else ""
    return fault_at(
        pointer,
        f"this passage does not stand in the article: copy it verbatim, or leave the item out{hint}",
        quote,
    )
