"""Two records side by side: what is the same, what differs, and where."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from antq_llm.core.json_pointer import pointer_to
from antq_llm.scoring.field_rules import FieldRule, Similarity, is_empty, pair_elements
from antq_llm.scoring.item_matching import pair_items
from antq_llm.scoring.metrics import Counts
from antq_llm.scoring.profile import ListRule, ObjectRule

DiscrepancyKind = Literal["missed", "spurious", "wrong_value", "wrong_span"]


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One difference between a gold record and an extracted one, as the strict score counts it."""

    kind: DiscrepancyKind
    """``missed`` (in gold only), ``spurious`` (extracted only), ``wrong_value``, or ``wrong_span`` for a passage."""
    field: str
    """The list of an item (``people``), or the field of a value (``people.name``)."""
    slots: int
    """How many slots are wrong by it: more than one where a whole item is missed or spurious."""
    gold: Any
    """The value in gold, None where it has none."""
    extracted: Any
    """The value that was extracted, None where there is none."""
    gold_pointer: str | None
    """JSON Pointer into the gold record, to the value or to where it would be; None where the item around it is missing."""
    extracted_pointer: str | None
    """The same for the extracted record."""
    gold_quote: str | None
    """The passage in gold of the nearest object around the value that has one."""
    extracted_quote: str | None
    """The same for the extracted record."""
    similarity: float = 0.0
    """How similar the values are in the relaxed score."""


@dataclass(slots=True)
class SlotCounts:
    """What was counted for one slot of the profile, or one list's items, in one article."""

    gold: int = 0
    extracted: int = 0
    same: int = 0
    partial: list[float] = field(default_factory=list)
    """The relaxed similarities of pairs that are not the same."""

    def add(self, *, gold: int = 0, extracted: int = 0, same: int = 0) -> None:
        """Count values on each side, and those that are the same."""
        self.gold += gold
        self.extracted += extracted
        self.same += same

    def add_pair(self, similarity: Similarity) -> None:
        """Count how similar a value of each side is."""
        if similarity.strict:
            self.same += 1
        elif similarity.relaxed:
            self.partial.append(similarity.relaxed)

    @classmethod
    def merged(cls, tallies: Iterable[SlotCounts]) -> SlotCounts:
        """Return the tally of several slots."""
        total = cls()
        for tally in tallies:
            total.add(gold=tally.gold, extracted=tally.extracted, same=tally.same)
            total.partial += tally.partial
        return total

    def strict(self) -> Counts:
        """Return the counts where only the same is right."""
        return Counts(self.same, self.extracted - self.same, self.gold - self.same)

    def relaxed(self) -> Counts:
        """Return the counts where what is similar is partly right; the sum is exact, so that the order of items moves nothing."""
        if not self.partial:
            return self.strict()
        tp = self.same + math.fsum(self.partial)
        return Counts(tp, max(0.0, self.extracted - tp), max(0.0, self.gold - tp))


@dataclass(frozen=True, slots=True)
class _Side:
    """An object on one side, gold or extracted."""

    value: Mapping[str, Any]
    pointer: str
    quote: str | None

    def at(self, *names: str | int) -> str:
        """Return the pointer to a part."""
        return self.pointer + pointer_to(names)

    def part(self, value: Any, rule: ObjectRule, *names: str | int) -> _Side:
        """Return an object in this one, or in one of its lists, with its own passage if it has one."""
        inner = value if isinstance(value, Mapping) else {}
        own = inner.get(rule.passage) if rule.passage else None
        return _Side(inner, self.at(*names), own if isinstance(own, str) else self.quote)

    def item(self, value: Any, *names: str | int) -> _Found:
        """Return a value in this object as a discrepancy shows it."""
        return _Found(value, self.at(*names), self.quote)


class _Found(NamedTuple):
    """One side of a discrepancy."""

    value: Any = None
    pointer: str | None = None
    quote: str | None = None


class RecordDiff:
    """The tallies and the discrepancies of two records, gold and extracted, both JSON data."""

    def __init__(
        self, gold: Mapping[str, Any], extracted: Mapping[str, Any], rule: ObjectRule
    ) -> None:
        self.slots: defaultdict[str, SlotCounts] = defaultdict(SlotCounts)
        """The tally of each slot of the profile, by dotted path; those without a value may be absent."""
        self.items: defaultdict[str, SlotCounts] = defaultdict(SlotCounts)
        """For each list how many items were matched."""
        self.discrepancies: list[Discrepancy] = []
        self._objects(rule, "", _Side(gold, "", None), _Side(extracted, "", None))

    def _objects(self, rule: ObjectRule, prefix: str, gold: _Side, extracted: _Side) -> None:
        """Compare two objects that are taken for the same thing, field by field; ``prefix`` is their own field with a dot."""
        for name, child in rule.fields.items():
            one, other = gold.value.get(name), extracted.value.get(name)
            if one is None and other is None:
                continue
            path = prefix + name
            if isinstance(child, ObjectRule):
                self._parts(
                    child, path, gold.part(one, child, name), extracted.part(other, child, name)
                )
            elif isinstance(child, ListRule):
                self._lists(child, path, gold, extracted)
            elif child.element is not None:
                self._sets(child, path, gold, extracted)
            else:
                self._values(child, path, gold, extracted)

    def _parts(self, rule: ObjectRule, path: str, gold: _Side, extracted: _Side) -> None:
        """Compare two objects inside others; one that only one side has is one discrepancy."""
        if gold.value and extracted.value:
            self._objects(rule, f"{path}.", gold, extracted)
        elif gold.value:
            self._unmatched("missed", rule, path, gold)
        else:
            self._unmatched("spurious", rule, path, extracted)

    def _lists(self, rule: ListRule, path: str, gold: _Side, extracted: _Side) -> None:
        """Match the items of two lists, and compare those that were matched."""
        name = path.rpartition(".")[2]
        wanted, found = (
            [
                side.part(item, rule.item, name, index)
                for index, item in enumerate(_items(side.value.get(name)))
            ]
            for side in (gold, extracted)
        )
        pairs = pair_items([item.value for item in wanted], [item.value for item in found], rule)
        self.items[path].add(gold=len(wanted), extracted=len(found), same=len(pairs))
        for row, column in pairs:
            self._objects(rule.item, f"{path}.", wanted[row], found[column])
        for row in sorted(set(range(len(wanted))) - {row for row, _ in pairs}):
            self._unmatched("missed", rule.item, path, wanted[row])
        for column in sorted(set(range(len(found))) - {column for _, column in pairs}):
            self._unmatched("spurious", rule.item, path, found[column])

    def _unmatched(self, kind: DiscrepancyKind, rule: ObjectRule, path: str, side: _Side) -> None:
        """Count the slots of an object that only one side has; it is one discrepancy, however many they are."""
        alone = (
            RecordDiff(side.value, {}, rule)
            if kind == "missed"
            else RecordDiff({}, side.value, rule)
        )
        for totals, parts in ((self.slots, alone.slots), (self.items, alone.items)):
            for name, part in parts.items():
                totals[f"{path}.{name}"].add(gold=part.gold, extracted=part.extracted)
        if slots := sum(part.gold + part.extracted for part in alone.slots.values()):
            found = _Found(side.value, side.pointer, side.quote)
            self._report(
                kind,
                path,
                found if kind == "missed" else _Found(),
                found if kind == "spurious" else _Found(),
                slots=slots,
            )

    def _values(self, rule: FieldRule, path: str, gold: _Side, extracted: _Side) -> None:
        """Compare the values of a field, of which one may be null."""
        name = path.rpartition(".")[2]
        one, other = gold.value.get(name), extracted.value.get(name)
        if isinstance(one, str) and one == other and not is_empty(one):
            self.slots[path].add(gold=1, extracted=1, same=1)
            return
        form, other_form = rule.normal(one), rule.normal(other)
        if form is None and other_form is None:
            return
        similarity = rule.similarity(form, other_form)
        tally = self.slots[path]
        tally.add(gold=form is not None, extracted=other_form is not None)
        tally.add_pair(similarity)
        if not similarity.strict:
            different: DiscrepancyKind = "wrong_span" if rule.kind == "passage" else "wrong_value"
            kind: DiscrepancyKind = (
                "missed" if other_form is None else "spurious" if form is None else different
            )
            self._report(
                kind,
                path,
                gold.item(one, name),
                extracted.item(other, name),
                similarity=similarity.relaxed,
            )

    def _sets(self, rule: FieldRule, path: str, gold: _Side, extracted: _Side) -> None:
        """Compare two lists of scalars as sets; elements that are more alike than not are one wrong value, others missed or spurious."""
        assert rule.element is not None
        name = path.rpartition(".")[2]
        wanted, found = (
            _elements(rule.element, gold.value.get(name)),
            _elements(rule.element, extracted.value.get(name)),
        )
        forms, other_forms = sorted(wanted, key=repr), sorted(found, key=repr)
        tally = self.slots[path]
        tally.add(gold=len(forms), extracted=len(other_forms))
        for row, column, similarity in pair_elements(rule.element, forms, other_forms):
            one, other = wanted.pop(forms[row]), found.pop(other_forms[column])
            tally.add_pair(similarity)
            if not similarity.strict:
                self._report(
                    "wrong_value",
                    path,
                    gold.item(one[1], name, one[0]),
                    extracted.item(other[1], name, other[0]),
                    similarity=similarity.relaxed,
                )
        for index, value in wanted.values():
            self._report("missed", path, gold.item(value, name, index), extracted.item(None, name))
        for index, value in found.values():
            self._report(
                "spurious", path, gold.item(None, name), extracted.item(value, name, index)
            )

    def _report(
        self,
        kind: DiscrepancyKind,
        path: str,
        gold: _Found,
        extracted: _Found,
        *,
        slots: int = 1,
        similarity: float = 0.0,
    ) -> None:
        self.discrepancies.append(
            Discrepancy(
                kind=kind,
                field=path,
                slots=slots,
                gold=gold.value,
                extracted=extracted.value,
                gold_pointer=gold.pointer,
                extracted_pointer=extracted.pointer,
                gold_quote=gold.quote,
                extracted_quote=extracted.quote,
                similarity=similarity,
            )
        )


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _elements(rule: FieldRule, value: Any) -> dict[Hashable, tuple[int, Any]]:
    """Return a set's elements by normal form, each with its first place in the list."""
    elements: dict[Hashable, tuple[int, Any]] = {}
    for index, element in enumerate(value if isinstance(value, list) else [value]):
        if not is_empty(element):
            elements.setdefault(rule.normal(element), (index, element))
    return elements
