"""The differences between a gold record and an extracted record, with counts of their slots."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from antq_llm.core.json_pointer import pointer_to
from antq_llm.scoring.discrepancy import Discrepancy, DiscrepancyKind
from antq_llm.scoring.field_rules import FieldRule, Similarity, is_empty, pair_elements
from antq_llm.scoring.item_matching import pair_items
from antq_llm.scoring.metrics import Counts
from antq_llm.scoring.profile import ListRule, ObjectRule


@dataclass(slots=True)
class SlotCounts:
    """The counts in one article for a slot of the profile or for the items of a list."""

    gold: int = 0
    extracted: int = 0
    same: int = 0
    partial: list[float] = field(default_factory=list)
    """The relaxed similarities of pairs of values that are similar but not the same."""

    def add(self, *, gold: int = 0, extracted: int = 0, same: int = 0) -> None:
        """Add to the counts of gold values, extracted values and pairs with the same value."""
        self.gold += gold
        self.extracted += extracted
        self.same += same

    def add_pair(self, similarity: Similarity) -> None:
        """Count a gold value and an extracted value as a pair, according to their similarity."""
        if similarity.strict:
            self.same += 1
        elif similarity.relaxed:
            self.partial.append(similarity.relaxed)

    @classmethod
    def merged(cls, slots: Iterable[SlotCounts]) -> SlotCounts:
        """Return the sum of the counts of several slots."""
        total = cls()
        for counts in slots:
            total.add(gold=counts.gold, extracted=counts.extracted, same=counts.same)
            total.partial += counts.partial
        return total

    def strict(self) -> Counts:
        """Return the counts for the strict score, in which merely similar values are wrong."""
        return Counts(self.same, self.extracted - self.same, self.gold - self.same)

    def relaxed(self) -> Counts:
        """Return the counts for the relaxed score, in which similar values are partly right.

        The similarities are summed exactly, so the sum does not depend on their order.
        """
        if not self.partial:
            return self.strict()
        tp = self.same + math.fsum(self.partial)
        return Counts(tp, max(0.0, self.extracted - tp), max(0.0, self.gold - tp))


@dataclass(frozen=True, slots=True)
class _Side:
    """An object in one of the two records, with its JSON Pointer and passage."""

    value: Mapping[str, Any]
    pointer: str
    quote: str | None

    def at(self, *names: str | int) -> str:
        """Return the JSON Pointer to a part of the object."""
        return self.pointer + pointer_to(names)

    def part(self, value: Any, rule: ObjectRule, *names: str | int) -> _Side:
        """Return a nested object or a list item; a value that is not an object counts as empty."""
        inner = value if isinstance(value, Mapping) else {}
        own = inner.get(rule.passage) if rule.passage else None
        return _Side(inner, self.at(*names), own if isinstance(own, str) else self.quote)

    def place(self, value: Any, *names: str | int) -> _Place:
        """Return a value in this object as one side of a discrepancy."""
        return _Place(value, self.at(*names), self.quote)


class _Place(NamedTuple):
    """One side of a discrepancy: a value with its JSON Pointer and passage."""

    value: Any = None
    pointer: str | None = None
    quote: str | None = None


class RecordDiff:
    """The counts and discrepancies from comparing two records, given as JSON data."""

    def __init__(
        self, gold: Mapping[str, Any], extracted: Mapping[str, Any], rule: ObjectRule
    ) -> None:
        self.slots: defaultdict[str, SlotCounts] = defaultdict(SlotCounts)
        """The counts of slots by dotted path; slots without a value may be absent."""
        self.items: defaultdict[str, SlotCounts] = defaultdict(SlotCounts)
        """The counts of gold, extracted and matched items, by dotted path of the list."""
        self.discrepancies: list[Discrepancy] = []
        self._compare_objects(rule, "", _Side(gold, "", None), _Side(extracted, "", None))

    def _compare_objects(
        self, rule: ObjectRule, prefix: str, gold: _Side, extracted: _Side
    ) -> None:
        """Compare two objects field by field; ``prefix`` is their path plus a dot, or empty."""
        for name, child in rule.fields.items():
            gold_value, extracted_value = gold.value.get(name), extracted.value.get(name)
            if gold_value is None and extracted_value is None:
                continue
            path = prefix + name
            if isinstance(child, ObjectRule):
                self._compare_parts(
                    child,
                    path,
                    gold.part(gold_value, child, name),
                    extracted.part(extracted_value, child, name),
                )
            elif isinstance(child, ListRule):
                self._compare_lists(child, prefix, name, gold, extracted)
            elif child.element is not None:
                self._compare_sets(child, prefix, name, gold, extracted)
            else:
                self._compare_values(child, prefix, name, gold, extracted)

    def _compare_parts(self, rule: ObjectRule, path: str, gold: _Side, extracted: _Side) -> None:
        """Compare two nested objects; if only one side has the object, report one discrepancy."""
        if gold.value and extracted.value:
            self._compare_objects(rule, f"{path}.", gold, extracted)
        elif gold.value:
            self._add_unmatched("missed", rule, path, gold)
        else:
            self._add_unmatched("spurious", rule, path, extracted)

    def _compare_lists(
        self, rule: ListRule, prefix: str, name: str, gold: _Side, extracted: _Side
    ) -> None:
        """Match the items of two lists, compare each pair and count the unmatched items."""
        path = prefix + name
        gold_items, items = (
            [
                side.part(item, rule.item, name, index)
                for index, item in enumerate(_items(side.value.get(name)))
            ]
            for side in (gold, extracted)
        )
        pairs = pair_items(
            [item.value for item in gold_items], [item.value for item in items], rule
        )
        self.items[path].add(gold=len(gold_items), extracted=len(items), same=len(pairs))
        for row, column in pairs:
            self._compare_objects(rule.item, f"{path}.", gold_items[row], items[column])
        for row in sorted(set(range(len(gold_items))) - {row for row, _ in pairs}):
            self._add_unmatched("missed", rule.item, path, gold_items[row])
        for column in sorted(set(range(len(items))) - {column for _, column in pairs}):
            self._add_unmatched("spurious", rule.item, path, items[column])

    def _add_unmatched(
        self, kind: DiscrepancyKind, rule: ObjectRule, path: str, side: _Side
    ) -> None:
        """Count the slots of an object that only one side has.

        If any slot is filled, the object is reported as one discrepancy.
        """
        alone = (
            RecordDiff(side.value, {}, rule)
            if kind == "missed"
            else RecordDiff({}, side.value, rule)
        )
        for totals, parts in ((self.slots, alone.slots), (self.items, alone.items)):
            for name, part in parts.items():
                totals[f"{path}.{name}"].add(gold=part.gold, extracted=part.extracted)
        if slots := sum(part.gold + part.extracted for part in alone.slots.values()):
            found = _Place(side.value, side.pointer, side.quote)
            self._report(
                kind,
                path,
                found if kind == "missed" else _Place(),
                found if kind == "spurious" else _Place(),
                slots=slots,
            )

    def _compare_values(
        self, rule: FieldRule, prefix: str, name: str, gold: _Side, extracted: _Side
    ) -> None:
        """Compare the values of a field; one of them may be null."""
        path = prefix + name
        gold_value, value = gold.value.get(name), extracted.value.get(name)
        if isinstance(gold_value, str) and gold_value == value and not is_empty(value):
            self.slots[path].add(gold=1, extracted=1, same=1)
            return
        gold_form, form = rule.normal(gold_value), rule.normal(value)
        if gold_form is None and form is None:
            return
        similarity = rule.similarity(gold_form, form)
        self.slots[path].add(gold=gold_form is not None, extracted=form is not None)
        self.slots[path].add_pair(similarity)
        if similarity.strict:
            return
        kind: DiscrepancyKind = "wrong_span" if rule.kind == "passage" else "wrong_value"
        if form is None:
            kind = "missed"
        elif gold_form is None:
            kind = "spurious"
        self._report(
            kind,
            path,
            gold.place(gold_value, name),
            extracted.place(value, name),
            similarity=similarity.relaxed,
        )

    def _compare_sets(
        self, rule: FieldRule, prefix: str, name: str, gold: _Side, extracted: _Side
    ) -> None:
        """Compare two lists of scalars as sets.

        Different elements with a relaxed similarity of at least 0.5 are paired, and each pair is
        reported as one wrong value. Elements that are in only one list and have no pair are
        reported as missed or spurious.
        """
        assert rule.element is not None
        path = prefix + name
        missed = _elements(rule.element, gold.value.get(name))
        spurious = _elements(rule.element, extracted.value.get(name))
        gold_forms, forms = sorted(missed, key=repr), sorted(spurious, key=repr)
        counts = self.slots[path]
        counts.add(gold=len(gold_forms), extracted=len(forms))
        for row, column, similarity in pair_elements(rule.element, gold_forms, forms):
            gold_element, element = missed.pop(gold_forms[row]), spurious.pop(forms[column])
            counts.add_pair(similarity)
            if not similarity.strict:
                self._report(
                    "wrong_value",
                    path,
                    gold.place(gold_element.value, name, gold_element.index),
                    extracted.place(element.value, name, element.index),
                    similarity=similarity.relaxed,
                )
        for element in missed.values():
            place = gold.place(element.value, name, element.index)
            self._report("missed", path, place, extracted.place(None, name))
        for element in spurious.values():
            place = extracted.place(element.value, name, element.index)
            self._report("spurious", path, gold.place(None, name), place)

    def _report(
        self,
        kind: DiscrepancyKind,
        path: str,
        gold: _Place,
        extracted: _Place,
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


@dataclass(frozen=True, slots=True)
class _Element:
    """An element of a list of scalars, with its first index in the list."""

    index: int
    value: Any


def _elements(rule: FieldRule, value: Any) -> dict[Hashable, _Element]:
    """Return the distinct non-empty elements of a list, by normal form."""
    elements: dict[Hashable, _Element] = {}
    for index, element in enumerate(value if isinstance(value, list) else [value]):
        if not is_empty(element):
            elements.setdefault(rule.normal(element), _Element(index, element))
    return elements
