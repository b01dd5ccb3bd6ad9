"""The agreement of samples on each item of a record."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from antq_llm.core.json_pointer import child_pointer
from antq_llm.schemas.declared.declared_roles import QUOTE_KEY
from antq_llm.scoring.item_matching import pair_items
from antq_llm.scoring.profile import ListRule, ObjectRule, ScoringProfile
from antq_llm.scoring.record_diff import RecordDiff, SlotCounts


@dataclass(frozen=True, slots=True)
class ItemCounterparts:
    """An item of a record, with its counterparts in other records."""

    pointer: str
    """The JSON Pointer to the item in the record."""
    path: str
    """The dotted path of the item's list, or of the item itself if it is not in a list."""
    item: Any
    others: Sequence[Any]
    """The item in each of the other records; None where it is missing."""
    rule: ObjectRule
    """The rule by which the item is compared."""


def item_counterparts(
    data: Any, others: Sequence[Any], profile: ScoringProfile
) -> Iterator[ItemCounterparts]:
    """Yield the items of a record, each with its counterparts in other records of the same schema.

    The items are all objects in lists, including lists inside other items, and all other objects
    that have a quote.
    """
    if isinstance(data, dict):
        yield from _items_in(data, others, profile.record, "", "")


def agreements(
    data: Any, samples: Sequence[Any], profile: ScoringProfile
) -> list[tuple[str, float]]:
    """Return each item's pointer and the samples' agreement on it, from 0 to 1.

    The score of each sample is the relaxed F1 of the item's slots against the matching item in the
    sample, or 0 if no item matches. The agreement is the mean of these scores.
    """
    return [
        (
            found.pointer,
            math.fsum(similarity_of(found.item, other, found.rule) for other in found.others)
            / len(found.others),
        )
        for found in item_counterparts(data, samples, profile)
    ]


def differs(first: Any, second: Any, rule: ObjectRule) -> bool:
    """Return whether two objects differ under strict scoring; None differs from every object."""
    if first is None or second is None:
        return first is not second
    return bool(RecordDiff(first, second, rule).discrepancies)


def similarity_of(first: Any, second: Any, rule: ObjectRule) -> float:
    """Return the relaxed F1 of two objects' slots, or 0 if either value is not an object.

    The F1 is 1 if neither object has a value to compare.
    """
    if not (isinstance(first, dict) and isinstance(second, dict)):
        return 0.0
    f1 = SlotCounts.merged(RecordDiff(first, second, rule).slots.values()).relaxed().f1
    return 1.0 if f1 is None else f1


def _items_in(
    value: Mapping[str, Any], others: Sequence[Any], rule: ObjectRule, pointer: str, prefix: str
) -> Iterator[ItemCounterparts]:
    """Yield the items inside an object; ``others`` are its counterparts in other records."""
    for name, child in rule.fields.items():
        here = value.get(name)
        place, path = child_pointer(pointer, name), prefix + name
        theirs = [other.get(name) if isinstance(other, dict) else None for other in others]
        if isinstance(child, ObjectRule) and isinstance(here, dict):
            if _is_item(here, child):
                yield ItemCounterparts(place, path, here, theirs, child)
            yield from _items_in(here, theirs, child, place, f"{path}.")
        elif isinstance(child, ListRule) and isinstance(here, list):
            lists = [their if isinstance(their, list) else [] for their in theirs]
            partners = [dict(pair_items(here, their, child)) for their in lists]
            for index, item in enumerate(here):
                paired = [
                    their[pairs[index]] if index in pairs else None
                    for pairs, their in zip(partners, lists, strict=True)
                ]
                inner = f"{place}/{index}"
                yield ItemCounterparts(inner, path, item, paired, child.item)
                if isinstance(item, dict):
                    yield from _items_in(item, paired, child.item, inner, f"{path}.")


def _is_item(value: Mapping[str, Any], rule: ObjectRule) -> bool:
    return QUOTE_KEY in value or rule.passage in value
