"""How much samples of an answer agree, on a whole record and on each of its items."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from antq_llm.core.json_pointer import child_pointer
from antq_llm.schemas.declared_roles import QUOTE_KEY
from antq_llm.scoring.item_matching import pair_items
from antq_llm.scoring.profile import ListRule, ObjectRule, ScoringProfile
from antq_llm.scoring.record_diff import RecordDiff, SlotCounts


def agreements(
    data: Any, samples: Sequence[Any], profile: ScoringProfile
) -> list[tuple[str, float]]:
    """Return the samples' agreement on each item of a record, by pointer, from 0 to 1.

    Items are those of lists of objects, also inside other items, and objects with a quote. The
    agreement is the mean, over the samples, of the relaxed F1 of the item's slots against those of
    the sample's matching item; a sample without such an item counts as 0.
    """
    return list(_agreements(data, samples, profile.record, "")) if isinstance(data, dict) else []


def similarity_of(first: Any, second: Any, rule: ObjectRule) -> float:
    """Return the relaxed F1 of two objects' slots, 0 if one of them is not an object."""
    if not (isinstance(first, dict) and isinstance(second, dict)):
        return 0.0
    f1 = SlotCounts.merged(RecordDiff(first, second, rule).slots.values()).relaxed().f1
    return 1.0 if f1 is None else f1


def _agreements(
    value: Mapping[str, Any], others: Sequence[Any], rule: ObjectRule, pointer: str
) -> Iterator[tuple[str, float]]:
    """Yield the agreement on the items inside an object.

    ``others`` are the samples' values in its place, None where there is none.
    """
    for name, child in rule.fields.items():
        here = value.get(name)
        place = child_pointer(pointer, name)
        theirs = [other.get(name) if isinstance(other, dict) else None for other in others]
        if isinstance(child, ObjectRule) and isinstance(here, dict):
            yield from _agreement_on(here, theirs, child, place, is_item=_is_item(here, child))
        elif isinstance(child, ListRule) and isinstance(here, list):
            lists = [their if isinstance(their, list) else [] for their in theirs]
            partners = [dict(pair_items(here, their, child)) for their in lists]
            for index, item in enumerate(here):
                paired = [
                    their[pairs[index]] if index in pairs else None
                    for pairs, their in zip(partners, lists, strict=True)
                ]
                yield from _agreement_on(item, paired, child.item, f"{place}/{index}", is_item=True)


def _is_item(value: Mapping[str, Any], rule: ObjectRule) -> bool:
    return QUOTE_KEY in value or rule.passage in value


def _agreement_on(
    item: Any, others: Sequence[Any], rule: ObjectRule, pointer: str, *, is_item: bool
) -> Iterator[tuple[str, float]]:
    if is_item:
        yield pointer, math.fsum(similarity_of(item, other, rule) for other in others) / len(others)
    if isinstance(item, dict):
        yield from _agreements(item, others, rule, pointer)
