"""Checking an answer against its schema and its article, and dropping unsupported items.

The answer's own JSON is edited and validated, while the rules read the dump of its record.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
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
from antq_llm.evidence.grounding import Grounding, quoted_items
from antq_llm.evidence.spans import Evidence
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.base import Schema
from antq_llm.schemas.declared.references import drop_dependents
from antq_llm.schemas.faults import Fault, InvalidAnswer, fault_at
from antq_llm.validation.answer import parse_answer
from antq_llm.validation.answer_edits import answer_without
from antq_llm.validation.findings import Finding
from antq_llm.validation.grounded_answer import ground_answer
from antq_llm.validation.insistence import NO_INSISTENCE, GivenValues, Insistence
from antq_llm.validation.rules.article_rules import check_values
from antq_llm.validation.rules.rule_plan import rule_plan
from antq_llm.validation.rules.support import has_support
from antq_llm.validation.warnings import RecordWarning

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class CheckedRecord(Generic[T]):
    """A record that satisfies its schema, with the results of the checks against its article."""

    record: T
    answer: Any
    """The answer's own JSON; ``record`` is its validated form."""
    data: Any
    """The dump of the record."""
    evidence: tuple[Evidence, ...]
    missing: Mapping[str, Fault]
    """The fault for each quote that is not in the article, by its item's pointer."""
    contradicted: tuple[Finding, ...]
    """Values that the article contradicts."""
    unverified: tuple[Finding, ...]
    """Values that the article neither supports nor contradicts."""
    disputed: tuple[Finding, ...] = ()
    """Values that a check contradicts, kept because the model insists on them."""

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """The faults for missing quotes, then those for contradicted values."""
        return (*self.missing.values(), *(finding.fault for finding in self.contradicted))

    @cached_property
    def unsupported(self) -> Mapping[str, str]:
        """The reason for dropping each item that has a fault, by pointer."""
        return dict.fromkeys(self.missing, "its quote does not appear in the article") | {
            finding.item: _reason(finding.fault) for finding in self.contradicted
        }

    @property
    def insistence(self) -> Insistence:
        """An insistence on the disputed values, for checking another record with the same items."""
        return Insistence((_values_of(self.data, self.disputed),))

    @property
    def refused(self) -> GivenValues:
        """The contradicted values, about which the model can be asked again."""
        return _values_of(self.data, self.contradicted)


def check_answer(
    text: str,
    schema: Schema[T],
    analyzed: AnalyzedArticle,
    insistence: Insistence = NO_INSISTENCE,
) -> CheckedRecord[T]:
    """Read an answer and check it against its article.

    A contradicted value counts as disputed if ``insistence`` covers it and the article may support
    it. Raises InvalidAnswer if the answer does not satisfy the schema.
    """
    answer = parse_answer(text, schema)
    return _checked(answer.record, answer.json, schema, analyzed, (insistence,))


def check_record(
    answer: Any, schema: Schema[T], analyzed: AnalyzedArticle, *insistences: Insistence
) -> CheckedRecord[T]:
    """Check a record's quotes and values against its article.

    ``answer`` is JSON data as a model gives it, not the record's dump. The quotes in the result are
    spelled as in the article. Raises InvalidAnswer if the answer does not satisfy the schema.
    """
    return _checked(schema.read_data(answer), answer, schema, analyzed, insistences)


def drop_unsupported(
    checked: CheckedRecord[T], schema: Schema[T], analyzed: AnalyzedArticle
) -> tuple[CheckedRecord[T], list[RecordWarning]]:
    """Drop the unsupported items and their dependents, with a warning for each.

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
            # A validator replaces null with a value that is not in the article either.
            raise InvalidAnswer(checked.faults)
        checked = check_record(answer, schema, analyzed, checked.insistence)
    return checked, warnings


def can_be_checked(schema: Schema[Any]) -> bool:
    """Return whether a schema has quotes or values that can be checked against an article."""
    return bool(rule_plan(schema.roles).items)


def has_figures(schema: Schema[Any]) -> bool:
    """Return whether a schema has figures; only then can missing figures be reported."""
    return bool(rule_plan(schema.roles).figures)


def _checked(
    record: T,
    answer: Any,
    schema: Schema[T],
    analyzed: AnalyzedArticle,
    insistences: Sequence[Insistence],
) -> CheckedRecord[T]:
    record, answer, grounding = ground_answer(record, answer, schema, analyzed)
    data = grounding.original
    missing = _missing_quotes(grounding, analyzed)
    spans = {evidence.pointer: (evidence.start, evidence.end) for evidence in grounding.evidence}
    found: dict[str, list[Finding]] = {"contradicted": [], "cannot_tell": [], "disputed": []}
    for finding in check_values(data, spans, analyzed, schema):
        if finding.item not in missing:
            is_disputed = finding.verdict == "contradicted" and _is_disputed(
                finding, data, schema, analyzed, insistences
            )
            found["disputed" if is_disputed else finding.verdict].append(finding)
    return CheckedRecord(
        record=record,
        answer=answer,
        data=data,
        evidence=grounding.evidence,
        missing=missing,
        contradicted=tuple(found["contradicted"]),
        unverified=tuple(found["cannot_tell"]),
        disputed=tuple(found["disputed"]),
    )


def _is_disputed(
    finding: Finding,
    data: Any,
    schema: Schema[Any],
    analyzed: AnalyzedArticle,
    insistences: Sequence[Insistence],
) -> bool:
    """Return whether a value is kept although a check objects to it."""
    return any(
        insistence.covers(finding, data, schema) for insistence in insistences
    ) and has_support(finding.fault.pointer, data, schema.roles, analyzed)


def _values_of(data: Any, findings: Sequence[Finding]) -> GivenValues:
    return GivenValues(data, frozenset(finding.fault.pointer for finding in findings))


def _dropped(data: Any, pointer: str, reason: str) -> RecordWarning:
    return RecordWarning(
        kind="dropped",
        message=f"{pointer} was dropped: {reason}",
        item=value_at(data, pointer),
    )


def _reason(fault: Fault) -> str:
    key = last_part(fault.pointer)
    # An index would add nothing to the item's pointer.
    return fault.message if key.isdecimal() else f"{key}: {fault.message}"


def _shown(value: Any) -> str:
    return excerpt(json.dumps(value, ensure_ascii=False))


def _missing_quotes(grounding: Grounding, analyzed: AnalyzedArticle) -> dict[str, Fault]:
    if not grounding.missing:
        return {}
    missing = set(grounding.missing)
    return {
        quoted.pointer: _not_found(
            child_pointer(quoted.pointer, quoted.key), quoted.quote, analyzed
        )
        for quoted in grounding.items
        if quoted.pointer in missing
    }


def _not_found(pointer: str, quote: str, analyzed: AnalyzedArticle) -> Fault:
    # Sent to the model: do not edit.
    message = "this passage does not stand in the article: copy it verbatim, or leave the item out"
    if nearest := analyzed.aligner.nearest(quote):
        message += f"; the nearest passage is {json.dumps(nearest, ensure_ascii=False)}"
    return fault_at(pointer, message, quote)
