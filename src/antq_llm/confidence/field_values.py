"""The values of an item's fields, selected by the kind of rule that compares them."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from antq_llm.scoring.field_rules import FieldRule, RuleKind, is_empty
from antq_llm.scoring.profile import ObjectRule, Rule


def texts_of(value: Any, rule: Rule, kinds: Set[RuleKind]) -> Iterator[str]:
    """Yield the texts in those fields of an item that are compared by rules of the given kinds."""
    for field_value, field_rule in _fields_of(value, rule):
        if _is_of(field_rule, kinds):
            elements = field_value if isinstance(field_value, list) else [field_value]
            yield from (text for text in elements if isinstance(text, str) and not is_empty(text))


def filled_fields(value: Any, rule: Rule) -> int:
    """Return how many of an item's own fields have a value; a list of items counts as one field."""
    return sum(not is_empty(field_value) for field_value, _ in _fields_of(value, rule))


def empty_share(value: Any, rule: Rule, kinds: Set[RuleKind]) -> float:
    """Return the share of empty fields among those compared by rules of the given kinds."""
    empty = [
        is_empty(field_value)
        for field_value, field_rule in _fields_of(value, rule)
        if _is_of(field_rule, kinds)
    ]
    return sum(empty) / len(empty) if empty else 0.0


def _fields_of(value: Any, rule: Rule) -> Iterator[tuple[Any, Rule]]:
    """Yield the value and the rule of each field; the values in a missing object are None."""
    if isinstance(rule, ObjectRule):
        for name, child in rule.fields.items():
            yield from _fields_of(value.get(name) if isinstance(value, dict) else None, child)
    else:
        yield value, rule


def _is_of(rule: Rule, kinds: Set[RuleKind]) -> bool:
    """Return whether a field, or each of its elements, is compared by a rule of the given kinds."""
    return isinstance(rule, FieldRule) and (rule.element or rule).kind in kinds
