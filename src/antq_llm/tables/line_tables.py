"""The tables for the output lines of a run or of one extraction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from antq_llm.schemas.base import Schema
from antq_llm.schemas.registry import list_schemas, load_schema
from antq_llm.tables.flat_table import FlatTable
from antq_llm.tables.layout import Layout
from antq_llm.tables.record_rows import rows_of
from antq_llm.tables.row import Row
from antq_llm.tables.run_tables import failure_rows
from antq_llm.tables.table import ARTICLES_TABLE, Table, Value

ReadLines = Callable[[], Iterable[Mapping[str, Any]]]
"""A function that reads the lines from the beginning each time it is called."""


class LineTables:
    """The tables for output lines and their schemas, with their rows.

    ``records`` and ``failures`` read lines in the form of ``records.jsonl`` and
    ``failures.jsonl``. They are called once to find the columns, and again whenever rows are read.
    """

    def __init__(
        self, records: ReadLines, failures: ReadLines = tuple, schema: Schema[Any] | None = None
    ) -> None:
        self._records = records
        self._failures = failures
        self._layout = Layout()
        self._undeclared = set(list_schemas())
        if schema is not None:
            self._declare(schema)
        for rows in self._articles():
            for row in rows:
                self._layout.add_row(row)
        self.tables = self._layout.tables()
        self.records = next(table.rows for table in self.tables if table.key == ARTICLES_TABLE)
        """The number of records."""

    def rows(self) -> Iterator[tuple[Table, list[Value]]]:
        """Yield each row with its table."""
        by_key = {table.key: table for table in self.tables}
        for rows in self._articles():
            for row in rows:
                yield by_key[row.table], by_key[row.table].values(row.cells)

    def joined_rows(self, joined: FlatTable) -> Iterator[tuple[Table, list[Value]]]:
        """Yield each row of a flat table."""
        for line in self._records():
            for values in joined.rows(rows_of(line, self._layout.date_fields)):
                yield joined.table, values

    def _articles(self) -> Iterator[list[Row]]:
        for line in self._records():
            self._declare_reference(line.get("schema"))
            yield rows_of(line, self._layout.date_fields)
        for line in self._failures():
            yield list(failure_rows(line))

    def _declare_reference(self, reference: Any) -> None:
        if isinstance(reference, str) and reference in self._undeclared:
            self._declare(load_schema(reference))

    def _declare(self, schema: Schema[Any]) -> None:
        self._undeclared.discard(schema.reference)
        self._layout.add_schema(schema.json_schema, schema.roles)
