"""The tables in which records are laid out: their keys, columns and names.

The key of a row in ``articles``, ``failures`` and ``metadata`` is ``article_id``. In any other
table, it is ``article_id`` and ``item``, the zero-based index of the object in its list, as in the
pointers of the evidence. If a list is inside the items of another list, the key of its table also
includes the index of the outer item, in a column such as ``orders_item``.

Objects inside an object are flattened into columns such as ``place_province``. Additional columns,
such as ``date_earliest``, contain the earliest and latest day, the year and the month of a date or
period. An object with a quote has the span of its evidence in ``start``, ``end`` and ``match``; if
it is inside another object, these names have a prefix, as in ``published_start``. An item has a
``probability`` and an ``agreement`` of samples if they were computed. A field with the same name as
another column of its table, such as a key or span, gets the prefix ``record_``.
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
"""The columns added for a date or period."""
SPAN: dict[str, ColumnKind] = {"start": "integer", "end": "integer", "match": "text"}
PROVENANCE: dict[str, ColumnKind] = {"schema": "text", "prompt": "text", "model": "text"}
"""The columns about the run in every table of record values."""
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
    """The identity of a column: the origin of its values and their path within this origin."""

    origin: Origin
    path: Path


class TableKey(NamedTuple):
    """The identity of a table: a list in the record, by its path, or a table about the run."""

    origin: Literal["record", "run"]
    path: Path

    def inside(self, path: Path) -> TableKey:
        """Return the key of the table for a list inside the rows of this table."""
        return TableKey(self.origin, (*self.path, *path))


ARTICLES_TABLE = TableKey("record", ())
Cells = dict[Key, Value]

ARTICLE_ID = Key("key", ("article_id",))
ITEM = Key("key", ("item",))
SOURCE = Key("source", ("source",))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; if ``is_list`` is true, its cells are lists of values of its kind."""

    name: str
    key: Key
    kind: ColumnKind
    is_list: bool
    description: str = ""
    unit: str | None = None

    def convert(self, value: Any) -> Value:
        """Return a value as a cell of this column.

        In a text column, a value that is not a string is stored as JSON.
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
    """A table, with its columns (those of the key first) and its number of rows."""

    name: str
    key: TableKey
    columns: tuple[Column, ...]
    rows: int
    description: str = ""
    outer: str | None = None
    """The name of the table whose rows contain the rows of this table, if any."""
    outer_keys: tuple[tuple[str, str], ...] = ()
    """The key columns that refer to ``outer``, each with the column that it refers to."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the key columns."""
        return tuple(column.name for column in self.columns if column.key.origin == "key")

    def values(self, cells: Cells) -> list[Value]:
        """Return the cells of a row, in the order of the columns."""
        return [column.convert(cells.get(column.key)) for column in self.columns]


AddRow = Callable[[Table, Sequence[Value]], None]
"""A function that writes the values of one row to its table."""


def key_in_inner_table(key: Key, outer: TableKey) -> Key:
    """Return the column of an inner table that refers to a key column of its outer table."""
    return Key("key", (*outer.path, "item")) if key == ITEM else key
