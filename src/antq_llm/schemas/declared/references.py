"""Respelling references (the role ``Refers``) and dropping parts that depend on missing items."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from antq_llm.core.json_pointer import (
    child_pointer,
    parent_of,
    parts_of,
    remove_items,
    value_at,
)
from antq_llm.schemas.declared.declared_roles import EACH, DeclaredRoles, OtherKeys, Path
from antq_llm.schemas.roles import Refers
from antq_llm.text.comparison_form import comparison_form


@dataclass(frozen=True, slots=True)
class _Reference:
    """A value that names another item."""

    pointer: str
    value: str
    to: str
    """The path of the names to which the value can refer."""
    item: str
    """The pointer to the part that is dropped together with the named item."""


def drop_dependents(
    data: Any, roles: DeclaredRoles, before: Sequence[Any] | None = None
) -> list[str]:
    """Remove, in place, the parts that depend on missing items, and return their pointers.

    ``dependents`` describes these parts and the argument ``before``.
    """
    dropped = dependents(data, roles, before)
    remove_items(data, dropped, map_entries(data, dropped, roles))
    return dropped


def dependents(data: Any, roles: DeclaredRoles, before: Sequence[Any] | None = None) -> list[str]:
    """Return pointers to the parts to drop because they refer to missing or dropped items.

    In a list of references, the part to drop is the reference alone. Otherwise, it is the nearest
    enclosing object with a quote or, if there is none, the nearest enclosing item of a list or map.
    Null references are ignored. A reference matches names with exactly its spelling or, if there
    are none, other spellings of the same name. ``before`` lists the records from which ``data`` was
    made. If it is given, a reference to an item that was in none of these records is kept.
    """
    references = list(_references(data, roles))
    named = {reference.to: _named_values(data, reference.to) for reference in references}
    earlier = {
        to: {name for dump in (data, *(before or ())) for _, name in _named_values(dump, to)}
        for to in named
    }
    spellings = {
        (reference.to, reference.value): _spellings(reference.value, earlier[reference.to])
        for reference in references
    }
    if before is not None:
        references = [
            reference for reference in references if spellings[reference.to, reference.value]
        ]
    dropped: dict[str, None] = {}
    while True:
        present = {
            to: {value for pointer, value in values if not _is_inside(pointer, dropped)}
            for to, values in named.items()
        }
        fallen = [
            reference.item
            for reference in references
            if present[reference.to].isdisjoint(spellings[reference.to, reference.value])
            and not _is_inside(reference.pointer, dropped)
        ]
        if not fallen:
            return [pointer for pointer in dropped if not _is_inside(parent_of(pointer), dropped)]
        dropped |= dict.fromkeys(fallen)


def _spellings(name: str, names: Iterable[str]) -> set[str]:
    """Return ``name`` if it is in ``names``, or else its other spellings in ``names``."""
    return {name}.intersection(names) or {other for other in names if is_same_name(other, name)}


def map_entries(data: Any, pointers: Iterable[str], roles: DeclaredRoles) -> frozenset[str]:
    """Return the pointers that lead to map values, which are removed with their keys."""
    return frozenset(
        pointer
        for pointer in pointers
        if (path := path_of(pointer, roles))[-1:] == (EACH,)
        and roles.at(path) is not None
        and isinstance(value_at(data, parent_of(pointer)), dict)
    )


def respell_references(data: Any, roles: DeclaredRoles) -> dict[str, str]:
    """Change each reference, in place, to the spelling of the first item with the same name.

    The result maps the pointer of each changed reference to the pointer of that item's name.
    """
    respelled: dict[str, str] = {}
    for declared in roles.having(Refers):
        role = declared.get(Refers)
        named = _named_values(data, role.to) if role is not None else []
        for pointer, holder, key in holders_at(data, declared.path):
            value = holder[key]
            source = next(
                ((place, name) for place, name in named if is_same_name(name, value)), None
            )
            if source is not None and source[1] != value:
                holder[key] = source[1]
                respelled[pointer] = source[0]
    return respelled


def is_same_name(name: Any, other: Any) -> bool:
    """Return whether two names consist of the same words, in any spelling."""
    if not (isinstance(name, str) and isinstance(other, str) and name and other):
        return False
    form = comparison_form(name.strip())
    return (0, len(form.letters)) in form.find_all(comparison_form(other.strip()))


def path_of(pointer: str, roles: DeclaredRoles) -> Path:
    """Return the path of the field at a pointer."""
    path: Path = ()
    for part in parts_of(pointer):
        path = step_into(path, part, roles)
    return path


def step_into(path: Path, key: str, roles: DeclaredRoles) -> Path:
    """Return a path extended by ``key``, or by ``*`` if the schema has no field with that key."""
    named = (*path, key)
    return named if roles.at(named) is not None else (*path, EACH)


def holders_at(data: Any, path: Path) -> Iterator[tuple[str, Any, Any]]:
    """Yield the places in data that match a path.

    Each place is given as its pointer, its parent (an object or list) and its key or index in the
    parent.
    """
    yield from _holders(data, path, "")


def _holders(data: Any, path: Path, pointer: str) -> Iterator[tuple[str, Any, Any]]:
    if not path:
        return
    first, rest = path[0], path[1:]
    if isinstance(data, dict):
        keys: Any = _keys_at(data, first)
    elif isinstance(data, list) and first == EACH:
        keys = range(len(data))
    else:
        return
    for key in keys:
        place = child_pointer(pointer, key)
        if rest:
            yield from _holders(data[key], rest, place)
        else:
            yield place, data, key


def _keys_at(data: Mapping[str, Any], part: str) -> list[str]:
    """Return the keys of an object that match a part of a path."""
    if part != EACH:
        return [part] if part in data else []
    named = part.named if isinstance(part, OtherKeys) else frozenset()
    return [key for key in data if key not in named]


def _references(data: Any, roles: DeclaredRoles) -> Iterator[_Reference]:
    for declared in roles.having(Refers):
        role = declared.get(Refers)
        depth = _depth_of_dependent(declared.path, roles)
        for pointer, holder, key in holders_at(data, declared.path):
            if role is not None and isinstance(holder[key], str):
                item = "/".join(pointer.split("/")[: depth + 1])
                yield _Reference(pointer, holder[key], role.to, item)


def _depth_of_dependent(path: Path, roles: DeclaredRoles) -> int:
    """Return the number of keys in a reference's path that lead to the part to drop."""
    if path[-1] == EACH:
        return len(path)
    item = roles.item_of(path)
    if item not in (path, ()):
        return len(item)
    return max((depth for depth, key in enumerate(path, start=1) if key == EACH), default=len(path))


def _named_values(data: Any, to: str) -> list[tuple[str, str]]:
    """Return the names to which references can refer, each with its pointer."""
    return [
        (pointer, holder[key])
        for pointer, holder, key in holders_at(data, tuple(parts_of(to)))
        if isinstance(holder[key], str)
    ]


def _is_inside(pointer: str, outer: Container[str]) -> bool:
    """Return whether a pointer is one of the outer pointers or is inside one of them."""
    while pointer not in outer:
        if not pointer:
            return False
        pointer = parent_of(pointer)
    return True
