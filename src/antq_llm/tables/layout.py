"""The tables and columns needed for the records and schemas of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from antq_llm.evidence.grounding import QUOTE
from antq_llm.schemas.declared.declared_roles import DeclaredRoles
from antq_llm.schemas.walk import Alternative, alternatives
from antq_llm.tables.column_descriptions import COLUMNS, DATE_DESCRIPTIONS, TABLES, UNITS
from antq_llm.tables.date_fields import dates_by_role, holds_dates
from antq_llm.tables.names import RESERVED_NAMES, free_name, table_name
from antq_llm.tables.row import Row
from antq_llm.tables.run_tables import RUN_TABLES
from antq_llm.tables.table import (
    ARTICLE_ID,
    ARTICLES_TABLE,
    DATE_PARTS,
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
    TableKey,
    key_in_inner_table,
)

_JSON_SCHEMA_KINDS: dict[str, ColumnKind] = {
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "string": "text",
}
_COLUMN_ORDER = (("key",), ("source",), ("record", "date"), ("span",), ("run",))
# Fields are named last, so that if a name is taken, the field gets the prefix.
_NAMING_ORDER = ("key", "source", "span", "run", "record", "date")
_INTEGER_BITS = 63


@dataclass(slots=True)
class _ColumnDraft:
    """The kinds of values in a column (none if all are null), and whether any value is a list."""

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
    """A table and a path inside its rows."""

    table: TableKey
    path: Path

    def child(self, name: str) -> _Place:
        return _Place(self.table, (*self.path, name))

    @property
    def key(self) -> Key:
        return Key("record", self.path)

    @property
    def inner_table(self) -> TableKey:
        return self.table.inside(self.path)


class Layout:
    """A collector of the tables and columns in rows and schemas; it does not keep the rows."""

    def __init__(self) -> None:
        self._columns: dict[TableKey, dict[Key, _ColumnDraft]] = {}
        self._row_counts: dict[TableKey, int] = {}
        self._descriptions: dict[TableKey, str] = {}
        self._role_dates: frozenset[Path] = frozenset()
        self.date_fields: set[Path] = set()
        """The paths of the dates and periods that schemas declare."""
        self._add_column(ARTICLES_TABLE, ARTICLE_ID, "text")
        self._add_column(ARTICLES_TABLE, SOURCE, "text")
        for name, kind in RUN.items():
            self._add_column(ARTICLES_TABLE, Key("run", (name,)), kind)

    def add_row(self, row: Row) -> None:
        """Add the columns of a row and count the row."""
        self._row_counts[row.table] = self._row_counts.get(row.table, 0) + 1
        for key, value in row.cells.items():
            draft = self._draft(row.table, key)
            if key.origin != "date":
                draft.add(value)

    def add_schema(self, schema: Mapping[str, Any], roles: DeclaredRoles) -> None:
        """Add the tables and columns that a schema declares, even if no row uses them."""
        definitions = schema.get("$defs", {})
        self._role_dates = dates_by_role(roles)
        for part in alternatives(schema, definitions):
            self._declare_object(definitions, part, _Place(ARTICLES_TABLE, ()))

    def tables(self) -> tuple[Table, ...]:
        """Return the tables, ``articles`` first; their names differ even if case is ignored."""
        for table, run_columns in RUN_TABLES.items():
            for key, kind in run_columns.items():
                self._add_column(table, key, kind)
        # The tables that every export has are named first.
        ordered = sorted(self._columns, key=_table_order)
        taken = set(RESERVED_NAMES)
        names = {
            table: free_name(table_name(table.path), taken)
            for table in sorted(ordered, key=lambda table: _table_order(table) == 1)
        }
        columns = {table: self._named_columns(table) for table in ordered}
        return tuple(self._table(table, names, columns) for table in ordered)

    def _table(
        self,
        key: TableKey,
        names: Mapping[TableKey, str],
        columns: Mapping[TableKey, tuple[Column, ...]],
    ) -> Table:
        outer = self._outer_table(key)
        return Table(
            names[key],
            key,
            columns[key],
            self._row_counts.get(key, 0),
            TABLES.get(key) or self._descriptions.get(key, ""),
            names[outer] if outer else None,
            _outer_keys(columns[key], outer, columns[outer]) if outer else (),
        )

    def _outer_table(self, key: TableKey) -> TableKey | None:
        """Return the outer table of a table; None if there is none or more than one."""
        own = {column for column in self._columns[key] if column.origin == "key"}
        if ITEM not in own:
            return None
        outside = [
            TableKey("record", key.path[:length]) for length in reversed(range(len(key.path)))
        ]
        for outer in outside:
            keys = [column for column in self._columns.get(outer, ()) if column.origin == "key"]
            if keys and {key_in_inner_table(column, outer) for column in keys} == own - {ITEM}:
                return outer
        return None

    def _add_column(self, table: TableKey, key: Key, kind: ColumnKind) -> None:
        self._draft(table, key).kinds.add(kind)

    def _draft(self, table: TableKey, key: Key) -> _ColumnDraft:
        return self._columns.setdefault(table, {}).setdefault(key, _ColumnDraft())

    def _named_columns(self, table: TableKey) -> tuple[Column, ...]:
        drafts = {
            key: draft
            for key, draft in self._columns[table].items()
            if draft.kinds or not self._is_nested_elsewhere(table, key)
        }
        taken: set[str] = set()
        names = {
            key: free_name("_".join(key.path), taken, "date" if key.origin == "date" else "record")
            for key in sorted(drafts, key=lambda key: _NAMING_ORDER.index(key.origin))
        }
        ordered = [key for origins in _COLUMN_ORDER for key in drafts if key.origin in origins]
        return tuple(
            Column(
                names[key],
                key,
                drafts[key].kind,
                drafts[key].is_list,
                self._description(table, key),
                None if key.origin == "record" else UNITS.get(key.path[-1]),
            )
            for key in ordered
        )

    def _description(self, table: TableKey, key: Key) -> str:
        if key.origin == "date":
            return DATE_DESCRIPTIONS[key.path[-1]].format(field="_".join(key.path[:-1]))
        if key.origin == "record" and table.origin == "record":
            return self._descriptions.get(table.inside(key.path), "")
        return COLUMNS.get((table, key.path[-1])) or COLUMNS.get((None, key.path[-1]), "")

    def _is_nested_elsewhere(self, table: TableKey, key: Key) -> bool:
        """Return whether a field without values is an object or list of objects in other rows."""
        if key.origin != "record":
            return False
        depth = len(key.path)
        is_object = any(
            column.origin == "record"
            and len(column.path) > depth
            and column.path[:depth] == key.path
            for column in self._columns[table]
        )
        return is_object or table.inside(key.path) in self._columns

    def _declare_object(
        self, definitions: Mapping[str, Any], node: Alternative, place: _Place
    ) -> None:
        properties = node.schema.get("properties") or {}
        for name, value in properties.items():
            self._describe(value, place.child(name))
            for part in alternatives(value, definitions, node.entered):
                self._declare(definitions, part, place.child(name))
        if QUOTE in properties:
            for name, kind in SPAN.items():
                self._draft(place.table, Key("span", (*place.path, name))).kinds.add(kind)

    def _declare(self, definitions: Mapping[str, Any], node: Alternative, place: _Place) -> None:
        self._declare_object(definitions, node, place)
        for kind in _scalar_kinds(node.schema):
            self._add_column(place.table, place.key, kind)
            if kind == "text" and self._is_date(node.schema, place):
                self._declare_date(place)
        for part in alternatives(node.schema.get("items"), definitions, node.entered):
            if "properties" in part.schema:
                self._declare_table(place.table, place.inner_table)
                self._declare_object(definitions, part, _Place(place.inner_table, ()))
            elif kinds := _scalar_kinds(part.schema):
                draft = self._draft(place.table, place.key)
                draft.is_list = True
                draft.kinds.update(kinds)

    def _describe(self, value: Any, place: _Place) -> None:
        description = value.get("description") if isinstance(value, Mapping) else None
        if isinstance(description, str):
            text = " ".join(description.split())
            self._descriptions.setdefault(place.inner_table, text)

    def _is_date(self, schema: Mapping[str, Any], place: _Place) -> bool:
        return holds_dates(schema) or place.inner_table.path in self._role_dates

    def _declare_date(self, place: _Place) -> None:
        self.date_fields.add(place.inner_table.path)
        for name, kind in DATE_PARTS.items():
            self._add_column(place.table, Key("date", (*place.path, name)), kind)

    def _declare_table(self, outer: TableKey, table: TableKey) -> None:
        for key in [key for key in self._columns[outer] if key.origin == "key"]:
            kinds = self._columns[outer][key].kinds
            self._draft(table, key_in_inner_table(key, outer)).kinds.update(kinds)
        self._draft(table, ITEM).kinds.add("integer")
        for name, kind in PROVENANCE.items():
            self._draft(table, Key("run", (name,))).kinds.add(kind)


def _table_order(table: TableKey) -> int:
    """Return a sort key: 0 for articles, 1 for a list in a record and 2 for a table about a run."""
    return 2 if table.origin == "run" else int(table != ARTICLES_TABLE)


def _outer_keys(
    columns: tuple[Column, ...], outer: TableKey, outer_columns: tuple[Column, ...]
) -> tuple[tuple[str, str], ...]:
    names = {column.key: column.name for column in columns}
    return tuple(
        (names[key_in_inner_table(column.key, outer)], column.name)
        for column in outer_columns
        if column.key.origin == "key"
    )


def _kind_of(value: Any) -> ColumnKind:
    """Return the kind of a value; a number that some formats cannot hold counts as text."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer" if value.bit_length() <= _INTEGER_BITS else "text"
    return "number" if isinstance(value, float) and math.isfinite(value) else "text"


def _scalar_kinds(node: Mapping[str, Any]) -> set[ColumnKind]:
    types = node.get("type", [])
    names = [types] if isinstance(types, str) else types
    return {_JSON_SCHEMA_KINDS[name] for name in names if name in _JSON_SCHEMA_KINDS}
