"""Writes a run's folder as tables: records, failures, warnings and metadata."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from antq_llm.core.atomic_write import replaced_atomically
from antq_llm.errors import ConfigurationError
from antq_llm.export.formats import FORMATS, Format
from antq_llm.export.writers.manifest import keep_other_formats
from antq_llm.records.lines import RECORDS, records_in
from antq_llm.records.stored_run import StoredRun, open_run
from antq_llm.schemas.base import Schema
from antq_llm.schemas.registry import list_schemas, load_schema
from antq_llm.tables.flat_table import FlatTable
from antq_llm.tables.layout import Layout
from antq_llm.tables.record_rows import rows_of
from antq_llm.tables.row import Row
from antq_llm.tables.run_tables import failure_rows
from antq_llm.tables.table import ARTICLES_TABLE, Table, Value


@dataclass(frozen=True, slots=True)
class WrittenExport:
    """The result of an export."""

    path: Path
    tables: tuple[Table, ...]
    records: int
    """The number of records in the run."""
    articles_without_items: int = 0
    """The number of records that are not in a flat table because they have no such item."""


def export_run(
    folder: Path, format_name: str, out: Path | None = None, flat: str | None = None
) -> WrittenExport:
    """Write a run as tables, replacing an earlier export once they are complete.

    ``flat`` is the name of a list, such as ``people``, whose items are written as one table that
    also has the columns of their articles. ``records.jsonl`` is read twice, for its columns and for
    its rows. ``out`` defaults to a path in ``folder``. Raises ConfigurationError for an unknown
    format or list, for a folder without valid records, and for a target that is not an earlier
    export or cannot be written.
    """
    if format_name not in FORMATS:
        raise ConfigurationError(f"unknown --to {format_name!r}: use {', '.join(FORMATS)}")
    chosen = FORMATS[format_name]
    path = out or chosen.default_target(folder, flat)
    target = path.resolve()
    run = open_run(folder)
    try:
        with run.open_records() as file:
            _check_target(target, chosen)
            export = _Export(run, file)
            joined = FlatTable(export.tables, flat) if flat is not None else None
            tables = (joined.table,) if joined else export.tables
            rows = export.joined_rows(joined) if joined else export.rows()
            _write(tables, rows, target, chosen)
    except (OSError, sqlite3.Error) as error:
        raise ConfigurationError(
            f"{folder / RECORDS} could not be exported to {target}: {error}. "
            "Name another place with --out"
        ) from error
    left_out = joined.articles_without_items if joined else 0
    return WrittenExport(path, tables, export.records, left_out)


def _check_target(target: Path, chosen: Format) -> None:
    if target.exists() and not chosen.is_own(target):
        raise ConfigurationError(
            f"{target} exists and is not just an earlier {chosen.name} export: "
            "move it away, or name another --out"
        )


class _Export:
    """The tables that the schemas declare and the lines of a run need, and their rows."""

    def __init__(self, run: StoredRun, file: IO[bytes]) -> None:
        self._run = run
        self._file = file
        self._layout = Layout()
        self._undeclared = set(list_schemas())
        if run.schema is not None:
            self._declare(run.schema)
        for rows in self._articles():
            for row in rows:
                self._layout.add_row(row)
        self.tables = self._layout.tables()
        self.records = next(table.rows for table in self.tables if table.key == ARTICLES_TABLE)

    def rows(self) -> Iterator[tuple[Table, list[Value]]]:
        """Yield each row with its table."""
        by_key = {table.key: table for table in self.tables}
        for rows in self._articles():
            for row in rows:
                yield by_key[row.table], by_key[row.table].values(row.cells)

    def joined_rows(self, joined: FlatTable) -> Iterator[tuple[Table, list[Value]]]:
        """Yield each row of a flat table."""
        for line in records_in(self._file):
            for values in joined.rows(rows_of(line, self._layout.date_fields)):
                yield joined.table, values

    def _articles(self) -> Iterator[list[Row]]:
        for line in records_in(self._file):
            self._declare_reference(line.get("schema"))
            yield rows_of(line, self._layout.date_fields)
        for line in self._run.failure_lines():
            yield list(failure_rows(line))

    def _declare_reference(self, reference: Any) -> None:
        if isinstance(reference, str) and reference in self._undeclared:
            self._declare(load_schema(reference))

    def _declare(self, schema: Schema[Any]) -> None:
        self._undeclared.discard(schema.reference)
        self._layout.add_schema(schema.json_schema, schema.roles)


def _write(
    tables: tuple[Table, ...],
    rows: Iterator[tuple[Table, list[Value]]],
    target: Path,
    chosen: Format,
) -> None:
    """Write the tables beside their target, and move them there when they are complete."""
    with replaced_atomically(target) as unfinished:
        with chosen.open(tables, unfinished) as add_row:
            for table, values in rows:
                add_row(table, values)
        if chosen.is_folder and target.exists():
            keep_other_formats(target, unfinished, chosen.suffix)
