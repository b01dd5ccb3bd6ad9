"""Scoring profiles: how the records of a schema are compared, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from antq_llm.schemas.edtf import Date, Period
from antq_llm.schemas.walk import Alternative, alternatives, definition_name
from antq_llm.scoring.field_rules import DATE, EXACT, PASSAGE, PERIOD, TITLE, FieldRule, set_of

OVERALL = "overall"
DEFAULT_THRESHOLD = 0.5
"""The least similarity of two items that may be the same: half of what identifies them agrees."""
PASSAGE_FIELD = "quote"
"""The field that a derived profile compares as a passage."""


@dataclass(frozen=True)
class ObjectRule:
    """How an object is compared, field by field."""

    fields: Mapping[str, Rule]

    @cached_property
    def passage(self) -> str | None:
        """The first field with a passage, which is shown with the errors of the object."""
        return next(
            (
                name
                for name, rule in self.fields.items()
                if isinstance(rule, FieldRule) and rule.kind == "passage"
            ),
            None,
        )

    def slot(self, path: str) -> FieldRule:
        """Return the rule of a field by its dotted path; raise ValueError if there is none."""
        name, _, rest = path.partition(".")
        rule = self.fields.get(name)
        if isinstance(rule, ObjectRule) and rest:
            return rule.slot(rest)
        if isinstance(rule, FieldRule) and not rest:
            return rule
        raise ValueError(
            f"{path!r} is not a field with a value: expected one of {', '.join(self.fields)}, "
            "or a dotted path"
        )


@dataclass(frozen=True)
class ListRule:
    """How a list of objects is compared: its items are matched one to one, then compared."""

    item: ObjectRule
    identity: Mapping[str, float]
    """The weights of the fields that identify an item, by dotted path."""
    threshold: float = DEFAULT_THRESHOLD
    """The least weighted mean of the identifying fields' similarities for the same item."""

    def __post_init__(self) -> None:
        for path, weight in self.identity.items():
            self.item.slot(path)
            if weight <= 0:
                raise ValueError(f"the weight of {path!r} is {weight}: expected a positive number")


Rule = FieldRule | ObjectRule | ListRule


@dataclass(frozen=True)
class ScoringProfile:
    """How the records of one schema are compared."""

    reference: str
    """The schema's reference, such as ``name/1``."""
    record: ObjectRule

    @cached_property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The slots summed by each field with a score, in the schema's order.

        ``overall`` sums all of them.
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
        """The lists of objects, by dotted path."""
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


def derive_profile(json_schema: Mapping[str, Any], *, reference: str) -> ScoringProfile:
    """Return the profile of a schema that declares none.

    Numbers, booleans and enumerations are compared exactly, EDTF dates and periods (known by their
    patterns) and ISO dates as such, a field named ``quote`` as a passage, other text as titles, and
    lists of scalars as sets. The items of a list are identified by all their fields except
    passages, with equal weights. What has no fixed fields (maps, tuples, recursive schemas) is one
    exact value.
    """
    derived = _Derivation(json_schema.get("$defs", {})).rule(json_schema, "", frozenset())
    return ScoringProfile(reference, derived if isinstance(derived, ObjectRule) else ObjectRule({}))


@dataclass(frozen=True)
class _Derivation:
    """Reads rules off a JSON Schema."""

    definitions: Mapping[str, Any]

    def rule(self, schema: Any, name: str, entered: frozenset[str]) -> Rule:
        """Return the rule of a field; ``entered`` are the definitions that it is part of."""
        variants, entered = self._variants(schema, entered)
        if not variants:
            return EXACT
        kinds = {_type_of(variant) for variant in variants}
        if kinds == {"object"}:
            return self._object_rule(variants, entered)
        if kinds == {"array"}:
            return self._list_rule(variants, name, entered)
        return _text_rule(variants, name) if kinds == {"string"} else EXACT

    def _variants(
        self, schema: Any, entered: frozenset[str]
    ) -> tuple[list[Mapping[str, Any]], frozenset[str]]:
        """Return what a value may be apart from null, and all definitions entered to find it.

        Empty for a schema that refers to an unknown definition, or to one definition twice.
        """
        leaves: list[Alternative] = []
        for part in alternatives(schema, self.definitions, entered, beside_references=False):
            if part.kind == "leaf" and part.schema.get("type") != "null":
                leaves.append(part)
            elif part.kind in {"reference", "unresolved"}:
                name = definition_name(part.schema["$ref"])
                if part.kind == "unresolved" or name is None or name in entered:
                    return [], entered
                entered |= {name}
        leaves.sort(key=lambda leaf: leaf.depth)
        return [leaf.schema for leaf in leaves], entered

    def _object_rule(self, variants: Sequence[Mapping[str, Any]], entered: frozenset[str]) -> Rule:
        properties: dict[str, Any] = {}
        for variant in variants:
            properties |= {
                name: schema
                for name, schema in variant.get("properties", {}).items()
                if name not in properties
            }
        return (
            ObjectRule(
                {name: self.rule(schema, name, entered) for name, schema in properties.items()}
            )
            if properties
            else EXACT
        )

    def _list_rule(
        self, variants: Sequence[Mapping[str, Any]], name: str, entered: frozenset[str]
    ) -> Rule:
        items = [variant.get("items") for variant in variants]
        if not all(isinstance(item, Mapping) for item in items):
            return EXACT
        element = self.rule({"anyOf": items}, name, entered)
        if isinstance(element, ObjectRule):
            return ListRule(element, _default_identity(element))
        return set_of(
            element if isinstance(element, FieldRule) and element.kind != "set" else EXACT
        )


def _type_of(variant: Mapping[str, Any]) -> str:
    """Return the only JSON type of a schema apart from null; ``mixed`` if there is not just one."""
    if "enum" in variant or "const" in variant:
        return "enumeration"
    declared = variant.get("type", "object" if "properties" in variant else None)
    types = declared if isinstance(declared, list) else [declared]
    named = [name for name in types if name not in {"null", None}]
    return named[0] if len(named) == 1 else "mixed"


def _text_rule(variants: Sequence[Mapping[str, Any]], name: str) -> FieldRule:
    patterns = {variant.get("pattern") for variant in variants}
    if patterns == {Period.pattern}:
        return PERIOD
    if patterns == {Date.pattern} or {variant.get("format") for variant in variants} == {"date"}:
        return DATE
    return PASSAGE if name == PASSAGE_FIELD else TITLE


def _default_identity(item: ObjectRule) -> dict[str, float]:
    paths = [path for path in _own_slots(item, "") if item.slot(path).kind != "passage"]
    return dict.fromkeys(paths or _own_slots(item, ""), 1.0)


def _own_slots(rule: ObjectRule, prefix: str) -> Iterator[str]:
    """Yield the paths of an item's slots, except those of lists inside it."""
    for name, child in rule.fields.items():
        if isinstance(child, FieldRule):
            yield prefix + name
        elif isinstance(child, ObjectRule):
            yield from _own_slots(child, f"{prefix}{name}.")
