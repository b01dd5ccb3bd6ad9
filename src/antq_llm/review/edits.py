"""Functions that change the values of a record and update the references to its items."""

from __future__ import annotations

import copy
from typing import Any

from antq_llm.core.json_pointer import (
    child_pointer,
    last_part,
    parent_of,
    parts_of,
    pointer_to,
    remove_items,
    value_at,
)
from antq_llm.schemas.declared.declared_roles import DeclaredRoles
from antq_llm.schemas.declared.references import drop_dependents, holders_at
from antq_llm.schemas.roles import Refers


def set_value(data: Any, pointer: str, value: Any, roles: DeclaredRoles) -> Any:
    """Return a copy of a record with a new value at a pointer.

    If this changes the name of an item, references to the old name are changed to the new one,
    unless another item still has the old name.
    """
    changed = copy.deepcopy(data)
    if not pointer:
        changed = copy.deepcopy(value)
    else:
        holder, last = _place(changed, pointer)
        holder[last] = copy.deepcopy(value)
    _rename_references(data, changed, roles)
    return changed


def add_item(data: Any, pointer: str, item: Any) -> tuple[Any, str]:
    """Return a copy of a record with an item added to a list, and the item's pointer.

    ``pointer`` points to the list, which is created if it is absent or null.
    """
    changed = copy.deepcopy(data)
    if pointer:
        holder, last = _place(changed, pointer)
        if _get(holder, last) is None:
            holder[last] = []
    items = value_at(changed, pointer)
    items.append(copy.deepcopy(item))
    return changed, child_pointer(pointer, len(items) - 1)


def remove_item(data: Any, pointer: str, roles: DeclaredRoles) -> tuple[Any, list[str]]:
    """Return a copy of a record with a list item removed or the value of a key set to null.

    Parts that depend on the item are removed too. The second result lists these parts as pointers
    into the record from which only the item was removed.
    """
    changed = copy.deepcopy(data)
    remove_items(changed, [pointer])
    return changed, drop_dependents(changed, roles, [data])


def names_at(data: Any, to: str) -> tuple[str, ...]:
    """Return the names to which a field with the role ``Refers(to)`` can refer."""
    return tuple(dict.fromkeys(_names(data, tuple(parts_of(to))).values()))


def _place(data: Any, pointer: str) -> tuple[Any, Any]:
    """Return the object or list around a value, and the value's key; create missing objects."""
    around = parent_of(pointer)
    holder = data
    for depth, part in enumerate(parts := parts_of(around)):
        inner = _get(holder, part)
        if inner is None:
            inner = {}
            place, last = _place(data, pointer_to(parts[: depth + 1]))
            place[last] = inner
        holder = inner
    last = last_part(pointer)
    return holder, int(last) if isinstance(holder, list) else last


def _get(holder: Any, key: Any) -> Any:
    return holder[int(key)] if isinstance(holder, list) else holder.get(key)


def _rename_references(before: Any, after: Any, roles: DeclaredRoles) -> None:
    for declared in roles.having(Refers):
        role = declared.get(Refers)
        if role is None:
            continue
        path = tuple(parts_of(role.to))
        old, new = _names(before, path), _names(after, path)
        renamed = {
            name: new[pointer]
            for pointer, name in old.items()
            if new.get(pointer, name) != name and name not in new.values()
        }
        for _, holder, key in holders_at(after, declared.path):
            if isinstance(holder[key], str) and holder[key] in renamed:
                holder[key] = renamed[holder[key]]


def _names(data: Any, path: tuple[str, ...]) -> dict[str, str]:
    return {
        pointer: holder[key]
        for pointer, holder, key in holders_at(data, path)
        if isinstance(holder[key], str)
    }
