"""Writes the records of a run's folder as tables."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from antq_llm.core.atomic_write import replaced_atomically
from antq_llm.errors import ConfigurationError
from antq_llm.export.formats import FORMATS, Format
from antq_llm.export.layout import Layout
from antq_llm.export.manifest import keep_other_formats
from antq_llm.export.rows import rows_of
from antq_llm.export.tables import Table
from antq_llm.records.lines import RECORDS, records_in
from antq_llm.records.stored_run import open_run
from antq_llm.schemas.registry import list_schemas, load_schema


@dataclass(frozen=True, slots=True)
class WrittenExport:
    """What an export wrote, and where."""

    path: Path
    tables: tuple[Table, ...]

    @property
    def records(self) -> int:
        """The number of records."""
        return self.tables[0].rows


def export_run(folder: Path, format_name: str, out: Path | None = None) -> WrittenExport:
    """Write the records of a run as tables, replacing an earlier export once they are complete.

    ``records.jsonl`` is read twice, for its columns and for its rows. ``out`` defaults to a path in
    ``folder``. Raises ConfigurationError for an unknown format, for a folder without valid records,
    and for a target that is not an earlier export or cannot be written.
    """
    if format_name not in FORMATS:
        raise ConfigurationError(f"unknown --to {format_name!r}: use {', '.join(FORMATS)}")
    chosen = FORMATS[format_name]
    path = out or chosen.default_target(folder)
    target = path.resolve()
    run = open_run(folder)
    try:
        with run.open_records() as file:
            _check_target(target, chosen)
            tables = _survey(file, run.settings.get("schema"))
            _write(file, tables, target, chosen)
    except (OSError, sqlite3.Error) as error:
        raise ConfigurationError(
            f"{folder / RECORDS} could not be exported to {target}: {error}. "
            "Name another place with --out"
        ) from error
    return WrittenExport(path, tables)


def _check_target(target: Path, chosen: Format) -> None:
    if target.exists() and not chosen.is_own(target):
        raise ConfigurationError(
            f"{target} exists and is not just an earlier {chosen.name} export: "
            "move it away, or name another --out"
        )


def _survey(file: IO[bytes], schema: Any) -> tuple[Table, ...]:
    """Return the tables of the records, with those that their schemas and the run's declare."""
    layout = Layout()
    undeclared = set(list_schemas())

    def declare(reference: Any) -> None:
        if isinstance(reference, str) and reference in undeclared:
            undeclared.remove(reference)
            layout.add_schema(load_schema(reference).json_schema)

    declare(schema)
    for line in records_in(file):
        declare(line.get("schema"))
        for row in rows_of(line):
            layout.add_row(row)
    return layout.tables()


def _write(file: IO[bytes], tables: tuple[Table, ...], target: Path, chosen: Format) -> None:
    """Write the tables beside their target, and move them there when they are complete."""
    by_path = {table.path: table for table in tables}
    with replaced_atomically(target) as unfinished:
        with chosen.open(tables, unfinished) as add_row:
            for line in records_in(file):
                for row in rows_of(line):
                    add_row(by_path[row.table], by_path[row.table].values(row.cells))
        if chosen.is_folder and target.exists():
            keep_other_formats(target, unfinished, chosen.suffix)
