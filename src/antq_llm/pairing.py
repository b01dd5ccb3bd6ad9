"""Which item of an extracted list is which item of the gold list: the best matching on the fields that identify items."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from antq_llm.comparison import FieldRule
from antq_llm.matching import Pairs, best_matching, is_settled
from antq_llm.scoring_profile import ListRule, ObjectRule

Item = Mapping[str, Any]
_Forms = tuple[Hashable, ...]


def pair_items(gold: Sequence[Item], extracted: Sequence[Item], rule: ListRule) -> Pairs:
    """Return which gold item (its index) is which extracted one, whatever their order.

    The pairs have the greatest total similarity (``identity_similarity``); pairs below the rule's threshold are none. Where
    matchings tie, agreement over all fields decides.
    """
    fields = _Identity(rule)
    forms, other_forms = [fields.forms(item) for item in gold], [fields.forms(item) for item in extracted]
    place = {form: index for index, form in enumerate(other_forms)}
    if len(gold) == len(extracted) == len(place) and place.keys() == set(forms):
        # Everything matches at the highest similarity in this one way, so nothing is to be optimised.
        return [(index, place[form]) for index, form in enumerate(forms)]
    similarity = np.array([[fields.similarity(one, other) for other in other_forms] for one in forms]).reshape(len(gold), len(extracted))
    rows, columns = list(range(len(gold))), list(range(len(extracted)))
    if not is_settled(similarity, threshold=rule.threshold):
        rows, columns = _canonical_order(gold, forms, rule.item), _canonical_order(extracted, other_forms, rule.item)
        similarity = similarity[np.ix_(rows, columns)]

    def agreement(row: int, column: int) -> float:
        return _agreement(gold[rows[row]], extracted[columns[column]], rule.item)

    pairs = best_matching(similarity, threshold=rule.threshold, agreement=agreement)
    return sorted((rows[row], columns[column]) for row, column in pairs)


def identity_similarity(gold: Item, extracted: Item, rule: ListRule) -> float:
    """Return the weighted mean of the relaxed similarities of the fields that identify an item, from 0 to 1.

    A field that says nothing on either side is left out; one that says something on one side only counts as different.
    A pair that cannot reach the rule's threshold any more may be given as 0.
    """
    fields = _Identity(rule)
    return fields.similarity(fields.forms(gold), fields.forms(extracted))


class _Identity:
    """The identifying fields of a list's items, those that are cheap to compare first."""

    def __init__(self, rule: ListRule) -> None:
        fields = [(rule.item.slot(path), tuple(path.split(".")), weight) for path, weight in rule.identity.items()]
        self._fields = sorted(fields, key=lambda field: field[0].kind in {"passage", "set"})
        self._threshold = rule.threshold

    def forms(self, item: Item) -> _Forms:
        """Return the normal forms of an item's identifying fields."""
        return tuple(rule.normal(_value_at(item, path)) for rule, path, _ in self._fields)

    def similarity(self, gold: _Forms, extracted: _Forms) -> float:
        """Return the similarity of two items by these forms; 0 as soon as the threshold is out of reach."""
        if gold == extracted:
            return 1.0
        given = [
            (rule, weight, one, other)
            for (rule, _, weight), one, other in zip(self._fields, gold, extracted, strict=True)
            if one is not None or other is not None
        ]
        total = left = sum(weight for _, weight, _, _ in given)
        reached = 0.0
        for rule, weight, one, other in given:
            left -= weight
            reached += weight * rule.similarity(one, other).relaxed
            if (reached + left) / total < self._threshold - 1e-9:
                return 0.0
        # Rounded, so that a sum of weights that is the threshold on paper reaches it.
        return round(reached / total, 12)


def _value_at(item: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        item = item.get(name) if isinstance(item, Mapping) else None
    return item


def _canonical_order(items: Sequence[Item], forms: Sequence[_Forms], rule: ObjectRule) -> list[int]:
    """Return the indexes of items in an order that does not depend on theirs: only items without any difference keep it."""
    order = sorted(range(len(items)), key=lambda index: repr(forms[index]))
    return order if len(set(forms)) == len(forms) else sorted(order, key=lambda index: repr((forms[index], _all_forms(items[index], rule))))


def _all_forms(item: Item, rule: ObjectRule) -> list[Hashable]:
    return [slot.normal(value) for slot, value in _own_values(item, rule)]


def _agreement(gold: Item, extracted: Item, rule: ObjectRule) -> float:
    """Return the mean relaxed similarity over all slots of two items, lists of objects inside them left out."""
    similarities = [
        slot.similarity(slot.normal(one), slot.normal(other)).relaxed
        for (slot, one), (_, other) in zip(_own_values(gold, rule), _own_values(extracted, rule), strict=True)
    ]
    return sum(similarities) / len(similarities) if similarities else 0.0


def _own_values(item: Any, rule: ObjectRule) -> list[tuple[FieldRule, Any]]:
    values: list[tuple[FieldRule, Any]] = []
    for name, child in rule.fields.items():
        value = item.get(name) if isinstance(item, Mapping) else None
        if isinstance(child, FieldRule):
            values.append((child, value))
        elif isinstance(child, ObjectRule):
            values += _own_values(value, child)
    return values
