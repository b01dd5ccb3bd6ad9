"""The table row that contains a place in a record, and the warnings about each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from antq_llm.core.json_pointer import pointer_to
from antq_llm.tables.row import Row
from antq_llm.tables.table import ARTICLES_TABLE, ITEM, Key

FLAGS = ("disputed", "unverified", "ungrounded", "dated_by_metadata")
"""The kinds of warnings about the values of an item, the most serious first."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A warning about an item."""

    kind: str
    message: str


def pointer_of(row: Row, record: Any) -> str:
    """Return the JSON Pointer of a row's item in its record; empty for the article's row."""
    if row.table == ARTICLES_TABLE:
        return ""
    parts: list[str | int] = []
    place: tuple[str, ...] = ()
    for name in row.table.path:
        place = (*place, name)
        parts.append(name)
        outer_item = Key("key", (*place, "item"))
        if outer_item in row.cells:
            parts.append(str(row.cells[outer_item]))
    parts.append(str(row.cells[ITEM]))
    # If the whole record is a list, the list's name is not part of the pointer.
    return pointer_to(parts[1:] if isinstance(record, list) else parts)


class ItemPlaces:
    """The rows of an article, looked up by a place in its record.

    ``pointers`` are the JSON Pointers of the rows, including the row of the article itself.
    """

    def __init__(self, pointers: Sequence[str]) -> None:
        self._rows = {pointer: position for position, pointer in enumerate(pointers)}

    def row_of(self, pointer: str | None) -> int | None:
        """Return the position of the innermost row that contains a place, if any."""
        while pointer is not None:
            if pointer in self._rows:
                return self._rows[pointer]
            if not pointer:
                return None
            pointer = pointer.rpartition("/")[0]
        return None


def flags_by_row(line: Mapping[str, Any], places: ItemPlaces) -> dict[int, list[Flag]]:
    """Return the flags in an article's line, by the position of the row that they concern."""
    flags: dict[int, list[Flag]] = {}
    for warning in warnings_of(line):
        row = places.row_of(warning.get("pointer"))
        if row is not None and warning.get("kind") in FLAGS:
            flag = Flag(warning["kind"], str(warning.get("message")))
            flags.setdefault(row, []).append(flag)
    return flags


def warnings_of(line: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the warnings in an article's line."""
    return (warning for warning in line.get("warnings") or () if isinstance(warning, Mapping))
