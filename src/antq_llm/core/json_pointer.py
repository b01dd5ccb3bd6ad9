"""Functions that build and resolve JSON Pointers (RFC 6901) and remove values by pointer."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any


def pointer_to(location: Iterable[str | int]) -> str:
    """Return the pointer for a path of keys and indices."""
    return "".join([f"/{_escaped(part)}" for part in location])


def child_pointer(pointer: str, part: str | int) -> str:
    """Return ``pointer`` extended by a key or an index."""
    return f"{pointer}/{_escaped(part)}"


def parts_of(pointer: str) -> list[str]:
    """Return the keys and indices of a pointer, unescaped."""
    return [_unescaped(part) for part in pointer.split("/")[1:]]


def parent_of(pointer: str) -> str:
    """Return the pointer to the object or list that holds the value at ``pointer``."""
    return pointer.rpartition("/")[0]


def last_part(pointer: str) -> str:
    """Return the last key or index of a pointer, unescaped, or an empty string for the root."""
    return _unescaped(pointer.rpartition("/")[2])


def value_at(data: Any, pointer: str) -> Any:
    """Return the value at a pointer; raise LookupError if a key or an index is missing."""
    try:
        for part in parts_of(pointer):
            data = data[int(part)] if isinstance(data, list) else data[part]
    except (TypeError, ValueError) as error:
        raise LookupError(f"there is no value at {pointer}") from error
    return data


def find_value(data: Any, pointer: str, default: Any = None) -> Any:
    """Return the value at a pointer, or ``default`` if there is none."""
    try:
        return value_at(data, pointer)
    except LookupError:
        return default


def remove_items(
    data: Any, pointers: Iterable[str], map_entries: Container[str] = frozenset()
) -> bool:
    """Remove the values at ``pointers`` from ``data``.

    List items and the keys whose pointers are in ``map_entries`` are deleted; other values are set
    to None. Returns False if ``pointers`` includes the root, which cannot be removed.
    """
    # Remove later items first, because removing an item shifts those after it.
    for pointer in sorted(pointers, key=_position, reverse=True):
        if not pointer:
            return False
        holder, last = value_at(data, parent_of(pointer)), last_part(pointer)
        if isinstance(holder, list):
            del holder[int(last)]
        elif pointer in map_entries:
            del holder[last]
        else:
            holder[last] = None
    return True


def before_removal(pointers: Sequence[str], removed: Iterable[str]) -> list[str]:
    """Return ``pointers`` as they were before the list items at ``removed`` were deleted."""
    gone: dict[str, list[int]] = {}
    for pointer in removed:
        if (last := last_part(pointer)).isdecimal():
            gone.setdefault(parent_of(pointer), []).append(int(last))
    return [_before_removal(pointer, gone) for pointer in pointers]


def _before_removal(pointer: str, gone: Mapping[str, list[int]]) -> str:
    earlier = ""
    for part in pointer.split("/")[1:]:
        place = part
        if part.isdecimal() and earlier in gone:
            index = int(part)
            for removed_index in sorted(gone[earlier]):
                index += removed_index <= index
            place = str(index)
        earlier = f"{earlier}/{place}"
    return earlier


def _position(pointer: str) -> list[tuple[int, str]]:
    """Return a sort key that orders list items by index and keys by name."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in pointer.split("/")]


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _unescaped(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")
