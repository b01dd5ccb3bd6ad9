"""Scoring profiles: rules for comparing the records of a schema, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from antq_llm.scoring.field_rules import FieldRule

OVERALL = "overall"
DEFAULT_THRESHOLD = 0.5
"""The default minimum similarity at which two items match."""


@dataclass(frozen=True)
class ObjectRule:
    """The rules for comparing two objects, field by field."""

    fields: Mapping[str, Rule]

    @cached_property
    def passage(self) -> str | None:
        """The name of the first passage field, or None if there is none.

        The passage is shown with errors in the object.
        """
        return next(
            (
                name
                for name, rule in self.fields.items()
                if isinstance(rule, FieldRule) and rule.kind == "passage"
            ),
            None,
        )

    def slot(self, path: str) -> FieldRule:
        """Return the rule of the field at a dotted path.

        Raises ValueError if there is no such field.
        """
        return self.located_slot(path)[1]

    def located_slot(self, path: str) -> tuple[tuple[str, ...], FieldRule]:
        """Return the keys to the field at a dotted path, and its rule; keys can contain dots.

        Raises ValueError if there is no such field.
        """
        if path not in self.slots:
            raise ValueError(
                f"{path!r} is not a field with a value: expected one of {', '.join(self.slots)}"
            )
        return self.slots[path]

    @cached_property
    def slots(self) -> dict[str, tuple[tuple[str, ...], FieldRule]]:
        """The keys and rules of the fields with a value, by dotted path."""
        slots: dict[str, tuple[tuple[str, ...], FieldRule]] = {
            name: ((name,), rule)
            for name, rule in self.fields.items()
            if isinstance(rule, FieldRule)
        }
        for name, inner in self.fields.items():
            if isinstance(inner, ObjectRule):
                for path, (keys, rule) in inner.slots.items():
                    slots.setdefault(f"{name}.{path}", ((name, *keys), rule))
        return slots


@dataclass(frozen=True)
class ListRule:
    """The rule for comparing two lists of objects, whose items are first matched one to one."""

    item: ObjectRule
    identity: Mapping[str, float]
    """The weights of the fields that identify an item, by dotted path."""
    threshold: float = DEFAULT_THRESHOLD
    """The minimum similarity of the identifying fields at which two items match."""

    def __post_init__(self) -> None:
        for path, weight in self.identity.items():
            self.item.slot(path)
            if weight <= 0:
                raise ValueError(f"the weight of {path!r} is {weight}: expected a positive number")


Rule = FieldRule | ObjectRule | ListRule


@dataclass(frozen=True)
class ScoringProfile:
    """The rules for comparing records of one schema."""

    reference: str
    """The reference of the schema, such as ``name/1``."""
    record: ObjectRule

    @cached_property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The slots that count towards each field's score, by the field's path, in schema order.

        The entry ``overall`` contains all slots.
        """
        slots = list(_slots(self.record, ""))
        groups: dict[str, list[str]] = {OVERALL: slots}
        for slot in slots:
            names = slot.split(".")
            for depth in range(1, len(names) + 1):
                groups.setdefault(".".join(names[:depth]), []).append(slot)
        return {field: tuple(summed) for field, summed in groups.items()}

    @cached_property
    def lists(self) -> tuple[str, ...]:
        """The dotted paths of the lists of objects."""
        return tuple(_lists(self.record, ""))


def _slots(rule: ObjectRule, prefix: str) -> Iterator[str]:
    for name, child in rule.fields.items():
        if isinstance(child, FieldRule):
            yield prefix + name
        else:
            yield from _slots(
                child if isinstance(child, ObjectRule) else child.item, f"{prefix}{name}."
            )


def _lists(rule: ObjectRule, prefix: str) -> Iterator[str]:
    for name, child in rule.fields.items():
        if isinstance(child, ListRule):
            yield prefix + name
        if not isinstance(child, FieldRule):
            yield from _lists(
                child if isinstance(child, ObjectRule) else child.item, f"{prefix}{name}."
            )
