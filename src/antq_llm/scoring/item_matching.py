"""Which item of an extracted list is which item of the gold list: the best matching on the fields that identify items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from antq_llm.scoring.assignment import Pairs, best_matching, is_settled
from antq_llm.scoring.field_rules import FieldRule, RuleKind
from antq_llm.scoring.profile import ListRule, ObjectRule

Item = Mapping[str, Any]
_COST: tuple[RuleKind, ...] = ("exact", "date", "period", "name", "title", "set", "passage")
"""Kinds of fields, the cheapest to compare first."""
_Forms = tuple[Hashable, ...]


def pair_items(gold: Sequence[Item], extracted: Sequence[Item], rule: ListRule) -> Pairs:
    """Return which gold item (its index) is which extracted one, whatever their order.

    The pairs have the greatest total similarity (``Identity.similarity``); pairs below the rule's threshold are none. Where
    matchings tie, agreement over all fields decides.
    """
    fields = Identity(rule)
    forms, other_forms = (
        [fields.forms(item) for item in gold],
        [fields.forms(item) for item in extracted],
    )
    place = {form: index for index, form in enumerate(other_forms)}
    if len(gold) == len(extracted) == len(place) and place.keys() == set(forms):
        # Everything matches at the highest similarity in this one way, so nothing is to be optimised.
        return [(index, place[form]) for index, form in enumerate(forms)]
    similarity = np.array(
        [[fields.similarity(one, other) for other in other_forms] for one in forms]
    ).reshape(len(gold), len(extracted))
    rows, columns = list(range(len(gold))), list(range(len(extracted)))
    if not is_settled(similarity, threshold=rule.threshold):
        rows, columns = (
            _canonical_order(gold, forms, rule.item),
            _canonical_order(extracted, other_forms, rule.item),
        )
        similarity = similarity[np.ix_(rows, columns)]

    def agreement(row: int, column: int) -> float:
        return _agreement(gold[rows[row]], extracted[columns[column]], rule.item)

    pairs = best_matching(similarity, threshold=rule.threshold, agreement=agreement)
    return sorted((rows[row], columns[column]) for row, column in pairs)


class Identity:
    """The identifying fields of a list's items, those that are cheap to compare first."""

    def __init__(self, rule: ListRule) -> None:
        fields = [
            (rule.item.slot(path), tuple(path.split(".")), weight)
            for path, weight in rule.identity.items()
        ]
        self._fields = sorted(fields, key=lambda field: _COST.index(field[0].kind))
        self._threshold = rule.threshold

    def forms(self, item: Item) -> _Forms:
        """Return the normal forms of an item's identifying fields."""
        return tuple(rule.normal(_value_at(item, path)) for rule, path, _ in self._fields)

    def similarity(self, gold: _Forms, extracted: _Forms) -> float:
        """Return the weighted mean of the relaxed similarities of two items' forms, from 0 to 1; 0 if it is below the threshold.

        A field that says nothing on either side is left out; one that says something on one side only counts as different.
        """
        if gold == extracted:
            return 1.0
        total = sum(
            [
                weight
                for (_, _, weight), one, other in zip(self._fields, gold, extracted, strict=True)
                if one is not None or other is not None
            ]
        )
        may_lose = total * (1.0 - self._threshold) + 1e-9
        lost = 0.0
        for (rule, _, weight), one, other in zip(self._fields, gold, extracted, strict=True):
            if one != other:
                lost += weight * (1.0 - rule.similarity(one, other).relaxed)
                if lost > may_lose:
                    return 0.0
        # Rounded, so that a sum of weights that is the threshold on paper reaches it.
        return round(1.0 - lost / total, 12)


def _value_at(item: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        item = item.get(name) if isinstance(item, Mapping) else None
    return item


def _canonical_order(items: Sequence[Item], forms: Sequence[_Forms], rule: ObjectRule) -> list[int]:
    """Return the indexes of items in an order that does not depend on theirs: only items without any difference keep it."""
    order = sorted(range(len(items)), key=lambda index: repr(forms[index]))
    if len(set(forms)) == len(forms):
        return order
    return sorted(order, key=lambda index: repr((forms[index], _all_forms(items[index], rule))))


def _all_forms(item: Any, rule: ObjectRule) -> tuple[Hashable, ...]:
    """Return the normal forms of all fields of an item; a list inside it is its items in an order of their own."""
    forms: list[Hashable] = []
    for name, child in rule.fields.items():
        value = _value_at(item, (name,))
        if isinstance(child, FieldRule):
            forms.append(child.normal(value))
        elif isinstance(child, ObjectRule):
            forms.append(_all_forms(value, child))
        else:
            forms.append(
                tuple(
                    sorted((_all_forms(one, child.item) for one in value), key=repr)
                    if isinstance(value, list)
                    else ()
                )
            )
    return tuple(forms)


def _agreement(gold: Item, extracted: Item, rule: ObjectRule) -> float:
    """Return the mean relaxed similarity over all fields of two items, lists inside them by the items that are the same."""
    similarities: list[float] = []
    for form, other, (name, child) in zip(
        _all_forms(gold, rule), _all_forms(extracted, rule), rule.fields.items(), strict=True
    ):
        if isinstance(child, FieldRule):
            similarities.append(child.similarity(form, other).relaxed)
        elif isinstance(child, ObjectRule):
            similarities.append(
                _agreement(_value_at(gold, (name,)), _value_at(extracted, (name,)), child)
            )
        else:
            similarities.append(_shared(form, other))
    return sum(similarities) / len(similarities) if similarities else 1.0


def _shared(forms: Any, other_forms: Any) -> float:
    """Return the F1 of two bags."""
    common = sum((Counter(forms) & Counter(other_forms)).values())
    return 2 * common / (len(forms) + len(other_forms)) if forms or other_forms else 1.0
