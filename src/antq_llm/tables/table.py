"""The tables that records are laid out as: their keys, columns and names.

A row of ``articles`` is keyed by ``article_id``, a row of another table by ``article_id`` and
``item``, the index of the object in its list (from 0, as in the pointers of the evidence). A list
inside the items of another list has the index of the outer item too, as ``orders_item``. Objects
inside an object are flattened (``place_province``). A date or period has its earliest and latest
day, year and month beside it (``date_earliest``). An object with a quote has the span of its
evidence: ``start``, ``end`` and ``match`` (``published_start`` if it is inside another object), and
an item its ``probability`` and the samples' ``agreement``, where they are known. A field with the
name of a key, a span or a column of provenance gets the prefix ``record_``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

ColumnKind = Literal["integer", "number", "boolean", "text", "date"]
Origin = Literal["key", "source", "record", "date", "span", "run", "joined"]
Scalar = str | int | float | bool | None
Value = Scalar | list[Scalar]
Path = tuple[str, ...]

ARTICLES = "articles"
CONFIDENCE = ("probability", "agreement")
DATE_PARTS: dict[str, ColumnKind] = {
    "earliest": "date",
    "latest": "date",
    "year": "integer",
    "month": "integer",
}
"""The columns beside a date or a period."""
SPAN: dict[str, ColumnKind] = {"start": "integer", "end": "integer", "match": "text"}
PROVENANCE: dict[str, ColumnKind] = {"schema": "text", "prompt": "text", "model": "text"}
"""The columns about the run in every table of the record."""
USAGE: dict[str, ColumnKind] = {
    "input_tokens": "integer",
    "output_tokens": "integer",
    "cached_tokens": "integer",
}
RUN = (
    PROVENANCE
    | {"prompt_sha256": "text", "attempts": "integer"}
    | USAGE
    | {"cost_usd": "number", "replayed": "boolean", "warnings": "integer"}
)
"""The columns about the run in ``articles``."""


class Key(NamedTuple):
    """Identifies a column: the origin of its values, and their path there."""

    origin: Origin
    path: Path


class TableKey(NamedTuple):
    """Identifies a table: a list of the record by its path, or a table about the run."""

    origin: Literal["record", "run"]
    path: Path

    def inside(self, path: Path) -> TableKey:
        """Return the table of a list in the rows of this one."""
        return TableKey(self.origin, (*self.path, *path))


ARTICLES_TABLE = TableKey("record", ())
Cells = dict[Key, Value]

ARTICLE_ID = Key("key", ("article_id",))
ITEM = Key("key", ("item",))
SOURCE = Key("source", ("source",))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; if ``is_list``, its cells are lists of values of its kind."""

    name: str
    key: Key
    kind: ColumnKind
    is_list: bool
    description: str = ""
    unit: str | None = None

    def convert(self, value: Any) -> Value:
        """Return a value as a cell of this column.

        Only a column of text can meet a value of another kind, which it keeps as JSON.
        """
        if value is None:
            return None
        if not self.is_list:
            return self._scalar(value)
        return [self._scalar(item) for item in (value if isinstance(value, list) else [value])]

    def _scalar(self, value: Scalar) -> Scalar:
        if value is None or self.kind != "text" or isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns, those of the key first, and its number of rows."""

    name: str
    key: TableKey
    columns: tuple[Column, ...]
    rows: int
    description: str = ""
    outer: str | None = None
    """The name of the table whose rows have the rows of this one; None without."""
    outer_keys: tuple[tuple[str, str], ...] = ()
    """The key columns that refer to ``outer``, each with the column there."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the key columns."""
        return tuple(column.name for column in self.columns if column.key.origin == "key")

    def values(self, cells: Cells) -> list[Value]:
        """Return the cells of a row in the order of the columns."""
        return [column.convert(cells.get(column.key)) for column in self.columns]


AddRow = Callable[[Table, Sequence[Value]], None]
"""Writes the values of one row to its table."""


def key_in_inner_table(key: Key, outer: TableKey) -> Key:
    """Return the key column that a key of an outer table has in the tables inside it."""
    return Key("key", (*outer.path, "item")) if key == ITEM else key
