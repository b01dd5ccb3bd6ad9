"""Lookup of the counterpart of an item or value in another record of the same article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from antq_llm.core.json_pointer import child_pointer, parts_of
from antq_llm.scoring.item_matching import pair_items
from antq_llm.scoring.profile import ListRule, ObjectRule, Rule, ScoringProfile


def counterpart_of(pointer: str, data: Any, other: Any, profile: ScoringProfile) -> str | None:
    """Return the pointer to the corresponding place in another record, or None if there is none.

    Items in lists of objects are matched by identity, other list elements by value and fields by
    key.
    """
    place = ""
    rule: Rule | None = profile.record
    for part in parts_of(pointer):
        if isinstance(data, list):
            if not isinstance(other, list):
                return None
            index = _matching_index(int(part), data, other, rule)
            if index is None:
                return None
            place, data, other = child_pointer(place, index), data[int(part)], other[index]
            rule = rule.item if isinstance(rule, ListRule) else None
        else:
            if not isinstance(data, dict) or not isinstance(other, dict) or part not in other:
                return None
            place, data, other = child_pointer(place, part), data[part], other[part]
            rule = rule.fields.get(part) if isinstance(rule, ObjectRule) else None
    return place


def _matching_index(
    index: int, items: Sequence[Any], others: Sequence[Any], rule: Rule | None
) -> int | None:
    if isinstance(rule, ListRule) and all(isinstance(item, dict) for item in (*items, *others)):
        return dict(pair_items(items, others, rule)).get(index)
    if index < len(others) and others[index] == items[index]:
        return index
    return next((place for place, value in enumerate(others) if value == items[index]), None)
