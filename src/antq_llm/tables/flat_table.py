"""A table that joins the items of a list with the objects around them and their article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from antq_llm.errors import ConfigurationError
from antq_llm.tables.names import free_name
from antq_llm.tables.row import Row
from antq_llm.tables.run_tables import METADATA
from antq_llm.tables.table import ARTICLES_TABLE, Column, Key, Table, TableKey, Value

_JOINED_ORIGINS = frozenset({"source", "record", "date"})
_PREFIXES = {ARTICLES_TABLE: "article", METADATA: "metadata"}


class FlatTable:
    """The table of a list, with columns from the tables around it and from the article's metadata.

    Each added column's name has a prefix for its table, as in ``article_headline``,
    ``metadata_title`` and ``orders_number``.
    """

    def __init__(self, tables: Sequence[Table], name: str) -> None:
        """Join the tables; raise ConfigurationError if no list has a table with this name."""
        by_name = {table.name: table for table in tables}
        by_key = {table.key: table for table in tables}
        lists = [table.name for table in tables if table.outer and table.key.origin == "record"]
        if name not in lists:
            raise ConfigurationError(
                f"there is no list {name!r} to flatten: choose from {', '.join(lists)}"
                if lists
                else f"there is no list {name!r} to flatten: the records have no lists of objects"
            )
        self._own = by_name[name]
        outer: list[Table] = []
        around = self._own.outer
        while around is not None:
            outer.append(by_name[around])
            around = by_name[around].outer
        outer.append(by_key[METADATA])
        self._joined = [
            (table, [column for column in table.columns if column.key.origin in _JOINED_ORIGINS])
            for table in outer
        ]
        self.table = replace(
            self._own,
            columns=(*self._own.columns, *self._joined_columns()),
            outer=None,
            outer_keys=(),
            description=f"Each item of {name}, with its article.",
        )
        self.articles_without_items = 0
        """The number of articles passed to ``rows`` so far that have no row in the table."""

    def rows(self, rows: Iterable[Row]) -> Iterator[list[Value]]:
        """Yield an article's rows in this table, given its rows in all tables."""
        collected = list(rows)
        last: dict[TableKey, Row] = {
            row.table: row for row in collected if row.table in (ARTICLES_TABLE, METADATA)
        }
        is_empty = True
        for row in collected:
            last[row.table] = row
            if row.table == self._own.key:
                is_empty = False
                yield self._values(row, last)
        self.articles_without_items += is_empty

    def _joined_columns(self) -> Iterator[Column]:
        taken = {column.name.lower() for column in self._own.columns}
        for table, columns in self._joined:
            prefix = _PREFIXES.get(table.key, table.name)
            for column in columns:
                yield replace(
                    column,
                    name=free_name(f"{prefix}_{column.name}", taken),
                    key=Key("joined", (table.name, *column.key.path)),
                )

    def _values(self, row: Row, last: dict[TableKey, Row]) -> list[Value]:
        values = self._own.values(row.cells)
        for table, columns in self._joined:
            cells = last[table.key].cells if table.key in last else {}
            values += [column.convert(cells.get(column.key)) for column in columns]
        return values
