"""Export of a run as tables of records, failures, warnings and metadata."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from antq_llm.core.atomic_write import replaced_atomically
from antq_llm.errors import ConfigurationError
from antq_llm.export.formats import FORMATS, Format
from antq_llm.export.writers.manifest import keep_other_formats
from antq_llm.records.lines import RECORDS, records_in
from antq_llm.records.stored_run import open_run
from antq_llm.tables.flat_table import FlatTable
from antq_llm.tables.line_tables import LineTables
from antq_llm.tables.table import Table, Value


@dataclass(frozen=True, slots=True)
class WrittenExport:
    """The result of an export."""

    path: Path
    tables: tuple[Table, ...]
    records: int
    """The number of records in the run."""
    articles_without_items: int = 0
    """The number of records that have no row in the flat table because their list is empty."""


def export_run(
    folder: Path, format_name: str, out: Path | None = None, flat: str | None = None
) -> WrittenExport:
    """Write a run as tables, and replace an earlier export once the tables are complete.

    ``flat`` names a list, such as ``people``; its items are written as a single table, with the
    columns of their articles. ``records.jsonl`` is read twice, first for the columns and then for
    the rows. ``out`` defaults to a path in ``folder``. Raises ConfigurationError if the format or
    list is unknown or the folder has no valid ``records.jsonl``. It is also raised if the target
    cannot be written or contains anything but an earlier export.
    """
    if format_name not in FORMATS:
        raise ConfigurationError(
            f"unknown format {format_name!r} for --to: use one of {', '.join(FORMATS)}"
        )
    chosen = FORMATS[format_name]
    path = out or chosen.default_target(folder, flat)
    target = path.resolve()
    run = open_run(folder)
    try:
        with run.open_records() as file:
            _check_target(target, chosen)
            export = LineTables(lambda: records_in(file), run.failure_lines, run.schema)
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
            f"{target} contains something other than an earlier {chosen.name} export: "
            "move it away, or name another --out"
        )


def _write(
    tables: tuple[Table, ...],
    rows: Iterator[tuple[Table, list[Value]]],
    target: Path,
    chosen: Format,
) -> None:
    """Write the tables next to the target, and replace the target once they are complete."""
    with replaced_atomically(target) as unfinished:
        with chosen.open(tables, unfinished) as add_row:
            for table, values in rows:
                add_row(table, values)
        if chosen.is_folder and target.exists():
            keep_other_formats(target, unfinished, chosen.suffix)
