"""Matching of the items of an extracted list with the items of a gold list, by identity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from antq_llm.scoring.assignment import Pairs, best_matching, is_settled
from antq_llm.scoring.field_rules import FieldRule, RuleKind
from antq_llm.scoring.profile import ListRule, ObjectRule

Item = Mapping[str, Any]
_BY_COST: tuple[RuleKind, ...] = ("exact", "date", "period", "name", "title", "set", "passage")
"""The kinds of rules, cheapest comparison first."""

_Forms = tuple[Hashable, ...]


def pair_items(gold: Sequence[Item], extracted: Sequence[Item], rule: ListRule) -> Pairs:
    """Return the pairs of gold and extracted items that match, by index.

    The pairs have the greatest total similarity (``IdentityFields.similarity``), and each pair
    reaches the rule's threshold. If several matchings have the same total, agreement over all
    fields decides. The order of the items does not affect which items are paired.
    """
    fields = IdentityFields(rule)
    gold_forms = [fields.forms(item) for item in gold]
    extracted_forms = [fields.forms(item) for item in extracted]
    place = {form: index for index, form in enumerate(extracted_forms)}
    if len(gold) == len(extracted) == len(place) and place.keys() == set(gold_forms):
        # This is the only matching in which all pairs have the highest similarity.
        return [(index, place[form]) for index, form in enumerate(gold_forms)]
    similarity = np.array(
        [
            [fields.similarity(gold_form, form) for form in extracted_forms]
            for gold_form in gold_forms
        ]
    ).reshape(len(gold), len(extracted))
    rows, columns = list(range(len(gold))), list(range(len(extracted)))
    if not is_settled(similarity, threshold=rule.threshold):
        rows, columns = (
            _canonical_order(gold, gold_forms, rule.item),
            _canonical_order(extracted, extracted_forms, rule.item),
        )
        similarity = similarity[np.ix_(rows, columns)]

    def agreement(row: int, column: int) -> float:
        return _agreement(gold[rows[row]], extracted[columns[column]], rule.item)

    pairs = best_matching(similarity, threshold=rule.threshold, agreement=agreement)
    return sorted((rows[row], columns[column]) for row, column in pairs)


class IdentityFields:
    """The identifying fields of a list's items, cheapest comparison first."""

    def __init__(self, rule: ListRule) -> None:
        fields = [(*rule.item.located_slot(path), weight) for path, weight in rule.identity.items()]
        self._fields = sorted(fields, key=lambda field: _BY_COST.index(field[1].kind))
        self._threshold = rule.threshold

    def forms(self, item: Item) -> _Forms:
        """Return the normal forms of an item's identifying fields."""
        return tuple(rule.normal(_value_at(item, keys)) for keys, rule, _ in self._fields)

    def similarity(self, gold: _Forms, extracted: _Forms) -> float:
        """Return the weighted mean of the relaxed similarities of two items' forms.

        The result is from 0 to 1, and it is 0 if the mean is below the threshold. A field that is
        empty in both items is left out; a field that is empty in only one of them has similarity 0.
        """
        if gold == extracted:
            return 1.0
        pairs = list(zip(self._fields, gold, extracted, strict=True))
        total = sum(
            [
                weight
                for (_, _, weight), gold_form, form in pairs
                if gold_form is not None or form is not None
            ]
        )
        may_lose = total * (1.0 - self._threshold) + 1e-9
        lost = 0.0
        for (_, rule, weight), gold_form, form in pairs:
            if gold_form != form:
                lost += weight * (1.0 - rule.similarity(gold_form, form).relaxed)
                if lost > may_lose:
                    return 0.0
        # Rounded, so that a sum of weights that equals the threshold on paper reaches it.
        return round(1.0 - lost / total, 12)


def _value_at(item: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        item = item.get(name) if isinstance(item, Mapping) else None
    return item


def _canonical_order(items: Sequence[Item], forms: Sequence[_Forms], rule: ObjectRule) -> list[int]:
    """Return the indices of items in an order that depends only on their values."""
    order = sorted(range(len(items)), key=lambda index: repr(forms[index]))
    if len(set(forms)) == len(forms):
        return order
    return sorted(order, key=lambda index: repr((forms[index], _all_forms(items[index], rule))))


def _all_forms(item: Any, rule: ObjectRule) -> tuple[Hashable, ...]:
    """Return the normal forms of all fields of an item, with the items of its lists sorted."""
    forms: list[Hashable] = []
    for name, child in rule.fields.items():
        value = _value_at(item, (name,))
        if isinstance(child, FieldRule):
            forms.append(child.normal(value))
        elif isinstance(child, ObjectRule):
            forms.append(_all_forms(value, child))
        else:
            items = value if isinstance(value, list) else []
            forms.append(tuple(sorted((_all_forms(part, child.item) for part in items), key=repr)))
    return tuple(forms)


def _agreement(gold: Item, extracted: Item, rule: ObjectRule) -> float:
    """Return the mean relaxed similarity of two items over all their fields."""
    similarities: list[float] = []
    for gold_form, form, (name, child) in zip(
        _all_forms(gold, rule), _all_forms(extracted, rule), rule.fields.items(), strict=True
    ):
        if isinstance(child, FieldRule):
            similarities.append(child.similarity(gold_form, form).relaxed)
        elif isinstance(child, ObjectRule):
            similarities.append(
                _agreement(_value_at(gold, (name,)), _value_at(extracted, (name,)), child)
            )
        else:
            similarities.append(_bag_f1(gold_form, form))
    return sum(similarities) / len(similarities) if similarities else 1.0


def _bag_f1(gold: Any, extracted: Any) -> float:
    common = sum((Counter(gold) & Counter(extracted)).values())
    return 2 * common / (len(gold) + len(extracted)) if gold or extracted else 1.0
