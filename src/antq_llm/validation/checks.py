"""Checking an answer against its schema and its article, and dropping what is not supported.

The answer's own JSON is what is edited and validated; rules read the dump of its record.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
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
from antq_llm.evidence.grounding import Grounding, QuotePaths, ground, quoted_items
from antq_llm.evidence.spans import Evidence
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.base import Schema
from antq_llm.schemas.declared.references import drop_dependents
from antq_llm.schemas.faults import Fault, InvalidAnswer, fault_at
from antq_llm.validation.answer import parse_answer
from antq_llm.validation.answer_edits import answer_without, respelled_answer
from antq_llm.validation.article_rules import check_values
from antq_llm.validation.findings import Finding
from antq_llm.validation.rule_plan import rule_plan
from antq_llm.validation.warnings import RecordWarning

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class CheckedRecord(Generic[T]):
    """A record that satisfies its schema, with what its article does not support."""

    record: T
    answer: Any
    """The answer's own JSON, of which ``record`` is the validated form."""
    data: Any
    """The dump of the record."""
    evidence: tuple[Evidence, ...]
    faults: tuple[Fault, ...]
    """What the article contradicts."""
    unsupported: Mapping[str, str]
    """The reason to drop each item that has a fault, by pointer."""
    unverified: tuple[Finding, ...]
    """What the article neither supports nor contradicts."""


def check_answer(text: str, schema: Schema[T], analyzed: AnalyzedArticle) -> CheckedRecord[T]:
    """Read an answer and check it against its article.

    Raises InvalidAnswer if it does not satisfy the schema.
    """
    answer = parse_answer(text, schema)
    return _checked(answer.record, answer.json, schema, analyzed)


def check_record(answer: Any, schema: Schema[T], analyzed: AnalyzedArticle) -> CheckedRecord[T]:
    """Check a record's quotes and values against its article.

    ``answer`` is the record as JSON data in the form that a model gives it, not its dump. The
    quotes of the result are spelled as in the article. Raises InvalidAnswer if the answer does not
    satisfy the schema.
    """
    return _checked(schema.read_data(answer), answer, schema, analyzed)


def drop_unsupported(
    checked: CheckedRecord[T], schema: Schema[T], analyzed: AnalyzedArticle
) -> tuple[CheckedRecord[T], list[RecordWarning]]:
    """Drop the unsupported items and those that depend on them, with a warning for each.

    Raises InvalidAnswer if no valid record is left.
    """
    warnings: list[RecordWarning] = []
    while checked.unsupported:
        warnings += [
            _dropped(checked.data, pointer, f"{reason}: {_shown(value_at(checked.data, pointer))}")
            for pointer, reason in checked.unsupported.items()
        ]
        remaining = copy.deepcopy(checked.data)
        if not remove_items(remaining, checked.unsupported):
            raise InvalidAnswer(checked.faults)
        dropped = drop_dependents(remaining, schema.roles, [checked.data])
        dependents = before_removal(dropped, checked.unsupported)
        warnings += [
            RecordWarning(
                kind="dropped",
                message=f"{pointer} was dropped with the item that it refers to",
                item=value_at(checked.data, pointer),
            )
            for pointer in dependents
        ]
        answer = answer_without(
            checked.answer,
            checked.data,
            quoted_items(checked.data, rule_plan(schema.roles).quote_paths),
            (*checked.unsupported, *dependents),
            schema,
        )
        if answer == checked.answer:
            # A validator puts a value in the place of a null, and the article lacks that too.
            raise InvalidAnswer(checked.faults)
        checked = check_record(answer, schema, analyzed)
    return checked, warnings


def can_be_checked(schema: Schema[Any]) -> bool:
    """Whether a schema has quotes or values that can be checked against an article."""
    return bool(rule_plan(schema.roles).items)


def has_figures(schema: Schema[Any]) -> bool:
    """Whether figures of the article that no item states can be found for a schema."""
    return bool(rule_plan(schema.roles).figures)


def _checked(
    record: T, answer: Any, schema: Schema[T], analyzed: AnalyzedArticle
) -> CheckedRecord[T]:
    paths = rule_plan(schema.roles).quote_paths
    grounding = ground(schema.dump(record), analyzed.aligner, paths)
    while grounding.spellings:
        respelled = respelled_answer(answer, grounding, schema)
        if respelled == answer:
            # A validator has its own spelling of quotes.
            break
        answer, record = respelled, schema.read_data(respelled)
        grounding = _grounded_again(schema.dump(record), grounding, paths, analyzed)
    data = grounding.original
    faults = _missing_quotes(grounding, analyzed)
    unsupported = dict.fromkeys(grounding.missing, "its quote does not appear in the article")
    spans = {evidence.pointer: (evidence.start, evidence.end) for evidence in grounding.evidence}
    findings = [
        finding
        for finding in check_values(data, spans, analyzed, schema)
        if finding.item not in grounding.missing
    ]
    contradicted = [finding for finding in findings if finding.verdict == "contradicted"]
    faults += [finding.fault for finding in contradicted]
    unsupported |= {finding.item: _reason(finding.fault) for finding in contradicted}
    return CheckedRecord(
        record=record,
        answer=answer,
        data=data,
        evidence=grounding.evidence,
        faults=tuple(faults),
        unsupported=unsupported,
        unverified=tuple(finding for finding in findings if finding.verdict == "cannot_tell"),
    )


def _grounded_again(
    data: Any, earlier: Grounding, paths: QuotePaths, analyzed: AnalyzedArticle
) -> Grounding:
    """Return the grounding of a record whose quotes were respelled.

    It is the earlier one, unless validators did something else with the new spellings, such as
    keeping an item that was equal to another before.
    """
    items = quoted_items(data, paths)
    expected = [
        (quoted.pointer, earlier.spellings.get(quoted.pointer, quoted.quote))
        for quoted in earlier.items
    ]
    if [(quoted.pointer, quoted.quote) for quoted in items] != expected:
        return ground(data, analyzed.aligner, paths)
    return Grounding(data, tuple(items), earlier.evidence, earlier.missing, {})


def _dropped(data: Any, pointer: str, reason: str) -> RecordWarning:
    return RecordWarning(
        kind="dropped",
        message=f"{pointer} was dropped: {reason}",
        item=value_at(data, pointer),
    )


def _reason(fault: Fault) -> str:
    key = last_part(fault.pointer)
    # An index says nothing that the pointer of the item does not.
    return fault.message if key.isdecimal() else f"{key}: {fault.message}"


def _shown(value: Any) -> str:
    return excerpt(json.dumps(value, ensure_ascii=False))


def _missing_quotes(grounding: Grounding, analyzed: AnalyzedArticle) -> list[Fault]:
    if not grounding.missing:
        return []
    missing = set(grounding.missing)
    return [
        _not_found(child_pointer(quoted.pointer, quoted.key), quoted.quote, analyzed)
        for quoted in grounding.items
        if quoted.pointer in missing
    ]


def _not_found(pointer: str, quote: str, analyzed: AnalyzedArticle) -> Fault:
    # Sent to the model: do not edit.
    message = "this passage does not stand in the article: copy it verbatim, or leave the item out"
    if nearest := analyzed.aligner.nearest(quote):
        message += f"; the nearest passage is {json.dumps(nearest, ensure_ascii=False)}"
    return fault_at(pointer, message, quote)
