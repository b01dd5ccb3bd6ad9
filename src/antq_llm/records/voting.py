"""A vote over several samples of a record.

The samples are ranked by how much each agrees with the others, so their order does not matter. Ties
are decided by the best-ranked sample. An object, item or list member is kept if it is in more than
half of the samples that have the enclosing part. For other values, the most frequent one is taken.
Values and items are compared as in scoring.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from operator import itemgetter
from typing import Any, NamedTuple

from antq_llm.core.digest import canonical_json
from antq_llm.records.agreement import similarity_of
from antq_llm.records.answered import (
    ABSENT,
    Answered,
    fields_of,
    items_of,
    list_of,
    object_of,
)
from antq_llm.schemas.base import NO_ALIASES, Aliases
from antq_llm.scoring.assignment import Pairs
from antq_llm.scoring.field_rules import EXACT, FieldRule, is_empty, pair_elements
from antq_llm.scoring.item_matching import pair_items
from antq_llm.scoring.profile import ListRule, ObjectRule, Rule, ScoringProfile

_Cluster = dict[int, int]
"""The same item in several lists: its index in each list that has it, by list number."""


@dataclass(frozen=True)
class Vote:
    """A voted record, with replacements for parts that may be faulty."""

    record: Answered
    values: Mapping[str, Answered]
    """The value of each kept key not in ``items``, from the best-ranked sample that has the key."""
    items: Mapping[str, Sequence[Answered]]
    """The kept items of each list, by key; each is from the best-ranked sample that has it."""
    medoid: int
    """The index of the sample that agrees most with the others."""

    @property
    def data(self) -> Any:
        """The dump of the voted record."""
        return self.record.value


def vote(
    samples: Sequence[Any],
    profile: ScoringProfile,
    answers: Sequence[Any] | None = None,
    aliases: Aliases = NO_ALIASES,
) -> Vote:
    """Return the result of a vote over one or more samples.

    ``samples`` are dumps of records of one schema, and ``answers`` are the answers from which the
    records were read. The voted record is built from the answers if they are given, otherwise from
    the dumps. The arguments are not changed.
    """
    order = _ranking(samples, profile)
    given = samples if answers is None else answers
    ranked = [Answered(samples[number], given[number]) for number in order]
    if not all(sample.is_parted(dict) for sample in ranked):
        return Vote(_most_frequent(ranked, EXACT).copied(), {}, {}, order[0])
    fields: dict[str, Answered] = {}
    stand_ins: dict[str, Answered] = {}
    items: dict[str, list[Answered]] = {}
    ballot = _Voting(aliases)
    for name, values, rule in ballot.kept_fields(ranked, profile.record):
        if isinstance(rule, ListRule) and _is_mostly_parted(values, list):
            kept = ballot.items(values, rule)
            fields[name] = list_of([item.voted for item in kept], key=_key_of(values))
            items[name] = [item.stand_in.copied() for item in kept]
        else:
            fields[name] = ballot.value(values, rule)
            stand_ins[name] = values[0].copied()
    return Vote(object_of(fields).copied(), stand_ins, items, order[0])


def _ranking(samples: Sequence[Any], profile: ScoringProfile) -> list[int]:
    """Return the indices of the samples in descending order of agreement with the others.

    Samples with equal agreement are ordered by their content.
    """
    texts = [canonical_json(sample) for sample in samples]
    numbers = sorted(range(len(samples)), key=texts.__getitem__)
    similarities: dict[int, list[float]] = {number: [] for number in numbers}
    for first, second in combinations(numbers, 2):
        similarity = (
            1.0
            if texts[first] == texts[second]
            else similarity_of(samples[first], samples[second], profile.record)
        )
        similarities[first].append(similarity)
        similarities[second].append(similarity)
    return sorted(numbers, key=lambda number: -math.fsum(similarities[number]))


class _Voting:
    """Methods that vote over the values at a place, given in the order of the ranked samples."""

    def __init__(self, aliases: Aliases) -> None:
        self._aliases = aliases

    def value(self, values: Sequence[Answered], rule: Rule) -> Answered:
        """Return the voted value at a place."""
        if isinstance(rule, FieldRule) and rule.element is None:
            return _most_frequent(values, rule)
        kind = dict if isinstance(rule, ObjectRule) else list
        if not _is_mostly(values, kind):
            others = [value for value in values if not isinstance(value.value, kind)]
            return _most_frequent(others, EXACT)
        if not _is_mostly_parted(values, kind):
            return _most_frequent(values, EXACT)
        key = _key_of(values)
        if isinstance(rule, ObjectRule):
            objects = [value for value in values if isinstance(value.value, dict)]
            kept = self.kept_fields(objects, rule)
            return object_of(
                {name: self.value(inner, child) for name, inner, child in kept}, key=key
            )
        if isinstance(rule, ListRule):
            return list_of([item.voted for item in self.items(values, rule)], key=key)
        assert rule.element is not None
        return _members(values, rule.element)

    def kept_fields(
        self, objects: Sequence[Answered], rule: ObjectRule
    ) -> Iterator[tuple[str, list[Answered], Rule]]:
        """Yield the keys that most objects have, each with its values and rule."""
        fields = [fields_of(part, self._aliases) for part in objects]
        for name in dict.fromkeys(name for own in fields for name in own):
            values = [own[name] for own in fields if name in own]
            if _is_most(len(values), objects):
                yield name, values, rule.fields.get(name, EXACT)

    def items(self, values: Sequence[Answered], rule: ListRule) -> list[_KeptItem]:
        """Return the items that most samples have, in the order of the best-ranked sample."""
        lists = [_items_of(value) for value in values]

        def pair(heads: Sequence[Answered], items: Sequence[Answered]) -> Pairs:
            return pair_items(_values_of(heads), _values_of(items), rule)

        kept = []
        for cluster in _kept_clusters(lists, pair):
            versions = [lists[number][index] for number, index in cluster.items()]
            kept.append(_KeptItem(self.value(versions, rule.item), versions[0]))
        return kept


class _KeptItem(NamedTuple):
    """A voted item, and the same item in the best-ranked sample that has it."""

    voted: Answered
    stand_in: Answered


def _is_mostly(values: Sequence[Answered], kind: type) -> bool:
    return _is_most(sum(isinstance(value.value, kind) for value in values), values)


def _is_mostly_parted(values: Sequence[Answered], kind: type) -> bool:
    """Return whether most values are of ``kind`` and all of these can be split into parts."""
    return _is_mostly(values, kind) and all(
        value.is_parted(kind) for value in values if isinstance(value.value, kind)
    )


def _is_most(part: int, whole: Sequence[Any]) -> bool:
    return 2 * part > len(whole)


def _key_of(values: Sequence[Answered]) -> str:
    return values[0].key


def _items_of(value: Answered) -> list[Answered]:
    return items_of(value) if isinstance(value.value, list) else []


def _values_of(parts: Sequence[Answered]) -> list[Any]:
    return [part.value for part in parts]


def _most_frequent(values: Sequence[Answered], rule: FieldRule) -> Answered:
    """Return the most frequent value, with its most frequent spelling and answer."""
    # If counts are equal, the first value wins, which is from the best-ranked sample.
    winners = _most_of(values, lambda value: rule.normal(value.compared))
    spelled = _most_of(winners, lambda value: canonical_json(value.compared))
    return _most_of(spelled, _answer_text)[0]


def _most_of(values: Sequence[Answered], form: Callable[[Answered], Hashable]) -> list[Answered]:
    """Return the values with the most frequent form."""
    forms = [form(value) for value in values]
    counts = Counter(forms)
    winner = max(forms, key=counts.__getitem__)
    return [value for value, own in zip(values, forms, strict=True) if own == winner]


def _answer_text(value: Answered) -> str:
    return "" if value.answer is ABSENT else canonical_json(value.answer)


def _members(values: Sequence[Answered], element: FieldRule) -> Answered:
    """Return the scalars that most lists have; similar scalars count as equal."""
    if all(value.value == values[0].value for value in values):
        # Equal lists are kept whole, including repeated members.
        return values[0]
    lists = [_distinct(_items_of(value), element) for value in values]

    def pair(heads: Sequence[Answered], members: Sequence[Answered]) -> Pairs:
        head_forms = [element.normal(head.value) for head in heads]
        member_forms = [element.normal(member.value) for member in members]
        return [
            (row, column) for row, column, _ in pair_elements(element, head_forms, member_forms)
        ]

    return list_of(
        [
            _most_frequent([lists[number][index] for number, index in cluster.items()], element)
            for cluster in _kept_clusters(lists, pair)
        ],
        key=_key_of(values),
    )


def _distinct(members: Sequence[Answered], element: FieldRule) -> list[Answered]:
    first: dict[Any, Answered] = {}
    for member in members:
        if not is_empty(member.value):
            first.setdefault(element.normal(member.value), member)
    return list(first.values())


def _kept_clusters(
    lists: Sequence[Sequence[Any]], pair: Callable[[Sequence[Any], Sequence[Any]], Pairs]
) -> list[_Cluster]:
    """Return the clusters of items that most lists have, in the order of the best-ranked list.

    The lists are processed in order of rank. The items of each list are matched with the first item
    of each existing cluster. An item without a match begins a new cluster.
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
    """Return clusters in the order of the best-ranked list.

    A cluster that is missing from this list is placed after the cluster that precedes it in the
    best-ranked list that contains it.
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
