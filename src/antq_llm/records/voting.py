"""One record out of several samples of an answer: a vote item by item, and how far the samples agree on each item.

Nothing depends on the order in which the samples are given: they are ranked by how much each agrees with the others, and where a vote is
tied the best ranked of those concerned decides. An item, a member of a list or an object is kept if more than half of those who could
have it do, so that of two both must; every other value is the one that is given most often. What is the same value, and which item is which
item, is decided as in scoring (``antq_llm.comparison``, ``antq_llm.pairing``).
"""

from __future__ import annotations

import copy
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
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
"""One thing over several lists: its place in each list that has it, by the list's number."""


@dataclass(frozen=True)
class Vote:
    """What was voted, and what can stand in for a part of it that turns out to be faulty."""

    data: Any
    stand_ins: dict[str, Any]
    """For each key of the record what one sample gave, the best ranked that has it: a value, or for the keys in ``lists`` a list with that of each item."""
    lists: frozenset[str]
    """The lists of objects, which were voted item by item."""
    medoid: int
    """The number of the sample that agrees most with the others."""


def vote(samples: Sequence[Any], profile: ScoringProfile) -> Vote:
    """Return the vote over the records of at least one sample, as JSON data of one schema; the samples are left as they are."""
    order = _ranking(samples, profile)
    ranked = [copy.deepcopy(samples[number]) for number in order]
    data: dict[str, Any] = {}
    stand_ins: dict[str, Any] = {}
    lists: set[str] = set()
    if not all(isinstance(one, dict) for one in ranked):
        return Vote(_most_frequent(ranked, EXACT), {}, frozenset(), order[0])
    for name, values, rule in _kept_fields(ranked, profile.record):
        if isinstance(rule, ListRule) and _mostly(values, list):
            chosen = _items(values, rule)
            data[name], stand_ins[name] = (
                [one.voted for one in chosen],
                [one.stand_in for one in chosen],
            )
            lists.add(name)
        else:
            data[name], stand_ins[name] = _value(values, rule), values[0]
    return Vote(data, stand_ins, frozenset(lists), order[0])


def agreements(
    data: Any, samples: Sequence[Any], profile: ScoringProfile
) -> list[tuple[str, float]]:
    """Return how far samples agree on each item of a record: its pointer, and a number from 0 to 1.

    Items are those of lists of objects, also inside other items, and objects with a quote. The agreement is the mean over the samples of the relaxed F1
    between the item's slots and those of the sample's item that it is matched with, and 0 where the sample has none.
    """
    return list(_agreements(data, samples, profile.record, "")) if isinstance(data, dict) else []


def _ranking(samples: Sequence[Any], profile: ScoringProfile) -> list[int]:
    """Return the samples' numbers, that which agrees most with the others first; equal ones by their content."""
    texts = [canonical_json(sample) for sample in samples]
    numbers = sorted(range(len(samples)), key=texts.__getitem__)
    alike: dict[int, list[float]] = {number: [] for number in numbers}
    for one, other in combinations(numbers, 2):
        similarity = (
            1.0
            if texts[one] == texts[other]
            else _likeness(samples[one], samples[other], profile.record)
        )
        alike[one].append(similarity)
        alike[other].append(similarity)
    return sorted(numbers, key=lambda number: -math.fsum(alike[number]))


def _likeness(one: Any, other: Any, rule: ObjectRule) -> float:
    """Return the relaxed F1 of two objects' slots, 0 where one of them is none."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return 0.0
    f1 = SlotCounts.merged(RecordDiff(one, other, rule).slots.values()).relaxed().f1
    return 1.0 if f1 is None else f1


def _value(values: Sequence[Any], rule: Rule) -> Any:
    """Return what is voted of the values of one place, the best ranked first."""
    if isinstance(rule, FieldRule) and rule.element is None:
        return _most_frequent(values, rule)
    kind = dict if isinstance(rule, ObjectRule) else list
    if not _mostly(values, kind):
        return _most_frequent([value for value in values if not isinstance(value, kind)], EXACT)
    if isinstance(rule, ObjectRule):
        return {
            name: _value(inner, child)
            for name, inner, child in _kept_fields(
                [value for value in values if isinstance(value, dict)], rule
            )
        }
    if isinstance(rule, ListRule):
        return [one.voted for one in _items(values, rule)]
    assert rule.element is not None
    return _members(values, rule.element)


def _mostly(values: Sequence[Any], kind: type) -> bool:
    return _is_most(sum(isinstance(value, kind) for value in values), values)


def _is_most(part: int, whole: Sequence[Any]) -> bool:
    return 2 * part > len(whole)


def _kept_fields(
    objects: Sequence[dict[str, Any]], rule: ObjectRule
) -> Iterator[tuple[str, list[Any], Rule]]:
    """Yield the keys that most of some objects have, each with its values and its rule: where one is not declared, equality."""
    for name in dict.fromkeys(name for one in objects for name in one):
        values = [one[name] for one in objects if name in one]
        if _is_most(len(values), objects):
            yield name, values, rule.fields.get(name, EXACT)


def _most_frequent(values: Sequence[Any], rule: FieldRule) -> Any:
    """Return the value that is given most often, in the spelling that it is given in most often."""
    forms = [rule.normal(value) for value in values]
    times = Counter(forms)
    # Of equal counts, max takes the first, which is the best ranked.
    winner = max(forms, key=times.__getitem__)
    spelled = [
        (canonical_json(value), value)
        for form, value in zip(forms, values, strict=True)
        if form == winner
    ]
    spellings = Counter(text for text, _ in spelled)
    return max(spelled, key=lambda one: spellings[one[0]])[1]


class _Chosen(NamedTuple):
    """An item that was kept: as it was voted, and as the best ranked sample that has it gave it."""

    voted: Any
    stand_in: Any


def _items(values: Sequence[Any], rule: ListRule) -> list[_Chosen]:
    """Return the items of a list that most have, in the order of the best ranked."""
    lists = [value if isinstance(value, list) else [] for value in values]
    chosen = []
    for cluster in _kept_clusters(lists, lambda heads, items: pair_items(heads, items, rule)):
        found = [lists[number][place] for number, place in cluster.items()]
        chosen.append(_Chosen(_value(found, rule.item), found[0]))
    return chosen


def _members(values: Sequence[Any], element: FieldRule) -> list[Any]:
    """Return the members of a list of scalars that most have; near misses of one another are one member."""
    if all(value == values[0] for value in values):
        # Also a member that all of them repeat.
        return list(values[0])
    lists = [_distinct(value if isinstance(value, list) else [], element) for value in values]

    def pair(heads: Sequence[Any], members: Sequence[Any]) -> Pairs:
        forms, other_forms = ([element.normal(one) for one in side] for side in (heads, members))
        return [(row, column) for row, column, _ in pair_elements(element, forms, other_forms)]

    return [
        _most_frequent([lists[number][place] for number, place in cluster.items()], element)
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
    """Return the things that most of some lists have, in order.

    Each list is matched with the heads of the clusters that were found before, those in the best ranked lists; what has no partner is a cluster of its own.
    """
    clusters: list[_Cluster] = []
    for number, members in enumerate(lists):
        heads = [
            lists[first][place]
            for first, place in (next(iter(cluster.items())) for cluster in clusters)
        ]
        partners = {column: row for row, column in pair(heads, members)}
        for place in range(len(members)):
            if place in partners:
                clusters[partners[place]][number] = place
            else:
                clusters.append({number: place})
    return _in_order([cluster for cluster in clusters if _is_most(len(cluster), lists)], len(lists))


def _in_order(clusters: Sequence[_Cluster], lists: int) -> list[_Cluster]:
    """Return clusters as the best ranked list has them, each that it lacks behind the one that it follows in the best ranked that has it."""
    order: list[_Cluster] = []
    for number in range(lists):
        position = 0
        for cluster in sorted(
            (one for one in clusters if number in one), key=lambda one: one[number]
        ):
            if cluster in order:
                position = order.index(cluster) + 1
            else:
                order.insert(position, cluster)
                position += 1
    return order


def _agreements(
    value: Mapping[str, Any], others: Sequence[Any], rule: ObjectRule, pointer: str
) -> Iterator[tuple[str, float]]:
    """Yield the agreement on what is inside an object; ``others`` are what the samples have in its place, None where nothing."""
    for name, child in rule.fields.items():
        here, place = value.get(name), child_pointer(pointer, name)
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
        yield pointer, math.fsum(_likeness(item, other, rule) for other in others) / len(others)
    if isinstance(item, dict):
        yield from _agreements(item, others, rule, pointer)
