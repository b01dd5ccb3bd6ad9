"""JSON Pointer (RFC 6901): building, reading and removing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def value_at(data: Any, pointer: str) -> Any:
    """Return the value that a JSON Pointer points to."""
    for part in pointer.split("/")[1:]:
        data = data[int(part)] if isinstance(data, list) else data[_unescaped(part)]
    return data


def remove_items(data: Any, pointers: Sequence[str]) -> bool:
    """Remove items in place: out of their list, or as null where they are the value of a key; False if one is the root."""
    for pointer in sorted(pointers, key=_order, reverse=True):
        if not pointer:
            return False
        parent, _, last = pointer.rpartition("/")
        holder = value_at(data, parent)
        if isinstance(holder, list):
            del holder[int(last)]
        else:
            holder[_unescaped(last)] = None
    return True


def _unescaped(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def _order(pointer: str) -> list[tuple[int, str]]:
    # Later items go first, so that removing one does not move those still to be removed.
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in pointer.split("/")]


def pointer_to(location: Iterable[str | int]) -> str:
    """Return the JSON Pointer (RFC 6901) of a path of keys and indices."""
    return "".join(["/" + str(part).replace("~", "~0").replace("/", "~1") for part in location])
