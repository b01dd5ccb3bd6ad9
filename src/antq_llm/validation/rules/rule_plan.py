"""The plan of a schema's checks, compiled once from its roles for all articles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from antq_llm.core.json_pointer import child_pointer, pointer_to
from antq_llm.evidence.grounding import QUOTE, QuotePaths
from antq_llm.schemas.declared.declared_roles import EACH, DeclaredField, DeclaredRoles, Path
from antq_llm.schemas.declared.references import holders_at
from antq_llm.schemas.roles import (
    CalendarDate,
    Figure,
    Name,
    Printed,
    PrintedPeriod,
    PrintedTime,
    PublicationDate,
    Role,
)

R = TypeVar("R", bound=Role)

_DATE_ROLES = (CalendarDate, PublicationDate, PrintedPeriod)


class Value(NamedTuple):
    """A value in a record, with the object or list that contains it."""

    pointer: str
    value: Any
    holder: Any


@dataclass(frozen=True, slots=True)
class PlannedField(Generic[R]):
    """A field of an item, with its path in the item; the path is empty for the item itself."""

    path: Path
    role: R
    suffix: str
    """The path as a JSON Pointer."""

    def values_in(self, item: Value) -> Sequence[Value]:
        """Return the values of the field in an item, except nulls."""
        if not self.path:
            return (item,)
        if len(self.path) == 1 and self.path[0] != EACH:
            value = item.value.get(self.path[0]) if isinstance(item.value, dict) else None
            return () if value is None else (Value(item.pointer + self.suffix, value, item.value),)
        return _values_at(item, self.path)


@dataclass(frozen=True)
class PlannedItem:
    """The checks for the items at a path: objects with a quote, or single values."""

    path: Path
    quote_key: str | None
    printed: tuple[PlannedField[Name] | PlannedField[Printed], ...]
    figures: tuple[PlannedField[Figure], ...]
    times: tuple[PlannedField[PrintedTime], ...]
    stamps: tuple[PlannedField[PublicationDate], ...]
    dates: tuple[PlannedField[CalendarDate], ...]
    periods: tuple[PlannedField[PrintedPeriod], ...]

    def items_in(self, data: Any) -> Sequence[Value]:
        """Return the items at the path in a record, except nulls."""
        if not self.path:
            return (Value("", data, None),)
        if len(self.path) == 2 and self.path[1] == EACH:
            # Most items are in a top-level list.
            items = data.get(self.path[0]) if isinstance(data, dict) else None
            if isinstance(items, list):
                prefix = child_pointer("", self.path[0])
                return [
                    Value(f"{prefix}/{index}", item, items)
                    for index, item in enumerate(items)
                    if item is not None
                ]
        return _values_at(Value("", data, None), self.path)


def _values_at(outer: Value, path: Path) -> list[Value]:
    """Return the values at a path in another value, except nulls."""
    return [
        Value(outer.pointer + place, holder[key], holder)
        for place, holder, key in holders_at(outer.value, path)
        if holder[key] is not None
    ]


@dataclass(frozen=True)
class RulePlan:
    """The checks for the records of a schema."""

    items: tuple[PlannedItem, ...]
    """The planned items, in the order of the schema."""
    quote_paths: QuotePaths
    figures: tuple[PlannedField[Figure], ...]
    """All figure fields, with their paths in a record."""
    names: tuple[PlannedField[Name], ...]
    """All name fields, with their paths in a record."""
    has_dates: bool


@lru_cache(maxsize=64)
def rule_plan(roles: DeclaredRoles) -> RulePlan:
    """Return the plan for the roles of a schema."""
    fields: dict[Path, list[DeclaredField]] = {path: [] for path in roles.quote_key_of}
    for declared in roles.having(Name, Printed, Figure, PrintedTime, *_DATE_ROLES):
        fields.setdefault(roles.item_of(declared.path), []).append(declared)
    order = {declared.path: index for index, declared in enumerate(roles.fields)}
    first = {path: min((order[one.path] for one in of), default=-1) for path, of in fields.items()}
    return RulePlan(
        items=tuple(
            _planned_item(path, fields[path], roles)
            for path in sorted(fields, key=first.__getitem__)
        ),
        quote_paths=QuotePaths(
            (*path, key) for path, key in roles.quote_key_of.items() if key != QUOTE
        ),
        figures=_planned_fields(Figure, roles.fields, ()),
        names=_planned_fields(Name, roles.fields, ()),
        has_dates=bool(roles.having(*_DATE_ROLES)),
    )


def _planned_item(path: Path, fields: Sequence[DeclaredField], roles: DeclaredRoles) -> PlannedItem:
    names = {field.path: field for field in _planned_fields(Name, fields, path)}
    printed = {field.path: field for field in _planned_fields(Printed, fields, path)}
    paths = [declared.path[len(path) :] for declared in fields]
    return PlannedItem(
        path=path,
        quote_key=roles.quote_key_of.get(path),
        printed=tuple(
            names.get(field) or printed[field]
            for field in paths
            if field in names or field in printed
        ),
        figures=_planned_fields(Figure, fields, path),
        times=_planned_fields(PrintedTime, fields, path),
        stamps=_planned_fields(PublicationDate, fields, path),
        dates=_planned_fields(CalendarDate, fields, path),
        periods=_planned_fields(PrintedPeriod, fields, path),
    )


def _planned_fields(
    kind: type[R], fields: Iterable[DeclaredField], item: Path
) -> tuple[PlannedField[R], ...]:
    """Return the fields with a role, with their paths in an item."""
    planned = []
    for declared in fields:
        role = declared.get(kind)
        if role is not None:
            path = declared.path[len(item) :]
            planned.append(PlannedField(path, role, pointer_to(path)))
    return tuple(planned)
