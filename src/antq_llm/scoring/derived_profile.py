"""Derivation of scoring profiles from JSON Schemas and roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from antq_llm.schemas.declared.declared_roles import (
    EACH,
    NO_ROLES,
    QUOTE_KEY,
    DeclaredField,
    DeclaredRoles,
    Path,
)
from antq_llm.schemas.edtf import Date, Period
from antq_llm.schemas.roles import (
    CalendarDate,
    Figure,
    Identity,
    Items,
    Name,
    Passage,
    PrintedPeriod,
    PrintedTime,
    PublicationDate,
    Quote,
    Role,
    Scored,
)
from antq_llm.schemas.walk import (
    Alternative,
    alternatives,
    definition_name,
    with_plain_references,
)
from antq_llm.scoring.field_rules import (
    DATE,
    EXACT,
    NAME,
    PASSAGE,
    PERIOD,
    TITLE,
    FieldRule,
    set_of,
)
from antq_llm.scoring.profile import DEFAULT_THRESHOLD, ListRule, ObjectRule, Rule, ScoringProfile

_SCORED = {
    "exact": EXACT,
    "date": DATE,
    "period": PERIOD,
    "name": NAME,
    "text": TITLE,
    "passage": PASSAGE,
}
_SCORED_BY_ROLE: tuple[tuple[type[Role], FieldRule], ...] = (
    (Name, NAME),
    (Figure, EXACT),
    (PrintedTime, EXACT),
    (CalendarDate, DATE),
    (PublicationDate, DATE),
    (PrintedPeriod, PERIOD),
    (Quote, PASSAGE),
    (Passage, PASSAGE),
)
"""The rules for fields with a role, unless ``Scored`` overrides them."""


def derive_profile(
    json_schema: Mapping[str, Any], roles: DeclaredRoles = NO_ROLES, *, reference: str
) -> ScoringProfile:
    """Return the scoring profile of a schema; ``reference`` names the schema, as in ``name/1``.

    Without roles, the type of a field decides how its values are compared:

    - numbers, booleans and enumerations: exactly
    - EDTF dates and periods (recognised by their patterns) and ISO dates: as dates and periods
    - quotes: as passages
    - other text: as titles
    - lists of scalars: as sets
    - values without fixed fields (maps, tuples and recursive schemas): exactly, as a whole

    An item of a list of objects is identified by its fields, with equal weights. Nested lists of
    objects are left out, and so are passages if there are other fields.

    Roles override these defaults. ``Scored`` takes precedence over other roles that imply a
    comparison, such as ``Name``, ``Figure`` and ``CalendarDate``. If a list of scalars has
    such a role, the role applies to each element. An object or list of objects with such a role is
    compared as a single value. ``Identity`` specifies the fields and weights that identify the
    items of a list, and ``Items`` specifies the minimum similarity at which items match.
    """
    if roles:
        # Roles are collected through these references, so fields must be found through them too.
        json_schema, _ = with_plain_references(json_schema)
    derivation = _Derivation(json_schema.get("$defs", {}), roles)
    derived = derivation.rule(json_schema, (), frozenset())
    return ScoringProfile(reference, derived if isinstance(derived, ObjectRule) else ObjectRule({}))


@dataclass(frozen=True)
class _Derivation:
    """The derivation of rules from one JSON Schema and its roles."""

    definitions: Mapping[str, Any]
    roles: DeclaredRoles

    def rule(self, schema: Any, path: Path, entered: frozenset[str]) -> Rule:
        """Return the rule of a field; ``entered`` names the enclosing definitions."""
        derived = self._derived_rule(schema, path, entered)
        declared = _declared_rule(self.roles.at(path))
        if declared is None:
            return derived
        is_set = isinstance(derived, FieldRule) and derived.element is not None
        return set_of(declared) if is_set else declared

    def _derived_rule(self, schema: Any, path: Path, entered: frozenset[str]) -> Rule:
        variants, entered = self._variants(schema, entered)
        if not variants:
            return EXACT
        kinds = {_type_of(variant) for variant in variants}
        if kinds == {"object"}:
            return self._object_rule(variants, path, entered)
        if kinds == {"array"}:
            return self._list_rule(variants, path, entered)
        if kinds != {"string"}:
            return EXACT
        name = next((key for key in reversed(path) if key != EACH), None)
        return _text_rule(variants, is_quote=name == QUOTE_KEY)

    def _variants(
        self, schema: Any, entered: frozenset[str]
    ) -> tuple[list[Mapping[str, Any]], frozenset[str]]:
        """Return the schemas of a value, except null, and the names of all definitions entered.

        The list of schemas is empty if a reference points to an unknown definition or to one
        entered before.
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

    def _object_rule(
        self, variants: Sequence[Mapping[str, Any]], path: Path, entered: frozenset[str]
    ) -> Rule:
        properties: dict[str, Any] = {}
        for variant in variants:
            properties |= {
                name: schema
                for name, schema in variant.get("properties", {}).items()
                if name not in properties
            }
        return (
            ObjectRule(
                {
                    name: self.rule(schema, (*path, name), entered)
                    for name, schema in properties.items()
                }
            )
            if properties
            else EXACT
        )

    def _list_rule(
        self, variants: Sequence[Mapping[str, Any]], path: Path, entered: frozenset[str]
    ) -> Rule:
        items = [variant.get("items") for variant in variants]
        if not all(isinstance(item, Mapping) for item in items):
            return EXACT
        element = self.rule({"anyOf": items}, (*path, EACH), entered)
        if isinstance(element, ObjectRule):
            field = self.roles.at(path)
            items_role = field.get(Items) if field is not None else None
            return ListRule(
                element,
                self._declared_identity((*path, EACH)) or _default_identity(element),
                items_role.threshold if items_role is not None else DEFAULT_THRESHOLD,
            )
        return set_of(
            element if isinstance(element, FieldRule) and element.kind != "set" else EXACT
        )

    def _declared_identity(self, item: Path) -> dict[str, float]:
        """Return the weights that an item's fields declare, except fields in nested lists."""
        weights: dict[str, float] = {}
        for field in self.roles.having(Identity):
            # An element of a list of scalars declares the weight of the list.
            path = field.path[:-1] if field.path[-1] == EACH else field.path
            inner, role = path[len(item) :], field.get(Identity)
            if path[: len(item)] == item and inner and EACH not in inner and role is not None:
                weights[".".join(inner)] = role.weight
        return weights


def _declared_rule(field: DeclaredField | None) -> FieldRule | None:
    """Return the rule that the roles of a field imply, or None."""
    if field is None:
        return None
    scored = field.get(Scored)
    if scored is not None:
        rule = _SCORED[scored.rule]
        return FieldRule("name", class_words=scored.ignore) if scored.ignore else rule
    return next((rule for role, rule in _SCORED_BY_ROLE if field.get(role) is not None), None)


def _type_of(variant: Mapping[str, Any]) -> str:
    """Return the JSON type of a schema, or ``enumeration``, ignoring null.

    The result is ``mixed`` unless there is exactly one type.
    """
    if "enum" in variant or "const" in variant:
        return "enumeration"
    declared = variant.get("type", "object" if "properties" in variant else None)
    types = declared if isinstance(declared, list) else [declared]
    named = [name for name in types if name not in {"null", None}]
    return named[0] if len(named) == 1 else "mixed"


def _text_rule(variants: Sequence[Mapping[str, Any]], *, is_quote: bool) -> FieldRule:
    patterns = {variant.get("pattern") for variant in variants}
    if patterns == {Period.pattern}:
        return PERIOD
    if patterns == {Date.pattern} or {variant.get("format") for variant in variants} == {"date"}:
        return DATE
    return PASSAGE if is_quote else TITLE


def _default_identity(item: ObjectRule) -> dict[str, float]:
    paths = [path for path in _own_slots(item, "") if item.slot(path).kind != "passage"]
    return dict.fromkeys(paths or _own_slots(item, ""), 1.0)


def _own_slots(rule: ObjectRule, prefix: str) -> Iterator[str]:
    """Yield the paths of an item's slots, except slots in nested lists."""
    for name, child in rule.fields.items():
        if isinstance(child, FieldRule):
            yield prefix + name
        elif isinstance(child, ObjectRule):
            yield from _own_slots(child, f"{prefix}{name}.")
