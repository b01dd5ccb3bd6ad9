"""Items that name others (the role ``Refers``): spelled as those are, and dropped with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from antq_llm.core.json_pointer import child_pointer, parts_of, remove_items
from antq_llm.schemas.declared_roles import EACH, DeclaredRoles, Path
from antq_llm.schemas.roles import Refers


def drop_dependents(data: Any, roles: DeclaredRoles) -> list[str]:
    """Remove, in place, the items that name an item that is not there; return their pointers.

    The pointers are those before the removal. A null names nothing and stays.
    """
    dropped: dict[str, None] = {}
    for declared in roles.having(Refers):
        named = set(_named_values(data, declared.get(Refers)))
        for pointer, holder, key in holders_at(data, declared.path):
            value = holder[key]
            if value is not None and value not in named:
                item = _item_pointer(pointer, declared.path, roles)
                dropped.setdefault(item)
    remove_items(data, dropped)
    return list(dropped)


def respell_references(
    data: Any, roles: DeclaredRoles, is_same: Callable[[str, str], bool]
) -> None:
    """Spell each reference, in place, as the first item with the same name spells it."""
    for declared in roles.having(Refers):
        named = [value for value in _named_values(data, declared.get(Refers)) if value]
        for _, holder, key in holders_at(data, declared.path):
            value = holder[key]
            if value:
                holder[key] = next((name for name in named if is_same(name, value)), value)


def holders_at(data: Any, path: Path) -> Iterator[tuple[str, Any, Any]]:
    """Yield each place of a path in data: its pointer, and the object or list with the key there.

    Places that the data does not have are left out.
    """
    yield from _holders(data, path, "")


def _holders(data: Any, path: Path, pointer: str) -> Iterator[tuple[str, Any, Any]]:
    if not path:
        return
    first, rest = path[0], path[1:]
    if isinstance(data, dict):
        keys: Any = list(data) if first == EACH else [first] if first in data else []
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


def _named_values(data: Any, role: Refers | None) -> list[Any]:
    if role is None:
        return []
    return [holder[key] for _, holder, key in holders_at(data, tuple(parts_of(role.to)))]


def _item_pointer(pointer: str, path: Path, roles: DeclaredRoles) -> str:
    """Return the pointer of the item that a field is part of."""
    depth = len(roles.item_of(path))
    return "/".join(pointer.split("/")[: depth + 1])
