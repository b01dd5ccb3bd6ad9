"""Finding faults in the roles that a schema declares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from antq_llm.schemas.declared.declared_roles import EACH, DeclaredField, DeclaredRoles
from antq_llm.schemas.roles import (
    CalendarDate,
    Figure,
    Identity,
    Items,
    Name,
    Passage,
    Printed,
    PrintedPeriod,
    PrintedTime,
    PublicationDate,
    Quote,
    Refers,
    Role,
    SameItem,
    Scored,
    Strongest,
)

_TEXT_ROLES = (
    *(Quote, Printed, Name, CalendarDate, PrintedPeriod, PublicationDate, PrintedTime, Passage),
    Refers,
)
_DATES = frozenset({"date-time", "time", "duration"})
_IMPOSSIBLE_FORMATS: Mapping[type[Role], tuple[frozenset[str], str]] = {
    CalendarDate: (_DATES, "a string such as 2024-05-04 (str or datetime.date)"),
    PublicationDate: (_DATES, "a string such as 2024-05-04 (str or datetime.date)"),
    PrintedPeriod: (_DATES | {"date"}, "a string such as 2024-05/2024-07 (str)"),
    PrintedTime: (_DATES | {"date"}, "a string such as 18:30 (str)"),
}
"""The formats that each date or time role cannot be used with, and the type to use instead."""


def problems_of(roles: DeclaredRoles) -> Iterator[tuple[DeclaredField, str]]:
    """Yield each fault in the declared roles, with its field."""
    for declared in roles.fields:
        for problem in _problems(declared, roles):
            yield declared, problem
    for declared in roles.having(PublicationDate)[1:]:
        yield declared, "only one field can be the publication date"


def _problems(declared: DeclaredField, roles: DeclaredRoles) -> Iterator[str]:
    """Yield a message for each fault in a field's roles."""
    for role in declared.roles:
        if isinstance(role, _TEXT_ROLES) and declared.types and declared.types != {"string"}:
            types = " or ".join(sorted(declared.types))
            yield f"the role {role.role!r} is for text, but the type of this field is {types}"
        formats, remedy = _IMPOSSIBLE_FORMATS.get(type(role), (frozenset(), ""))
        for name in sorted(declared.formats & formats):
            yield f"the role {role.role!r} cannot be used with the format {name}: use {remedy}"
        check = _CHECKS.get(type(role))
        if check is not None:
            yield from check(declared, role, roles)


def _check_quote(declared: DeclaredField, _: Any, roles: DeclaredRoles) -> Iterator[str]:
    if declared.path[-1:] in {(), (EACH,)}:
        yield "the role 'quote' is for a field of an object"
    beside = [key for key in roles.quote_keys if roles.at((*declared.path[:-1], key))]
    if len(beside) > 1:
        yield (
            "an object can have only one quote, but this one has several: "
            f"{', '.join(sorted(beside))}"
        )


def _check_passage(declared: DeclaredField, _: Any, roles: DeclaredRoles) -> Iterator[str]:
    if not declared.path or declared.path[-1] not in roles.quote_keys:
        yield (
            "the role 'passage' is for a quote: rename the field to 'quote', or give it the role "
            "'quote' as well"
        )


def _check_figure(declared: DeclaredField, role: Any, roles: DeclaredRoles) -> Iterator[str]:
    if declared.types and not declared.types <= {"number", "integer"}:
        types = " or ".join(sorted(declared.types))
        yield (
            f"the role 'figure' is for numbers, but the type of this field is {types}: "
            "use int or float (a Decimal can be text in JSON)"
        )
    for argument in ("comparator", "total"):
        beside = getattr(role, argument)
        if beside is not None and roles.at((*declared.path[:-1], beside)) is None:
            yield (
                f"the argument {argument!r} names {beside!r}, but there is no such field next to "
                "this one (if the field has an alias, give the alias)"
            )


def _check_refers(declared: DeclaredField, role: Any, roles: DeclaredRoles) -> Iterator[str]:
    path = tuple(role.to.split("/")[1:])
    if not role.to.startswith("/") or EACH not in path or path[-1] == EACH:
        yield (
            "the argument 'to' must name a field of list items, such as /people/*/name, "
            f"not {role.to!r}"
        )
    elif roles.at(path) is None:
        yield (
            f"the argument 'to' names {role.to}, but the schema has no such field "
            "(if the field has an alias, give the alias)"
        )
    elif len(declared.path) < 2:
        yield (
            "the role 'refers' is for a field of list items: an item that refers to a dropped "
            "item is dropped too"
        )


def _check_identity(declared: DeclaredField, _: Any, roles: DeclaredRoles) -> Iterator[str]:
    # A model that is used both in a list and alone declares its identity for the list.
    if len(declared.path) < 2:
        yield "the role 'identity' is for a field of list items"
    elif declared.get(Scored) is None and any(
        roles.has_fields(path) for path in (declared.path, (*declared.path, EACH))
    ):
        yield "the role 'identity' is not for objects: declare it on the fields inside this one"


def _check_items(declared: DeclaredField, role: Any, roles: DeclaredRoles) -> Iterator[str]:
    if "array" not in declared.types or "object" not in getattr(
        roles.at((*declared.path, EACH)), "types", ()
    ):
        yield f"the role {role.role!r} is for a list of objects"


def _check_same_item(declared: DeclaredField, role: Any, roles: DeclaredRoles) -> Iterator[str]:
    yield from _check_items(declared, role, roles)
    for name in (*role.any_of, *role.equal):
        if roles.at((*declared.path, EACH, name)) is None:
            yield f"the items have no field {name!r} (if the field has an alias, give the alias)"
    if role.overlap is not None and not any(
        roles.at((*declared.path, EACH, key)) for key in roles.quote_keys
    ):
        yield (
            "the argument 'overlap' compares quotes, but the items have none: give the items a "
            "quote, or use the argument 'any_of' instead"
        )


def _check_strongest(declared: DeclaredField, _: Any, __: DeclaredRoles) -> Iterator[str]:
    if len(declared.values) < 2:
        yield "the role 'strongest' is for an enumeration of at least two values"


_CHECKS: Mapping[type[Role], Callable[[DeclaredField, Any, DeclaredRoles], Iterator[str]]] = {
    Quote: _check_quote,
    Passage: _check_passage,
    Figure: _check_figure,
    Refers: _check_refers,
    Identity: _check_identity,
    Items: _check_items,
    SameItem: _check_same_item,
    Strongest: _check_strongest,
}
