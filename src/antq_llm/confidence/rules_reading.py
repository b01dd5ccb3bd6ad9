"""Comparison of items with those that the schema's rules find, as a free second opinion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from antq_llm.records.agreement import similarity_of
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.scoring.field_rules import FieldRule
from antq_llm.scoring.profile import ObjectRule
from antq_llm.scoring.record_diff import RecordDiff


@dataclass(frozen=True, slots=True)
class RulesReading:
    """The record that a schema's rules find in an article."""

    data: Any = field(default_factory=dict)
    characters_read: int = 0
    """The number of characters at the article's start that the rules read; 0 without a record."""

    def signals(self, item: Any, read: Any, rule: ObjectRule, start: int) -> dict[str, float]:
        """Return signals that measure how an item differs from ``read``.

        ``read`` is the corresponding item that the rules found, or None. ``start`` is the offset of
        the item's quote; the result is empty if the rules did not read that far.
        """
        if start >= self.characters_read:
            return {}
        if read is None:
            return {"rules_missing": 1.0}
        differences = RecordDiff(read, item, rule).discrepancies
        different = {found.field for found in differences}
        passages = {
            name
            for name, child in rule.fields.items()
            if isinstance(child, FieldRule) and child.kind == "passage"
        }
        return {
            "rules_equal": float(not different),
            "rules_differences": float(len(differences)),
            "rules_similarity": similarity_of(read, item, rule),
            "rules_quote_differs": float(bool(different & passages)),
        }


def read_by_rules(text: str, schema: Schema[Any]) -> RulesReading:
    """Read a text with a schema's rules; without rules or a valid record, the result is empty."""
    hook = schema.hooks.get("baseline")
    if hook is None:
        return RulesReading()
    read = hook(text)
    try:
        data: Mapping[str, Any] = schema.dump(schema.read_data(read.data))
    except InvalidAnswer:
        return RulesReading()
    return RulesReading(data, read.characters_read)
