"""The records of a run as tables: one for the articles, and one for each list of objects in a record, whatever its schema.

A row of ``articles`` is keyed by ``article_id``, a row of another table by ``article_id`` and ``item``, the number (from 0, as in the pointers of the evidence)
of the object in its list; a list inside the items of another one has the number of the outer item too, as ``orders_item``. Objects inside an object are
flattened (``place_province``). An object with a quote has the span of its evidence: ``start``, ``end`` and ``match`` (``published_start`` where it is inside
another); an item that samples voted on has their ``agreement``. A field with the name of a key, a span or a column of provenance gets ``record_`` before it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from antq_llm.core.json_pointer import child_pointer
from antq_llm.evidence.grounding import QUOTE
from antq_llm.schemas.walk import Alternative, alternatives

ColumnKind = Literal["integer", "number", "boolean", "text"]
Scalar = str | int | float | bool | None
Value = Scalar | list[Scalar]
Path = tuple[str, ...]

ARTICLES = "articles"
SPAN: dict[str, ColumnKind] = {"start": "integer", "end": "integer", "match": "text"}
AGREEMENT = "agreement"
PROVENANCE: dict[str, ColumnKind] = {"schema": "text", "prompt": "text", "model": "text"}
"""The columns of a run that every row has; those of ``articles`` are ``RUN``."""
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

_KINDS: dict[str, ColumnKind] = {
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "string": "text",
}
_INTEGER_BITS = 63
_NAME_CHARACTERS = 60
_UNNAMED = "value"
_LISTED = "items"


class Key(NamedTuple):
    """What a column holds: where it comes from, and its path there."""

    origin: Literal["key", "source", "record", "span", "run"]
    path: Path


Cells = dict[Key, Value]

_ARTICLE = Key("key", ("article_id",))
_ITEM = Key("key", ("item",))
_SOURCE = Key("source", ("source",))
_ORIGINS = ("key", "source", "record", "span", "run")
_NAMED_FIRST = ("key", "source", "span", "run", "record")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; with ``many``, its cells are lists of values of its kind."""

    name: str
    key: Key
    kind: ColumnKind
    many: bool

    def convert(self, value: Any) -> Value:
        """Return a value as one of this column: what does not fit its kind only occurs in a column of text, as JSON."""
        if value is None:
            return None
        return (
            [self._scalar(one) for one in (value if isinstance(value, list) else [value])]
            if self.many
            else self._scalar(value)
        )

    def _scalar(self, value: Scalar) -> Scalar:
        return (
            value
            if value is None or self.kind != "text" or isinstance(value, str)
            else json.dumps(value, ensure_ascii=False)
        )


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns, those that are its key first, and how many rows it has."""

    name: str
    path: Path
    columns: tuple[Column, ...]
    rows: int

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the columns that make up a row's key."""
        return tuple(column.name for column in self.columns if column.key.origin == "key")

    def values(self, cells: Cells) -> list[Value]:
        """Return the cells of a row in the order of the columns."""
        return [column.convert(cells.get(column.key)) for column in self.columns]


@dataclass(slots=True)
class Row:
    """A row before the columns of its table are known."""

    table: Path
    """The path of its list in the record; empty for the row of an article."""
    cells: Cells


def rows_of(line: Mapping[str, Any]) -> list[Row]:
    """Return the rows of a line of ``records.jsonl``: that of the article, then those of its items, an item before those inside it."""
    return _Rows(line).rows


class _Rows:
    """The rows of one line, as they are found."""

    def __init__(self, line: Mapping[str, Any]) -> None:
        self._spans = {one["pointer"]: one for one in line.get("evidence") or []}
        self._agreements = {
            one["pointer"]: one.get(AGREEMENT) for one in line.get("confidence") or []
        }
        self._provenance: Cells = {Key("run", (name,)): line.get(name) for name in PROVENANCE}
        article = Row(
            (), {_ARTICLE: line["article_id"], _SOURCE: line.get("source")} | _run_cells(line)
        )
        self.rows = [article]
        record = line["record"]
        if isinstance(record, dict):
            self._read_object(record, article, (), "")
        elif _is_items(record):
            self._read_items(record, article, (_LISTED,), "")
        else:
            article.cells[Key("record", (_UNNAMED,))] = _cell(record)

    def _read_object(self, item: Mapping[str, Any], row: Row, path: Path, pointer: str) -> None:
        for name, value in item.items():
            here, place = (*path, name), child_pointer(pointer, name)
            if isinstance(value, dict):
                self._read_object(value, row, here, place)
            elif _is_items(value):
                self._read_items(value, row, here, place)
            else:
                row.cells[Key("record", here)] = _cell(value)
        if isinstance(item.get(QUOTE), str):
            span = self._spans.get(pointer, {})
            row.cells.update({Key("span", (*path, name)): span.get(name) for name in SPAN})
        if pointer in self._agreements:
            row.cells[Key("span", (*path, AGREEMENT))] = self._agreements[pointer]

    def _read_items(
        self, items: Sequence[Mapping[str, Any]], outer: Row, path: Path, pointer: str
    ) -> None:
        keys = {
            _outer_key(key, outer.table): value
            for key, value in outer.cells.items()
            if key.origin == "key"
        }
        for index, item in enumerate(items):
            row = Row((*outer.table, *path), {**keys, _ITEM: index, **self._provenance})
            self.rows.append(row)
            self._read_object(item, row, (), f"{pointer}/{index}")


@dataclass(slots=True)
class _Seen:
    """What is known of a column: the kinds of its values, none while all are null, and whether some are lists."""

    kinds: set[ColumnKind] = field(default_factory=set)
    many: bool = False

    @property
    def kind(self) -> ColumnKind:
        return (
            next(iter(self.kinds))
            if len(self.kinds) == 1
            else "number"
            if self.kinds == {"integer", "number"}
            else "text"
        )


class Layout:
    """The tables and columns that records come to; it grows with every row and schema that it is shown, not with their number."""

    def __init__(self) -> None:
        self._columns: dict[Path, dict[Key, _Seen]] = {}
        self._counts: dict[Path, int] = {}
        self._seen((), _ARTICLE).kinds.add("text")
        self._seen((), _SOURCE).kinds.add("text")
        for name, kind in RUN.items():
            self._seen((), Key("run", (name,))).kinds.add(kind)

    def add_row(self, row: Row) -> None:
        """Take the columns of a row in, and count it."""
        self._counts[row.table] = self._counts.get(row.table, 0) + 1
        for key, value in row.cells.items():
            seen = self._seen(row.table, key)
            seen.many |= isinstance(value, list)
            seen.kinds.update(
                _kind_of(one)
                for one in (value if isinstance(value, list) else [value])
                if one is not None
            )

    def add_schema(self, schema: Mapping[str, Any]) -> None:
        """Take in the tables and columns that a JSON Schema declares, so that they are there without a row too."""
        definitions = schema.get("$defs", {})
        for part in alternatives(schema, definitions):
            self._declare_object(definitions, part, ((), ()))

    def tables(self) -> tuple[Table, ...]:
        """Return the tables, that of the articles first, with names that differ in more than case."""
        taken: set[str] = set()
        return tuple(
            Table(
                _free_name(
                    re.sub(r"[^\w-]+", "_", "_".join(path or (ARTICLES,))).strip("_"), taken
                ),
                path,
                self._named(path),
                self._counts.get(path, 0),
            )
            for path in sorted(self._columns, key=lambda path: path != ())
        )

    def _seen(self, table: Path, key: Key) -> _Seen:
        return self._columns.setdefault(table, {}).setdefault(key, _Seen())

    def _named(self, table: Path) -> tuple[Column, ...]:
        columns = {
            key: seen
            for key, seen in self._columns[table].items()
            if seen.kinds or not self._is_elsewhere(table, key)
        }
        taken: set[str] = set()
        names = {
            key: _free_name("_".join(key.path), taken)
            for key in sorted(columns, key=lambda key: _NAMED_FIRST.index(key.origin))
        }
        ordered = sorted(columns, key=lambda key: _ORIGINS.index(key.origin))
        return tuple(
            Column(names[key], key, columns[key].kind, columns[key].many) for key in ordered
        )

    def _is_elsewhere(self, table: Path, key: Key) -> bool:
        """Whether a field that was null or an empty list here is an object or a list of objects in other records."""
        if key.origin != "record":
            return False
        depth = len(key.path)
        inside = any(
            other.origin == "record" and len(other.path) > depth and other.path[:depth] == key.path
            for other in self._columns[table]
        )
        return inside or (*table, *key.path) in self._columns

    def _declare_object(
        self, definitions: Mapping[str, Any], node: Alternative, at: tuple[Path, Path]
    ) -> None:
        table, path = at
        properties = node.schema.get("properties") or {}
        for name, value in properties.items():
            for part in alternatives(value, definitions, node.entered):
                self._declare(definitions, part, (table, (*path, name)))
        if QUOTE in properties:
            for name, kind in SPAN.items():
                self._seen(table, Key("span", (*path, name))).kinds.add(kind)

    def _declare(
        self, definitions: Mapping[str, Any], node: Alternative, at: tuple[Path, Path]
    ) -> None:
        table, path = at
        self._declare_object(definitions, node, at)
        for kind in _scalar_kinds(node.schema):
            self._seen(table, Key("record", path)).kinds.add(kind)
        for part in alternatives(node.schema.get("items"), definitions, node.entered):
            if "properties" in part.schema:
                self._declare_items(table, (*table, *path))
                self._declare_object(definitions, part, ((*table, *path), ()))
            elif kinds := _scalar_kinds(part.schema):
                seen = self._seen(table, Key("record", path))
                seen.many = True
                seen.kinds.update(kinds)

    def _declare_items(self, outer: Path, table: Path) -> None:
        for key in [key for key in self._columns[outer] if key.origin == "key"]:
            self._seen(table, _outer_key(key, outer)).kinds.update(self._columns[outer][key].kinds)
        self._seen(table, _ITEM).kinds.add("integer")
        for name, kind in PROVENANCE.items():
            self._seen(table, Key("run", (name,))).kinds.add(kind)


def _run_cells(line: Mapping[str, Any]) -> Cells:
    """Return the columns of a run in the row of an article; of the warnings, their number."""
    usage = line.get("usage") or {}
    values = {
        **{name: line.get(name, usage.get(name)) for name in RUN},
        "warnings": len(line.get("warnings") or []),
    }
    return {Key("run", (name,)): value for name, value in values.items()}


def _outer_key(key: Key, outer: Path) -> Key:
    """Return the key column of an outer item as it is called in the table of the items inside it."""
    return Key("key", (*outer, "item")) if key == _ITEM else key


def _is_items(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _cell(value: Any) -> Value:
    """Return a value as a cell; what is nested in a list that is not one of objects is kept as JSON."""
    if isinstance(value, list):
        return [
            json.dumps(one, ensure_ascii=False) if isinstance(one, dict | list) else one
            for one in value
        ]
    return value  # type: ignore[no-any-return] # parsed JSON, and no object


def _kind_of(value: Any) -> ColumnKind:
    """Return the kind of a value; a number that no format holds is text, digit by digit."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer" if value.bit_length() <= _INTEGER_BITS else "text"
    return "number" if isinstance(value, float) and math.isfinite(value) else "text"


def _scalar_kinds(node: Mapping[str, Any]) -> set[ColumnKind]:
    types = node.get("type", [])
    return {
        _KINDS[name] for name in ([types] if isinstance(types, str) else types) if name in _KINDS
    }


def _free_name(wanted: str, taken: set[str]) -> str:
    """Return a name that is not taken, in any case of its letters, and take it."""
    plain = re.sub(r"[\x00-\x1f\x7f]+", " ", wanted).strip()[:_NAME_CHARACTERS] or _UNNAMED
    plain = (
        f"record_{plain}"
        if plain.lower() in taken or plain.lower().startswith("sqlite_")
        else plain
    )
    name, number = plain, 2
    while name.lower() in taken:
        name, number = f"{plain}_{number}", number + 1
    taken.add(name.lower())
    return name
