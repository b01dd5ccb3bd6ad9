"""Voting one record from several samples of an answer, and the samples' agreement on each item.

The order in which the samples are given does not matter: they are ranked by how much each agrees
with the others, and the best ranked sample decides a tie. An item, a member of a list or an object
is kept if more than half of the samples that could have it do (of two, both). Any other value is
the most frequent one. Values and items are compared as in scoring.
"""

from __future__ import annotations

import copy
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from operator import itemgetter
from typing import Any, NamedTuple

from antq_llm.core.digest import canonical_json
from antq_llm.core.json_pointer import child_pointer
from antq_llm.evidence.grounding import QUOTE
from antq_llm.scoring.assignment import Pairs
from antq_llm.scoring.field_rules import EXACT, FieldRule, is_empty, pair_elements
from antq_llm.scoring.item_matching import pair_items
from antq_llm.scoring.profile import ListRule, ObjectRule, Rule, ScoringProfile
from antq_llm.scoring.record_diff import RecordDiff, SlotCounts

_Cluster = dict[int, int]
"""The same item in several lists: its index in each list that has it, by the list's number."""


@dataclass(frozen=True)
class Vote:
    """A voted record, with a replacement for each part of it that turns out to be faulty."""

    data: Any
    stand_ins: dict[str, Any]
    """By key of the record, the value of the best ranked sample that has it.

    For a key in ``lists`` it is a list with such a value for each item.
    """
    lists: frozenset[str]
    """The keys of lists of objects, which were voted item by item."""
    medoid: int
    """The index of the sample that agrees most with the others."""


def vote(samples: Sequence[Any], profile: ScoringProfile) -> Vote:
    """Return the vote over at least one sample.

    ``samples`` are records as JSON data of one schema; they are not changed.
    """
    order = _ranking(samples, profile)
    ranked = [copy.deepcopy(samples[number]) for number in order]
    data: dict[str, Any] = {}
    stand_ins: dict[str, Any] = {}
    lists: set[str] = set()
    if not all(isinstance(sample, dict) for sample in ranked):
        return Vote(_most_frequent(ranked, EXACT), {}, frozenset(), order[0])
    for name, values, rule in _kept_fields(ranked, profile.record):
        if isinstance(rule, ListRule) and _mostly(values, list):
            items = _items(values, rule)
            data[name] = [item.voted for item in items]
            stand_ins[name] = [item.stand_in for item in items]
            lists.add(name)
        else:
            data[name] = _value(values, rule)
            stand_ins[name] = values[0]
    return Vote(data, stand_ins, frozenset(lists), order[0])


def agreements(
    data: Any, samples: Sequence[Any], profile: ScoringProfile
) -> list[tuple[str, float]]:
    """Return the samples' agreement on each item of a record, by pointer, from 0 to 1.

    Items are those of lists of objects, also inside other items, and objects with a quote. The
    agreement is the mean, over the samples, of the relaxed F1 of the item's slots against those of
    the sample's matching item; a sample without such an item counts as 0.
    """
    return list(_agreements(data, samples, profile.record, "")) if isinstance(data, dict) else []


def _ranking(samples: Sequence[Any], profile: ScoringProfile) -> list[int]:
    """Return the indices of the samples, the one that agrees most with the others first.

    Samples that agree equally are ordered by their content.
    """
    texts = [canonical_json(sample) for sample in samples]
    numbers = sorted(range(len(samples)), key=texts.__getitem__)
    similarities: dict[int, list[float]] = {number: [] for number in numbers}
    for first, second in combinations(numbers, 2):
        similarity = (
            1.0
            if texts[first] == texts[second]
            else _similarity(samples[first], samples[second], profile.record)
        )
        similarities[first].append(similarity)
        similarities[second].append(similarity)
    return sorted(numbers, key=lambda number: -math.fsum(similarities[number]))


def _similarity(first: Any, second: Any, rule: ObjectRule) -> float:
    """Return the relaxed F1 of two objects' slots, 0 if one of them is not an object."""
    if not (isinstance(first, dict) and isinstance(second, dict)):
        return 0.0
    f1 = SlotCounts.merged(RecordDiff(first, second, rule).slots.values()).relaxed().f1
    return 1.0 if f1 is None else f1


def _value(values: Sequence[Any], rule: Rule) -> Any:
    """Return the vote over the values of one place, given the best ranked first."""
    if isinstance(rule, FieldRule) and rule.element is None:
        return _most_frequent(values, rule)
    kind = dict if isinstance(rule, ObjectRule) else list
    if not _mostly(values, kind):
        return _most_frequent([value for value in values if not isinstance(value, kind)], EXACT)
    if isinstance(rule, ObjectRule):
        objects = [value for value in values if isinstance(value, dict)]
        return {name: _value(inner, child) for name, inner, child in _kept_fields(objects, rule)}
    if isinstance(rule, ListRule):
        return [item.voted for item in _items(values, rule)]
    assert rule.element is not None
    return _members(values, rule.element)


def _mostly(values: Sequence[Any], kind: type) -> bool:
    return _is_most(sum(isinstance(value, kind) for value in values), values)


def _is_most(part: int, whole: Sequence[Any]) -> bool:
    return 2 * part > len(whole)


def _kept_fields(
    objects: Sequence[dict[str, Any]], rule: ObjectRule
) -> Iterator[tuple[str, list[Any], Rule]]:
    """Yield the keys that most objects have, each with its values and its rule."""
    for name in dict.fromkeys(name for data in objects for name in data):
        values = [data[name] for data in objects if name in data]
        if _is_most(len(values), objects):
            yield name, values, rule.fields.get(name, EXACT)


def _most_frequent(values: Sequence[Any], rule: FieldRule) -> Any:
    """Return the most frequent value, in its most frequent spelling."""
    forms = [rule.normal(value) for value in values]
    counts = Counter(forms)
    # Of equal counts, max takes the first, which is the best ranked.
    winner = max(forms, key=counts.__getitem__)
    spelled = [
        (canonical_json(value), value)
        for form, value in zip(forms, values, strict=True)
        if form == winner
    ]
    spellings = Counter(text for text, _ in spelled)
    return max(spelled, key=lambda text_and_value: spellings[text_and_value[0]])[1]


class _KeptItem(NamedTuple):
    """An item as it was voted, and as the best ranked sample that has it gave it."""

    voted: Any
    stand_in: Any


def _items(values: Sequence[Any], rule: ListRule) -> list[_KeptItem]:
    """Return the items that most samples have, in the order of the best ranked sample."""
    lists = [value if isinstance(value, list) else [] for value in values]
    kept = []
    for cluster in _kept_clusters(lists, lambda heads, items: pair_items(heads, items, rule)):
        versions = [lists[number][index] for number, index in cluster.items()]
        kept.append(_KeptItem(_value(versions, rule.item), versions[0]))
    return kept


def _members(values: Sequence[Any], element: FieldRule) -> list[Any]:
    """Return the scalars that most lists have; near misses count as equal."""
    if all(value == values[0] for value in values):
        # Equal lists are kept whole, with members that occur twice.
        return list(values[0])
    lists = [_distinct(value if isinstance(value, list) else [], element) for value in values]

    def pair(heads: Sequence[Any], members: Sequence[Any]) -> Pairs:
        head_forms = [element.normal(head) for head in heads]
        member_forms = [element.normal(member) for member in members]
        return [
            (row, column) for row, column, _ in pair_elements(element, head_forms, member_forms)
        ]

    return [
        _most_frequent([lists[number][index] for number, index in cluster.items()], element)
        for cluster in _kept_clusters(lists, pair)
    ]


def _distinct(members: Sequence[Any], element: FieldRule) -> list[Any]:
    first: dict[Any, Any] = {}
    for member in members:
        if not is_empty(member):
            first.setdefault(element.normal(member), member)
    return list(first.values())


def _kept_clusters(
    lists: Sequence[Sequence[Any]], pair: Callable[[Sequence[Any], Sequence[Any]], Pairs]
) -> list[_Cluster]:
    """Return the clusters of items that most lists have, in order.

    The items of each list are matched with the heads of the clusters so far, which are those of the
    best ranked lists; an item without a partner begins a cluster.
    """
    clusters: list[_Cluster] = []
    for number, members in enumerate(lists):
        firsts = [next(iter(cluster.items())) for cluster in clusters]
        heads = [lists[list_number][index] for list_number, index in firsts]
        partners = {column: row for row, column in pair(heads, members)}
        for index in range(len(members)):
            if index in partners:
                clusters[partners[index]][number] = index
            else:
                clusters.append({number: index})
    return _in_order([cluster for cluster in clusters if _is_most(len(cluster), lists)], len(lists))


def _in_order(clusters: Sequence[_Cluster], lists: int) -> list[_Cluster]:
    """Return clusters in the order of the best ranked list.

    A cluster that it lacks comes behind the one it follows in the best ranked list that has it.
    """
    order: list[_Cluster] = []
    for number in range(lists):
        position = 0
        present = [cluster for cluster in clusters if number in cluster]
        for cluster in sorted(present, key=itemgetter(number)):
            if cluster in order:
                position = order.index(cluster) + 1
            else:
                order.insert(position, cluster)
                position += 1
    return order


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
            yield from _agreement_on(here, theirs, child, place, is_item=QUOTE in here)
        elif isinstance(child, ListRule) and isinstance(here, list):
            lists = [their if isinstance(their, list) else [] for their in theirs]
            partners = [dict(pair_items(here, their, child)) for their in lists]
            for index, item in enumerate(here):
                paired = [
                    their[pairs[index]] if index in pairs else None
                    for pairs, their in zip(partners, lists, strict=True)
                ]
                yield from _agreement_on(item, paired, child.item, f"{place}/{index}", is_item=True)


def _agreement_on(
    item: Any, others: Sequence[Any], rule: ObjectRule, pointer: str, *, is_item: bool
) -> Iterator[tuple[str, float]]:
    if is_item:
        yield pointer, math.fsum(_similarity(item, other, rule) for other in others) / len(others)
    if isinstance(item, dict):
        yield from _agreements(item, others, rule, pointer)
