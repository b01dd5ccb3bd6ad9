"""The tables and columns that the records and schemas of a run need."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from antq_llm.evidence.grounding import QUOTE
from antq_llm.export.rows import UNNAMED, Row
from antq_llm.export.tables import (
    ARTICLE_ID,
    ARTICLES,
    ITEM,
    PROVENANCE,
    RUN,
    SOURCE,
    SPAN,
    Column,
    ColumnKind,
    Key,
    Path,
    Table,
    key_in_inner_table,
)
from antq_llm.schemas.walk import Alternative, alternatives

_JSON_SCHEMA_KINDS: dict[str, ColumnKind] = {
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "string": "text",
}
_COLUMN_ORDER = ("key", "source", "record", "span", "run")
# Fields come last, so that a field whose name is taken gets the prefix, not another column.
_NAMING_ORDER = ("key", "source", "span", "run", "record")
_INTEGER_BITS = 63
_MAX_NAME_CHARACTERS = 60


@dataclass(slots=True)
class _ColumnDraft:
    """The kinds of a column's values, none while all are null, and whether some are lists."""

    kinds: set[ColumnKind] = field(default_factory=set)
    is_list: bool = False

    @property
    def kind(self) -> ColumnKind:
        if len(self.kinds) == 1:
            return next(iter(self.kinds))
        return "number" if self.kinds == {"integer", "number"} else "text"

    def add(self, value: Any) -> None:
        self.is_list |= isinstance(value, list)
        items = value if isinstance(value, list) else [value]
        self.kinds.update(_kind_of(item) for item in items if item is not None)


@dataclass(frozen=True, slots=True)
class _Place:
    """A table, and a path inside its rows."""

    table: Path
    path: Path

    def child(self, name: str) -> _Place:
        return _Place(self.table, (*self.path, name))

    @property
    def key(self) -> Key:
        return Key("record", self.path)

    @property
    def inner_table(self) -> Path:
        return (*self.table, *self.path)


class Layout:
    """Collects tables and columns from rows and schemas; memory grows with the columns only."""

    def __init__(self) -> None:
        self._columns: dict[Path, dict[Key, _ColumnDraft]] = {}
        self._row_counts: dict[Path, int] = {}
        self._draft((), ARTICLE_ID).kinds.add("text")
        self._draft((), SOURCE).kinds.add("text")
        for name, kind in RUN.items():
            self._draft((), Key("run", (name,))).kinds.add(kind)

    def add_row(self, row: Row) -> None:
        """Add the columns of a row, and count it."""
        self._row_counts[row.table] = self._row_counts.get(row.table, 0) + 1
        for key, value in row.cells.items():
            self._draft(row.table, key).add(value)

    def add_schema(self, schema: Mapping[str, Any]) -> None:
        """Add the tables and columns that a JSON Schema declares, for records without rows."""
        definitions = schema.get("$defs", {})
        for part in alternatives(schema, definitions):
            self._declare_object(definitions, part, _Place((), ()))

    def tables(self) -> tuple[Table, ...]:
        """Return the tables, ``articles`` first, with names that differ in more than case."""
        taken: set[str] = set()
        return tuple(
            Table(
                _free_name(_table_name(path), taken),
                path,
                self._named_columns(path),
                self._row_counts.get(path, 0),
            )
            for path in sorted(self._columns, key=lambda path: path != ())
        )

    def _draft(self, table: Path, key: Key) -> _ColumnDraft:
        return self._columns.setdefault(table, {}).setdefault(key, _ColumnDraft())

    def _named_columns(self, table: Path) -> tuple[Column, ...]:
        drafts = {
            key: draft
            for key, draft in self._columns[table].items()
            if draft.kinds or not self._is_nested_elsewhere(table, key)
        }
        taken: set[str] = set()
        names = {
            key: _free_name("_".join(key.path), taken)
            for key in sorted(drafts, key=lambda key: _NAMING_ORDER.index(key.origin))
        }
        ordered = sorted(drafts, key=lambda key: _COLUMN_ORDER.index(key.origin))
        return tuple(
            Column(names[key], key, drafts[key].kind, drafts[key].is_list) for key in ordered
        )

    def _is_nested_elsewhere(self, table: Path, key: Key) -> bool:
        """Whether a field without values here is an object or a list of objects in other rows."""
        if key.origin != "record":
            return False
        depth = len(key.path)
        is_object = any(
            column.origin == "record"
            and len(column.path) > depth
            and column.path[:depth] == key.path
            for column in self._columns[table]
        )
        return is_object or (*table, *key.path) in self._columns

    def _declare_object(
        self, definitions: Mapping[str, Any], node: Alternative, place: _Place
    ) -> None:
        properties = node.schema.get("properties") or {}
        for name, value in properties.items():
            for part in alternatives(value, definitions, node.entered):
                self._declare(definitions, part, place.child(name))
        if QUOTE in properties:
            for name, kind in SPAN.items():
                self._draft(place.table, Key("span", (*place.path, name))).kinds.add(kind)

    def _declare(self, definitions: Mapping[str, Any], node: Alternative, place: _Place) -> None:
        self._declare_object(definitions, node, place)
        for kind in _scalar_kinds(node.schema):
            self._draft(place.table, place.key).kinds.add(kind)
        for part in alternatives(node.schema.get("items"), definitions, node.entered):
            if "properties" in part.schema:
                self._declare_table(place.table, place.inner_table)
                self._declare_object(definitions, part, _Place(place.inner_table, ()))
            elif kinds := _scalar_kinds(part.schema):
                draft = self._draft(place.table, place.key)
                draft.is_list = True
                draft.kinds.update(kinds)

    def _declare_table(self, outer: Path, table: Path) -> None:
        for key in [key for key in self._columns[outer] if key.origin == "key"]:
            kinds = self._columns[outer][key].kinds
            self._draft(table, key_in_inner_table(key, outer)).kinds.update(kinds)
        self._draft(table, ITEM).kinds.add("integer")
        for name, kind in PROVENANCE.items():
            self._draft(table, Key("run", (name,))).kinds.add(kind)


def _kind_of(value: Any) -> ColumnKind:
    """Return the kind of a value: text for a number that not every format can hold."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer" if value.bit_length() <= _INTEGER_BITS else "text"
    return "number" if isinstance(value, float) and math.isfinite(value) else "text"


def _scalar_kinds(node: Mapping[str, Any]) -> set[ColumnKind]:
    types = node.get("type", [])
    names = [types] if isinstance(types, str) else types
    return {_JSON_SCHEMA_KINDS[name] for name in names if name in _JSON_SCHEMA_KINDS}


def _table_name(path: Path) -> str:
    return re.sub(r"[^\w-]+", "_", "_".join(path or (ARTICLES,))).strip("_")


def _free_name(wanted: str, taken: set[str]) -> str:
    """Return a name that differs from those taken in more than case, and add it to them."""
    name = re.sub(r"[\x00-\x1f\x7f]+", " ", wanted).strip()[:_MAX_NAME_CHARACTERS] or UNNAMED
    if name.lower() in taken or name.lower().startswith("sqlite_"):
        name = f"record_{name}"
    free, number = name, 2
    while free.lower() in taken:
        free, number = f"{name}_{number}", number + 1
    taken.add(free.lower())
    return free
