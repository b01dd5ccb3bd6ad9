"""The values of a schema that rules check, compiled from its roles once for all articles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from antq_llm.core.json_pointer import child_pointer
from antq_llm.evidence.grounding import QUOTE, QuotePaths
from antq_llm.schemas.declared_roles import DeclaredField, DeclaredRoles, Path
from antq_llm.schemas.references import holders_at
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
    """A value of a record, with the object or the list that it is in."""

    pointer: str
    value: Any
    holder: Any


@dataclass(frozen=True, slots=True)
class PlannedField(Generic[R]):
    """A field of an item, by its path in the item, which is empty where the field is the item."""

    path: Path
    role: R

    def values_in(self, item: Value) -> Iterator[Value]:
        """Yield the values of the field in an item; nulls are left out."""
        if not self.path:
            if item.value is not None:
                yield item
        elif len(self.path) == 1:
            [key] = self.path
            value = item.value.get(key) if isinstance(item.value, dict) else None
            if value is not None:
                yield Value(child_pointer(item.pointer, key), value, item.value)
        else:
            for place, holder, key in holders_at(item.value, self.path):
                if holder[key] is not None:
                    yield Value(item.pointer + place, holder[key], holder)


@dataclass(frozen=True)
class PlannedItem:
    """What is checked of the items at a path: objects with a quote, or single values."""

    path: Path
    quote_key: str | None
    printed: tuple[PlannedField[Name | Printed], ...]
    figures: tuple[PlannedField[Figure], ...]
    times: tuple[PlannedField[PrintedTime], ...]
    stamps: tuple[PlannedField[PublicationDate], ...]
    dates: tuple[PlannedField[CalendarDate], ...]
    periods: tuple[PlannedField[PrintedPeriod], ...]

    def items_in(self, data: Any) -> Iterator[Value]:
        """Yield the items of a record; nulls are left out."""
        if not self.path:
            yield Value("", data, None)
        for place, holder, key in holders_at(data, self.path):
            if holder[key] is not None:
                yield Value(place, holder[key], holder)


@dataclass(frozen=True)
class RulePlan:
    """What rules check in the records of a schema."""

    items: tuple[PlannedItem, ...]
    """In the order of the schema."""
    quote_paths: QuotePaths
    has_figures: bool
    has_dates: bool
    has_names: bool


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
            _planned_item(path, fields[path], roles) for path in sorted(fields, key=first.__getitem__)
        ),
        quote_paths=QuotePaths(
            (*path, key) for path, key in roles.quote_key_of.items() if key != QUOTE
        ),
        has_figures=bool(roles.having(Figure)),
        has_dates=bool(roles.having(*_DATE_ROLES)),
        has_names=bool(roles.having(Name)),
    )


def _planned_item(path: Path, fields: list[DeclaredField], roles: DeclaredRoles) -> PlannedItem:
    def planned(kind: type[R]) -> tuple[PlannedField[R], ...]:
        return tuple(
            PlannedField(declared.path[len(path) :], role)
            for declared in fields
            if (role := declared.get(kind)) is not None
        )

    return PlannedItem(
        path=path,
        quote_key=roles.quote_key_of.get(path),
        printed=tuple(
            PlannedField(declared.path[len(path) :], role)
            for declared in fields
            if (role := declared.get(Name) or declared.get(Printed)) is not None
        ),
        figures=planned(Figure),
        times=planned(PrintedTime),
        stamps=planned(PublicationDate),
        dates=planned(CalendarDate),
        periods=planned(PrintedPeriod),
    )
