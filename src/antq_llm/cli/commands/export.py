"""``antq-llm export``: the records of a run's folder as tables in a file or a folder."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import IO

from antq_llm.cli.printing import say
from antq_llm.core.atomic_write import replaced_atomically
from antq_llm.errors import ConfigurationError
from antq_llm.export.tables import Layout, Table, rows_of
from antq_llm.export.writers import FORMATS, MANIFEST, Format, read_manifest
from antq_llm.records.lines import RECORDS, open_records, read_run, records_in
from antq_llm.schemas.registry import list_schemas, load_schema


def run_export(folder: Path, to: str, out: Path | None) -> int:
    """Write the records of a run as tables, say where, and return the exit status.

    The file of records is read twice, once for its columns and once for its rows. What is written replaces an earlier export, when it is whole.
    """
    if to not in FORMATS:
        raise ConfigurationError(f"unknown --to {to!r}: use {', '.join(FORMATS)}")
    chosen, records = FORMATS[to], folder / RECORDS
    target = (out or chosen.default_target(folder)).resolve()
    try:
        with open_records(folder) as file:
            _check_target(target, chosen)
            tables = _survey(file, folder)
            _write(file, tables, target, chosen)
    except (OSError, sqlite3.Error) as error:
        raise ConfigurationError(
            f"{records} could not be exported to {target}: {error}. Name another place with --out"
        ) from error
    say(
        f"{tables[0].rows} record(s) in {len(tables)} table(s), in {out or chosen.default_target(folder)}"
    )
    return 0


def _check_target(target: Path, chosen: Format) -> None:
    if target.exists() and not chosen.is_own(target):
        raise ConfigurationError(
            f"{target} exists and is not an earlier {chosen.name} export alone: move it away, or name another --out"
        )


def _survey(file: IO[bytes], folder: Path) -> tuple[Table, ...]:
    """Return the tables that the records come to, with those that their schema declares."""
    layout = Layout()
    known = set(list_schemas())
    references = known & {_schema_of_run(folder)}
    for declared in references:
        layout.add_schema(load_schema(declared).json_schema)
    for line in records_in(file):
        reference = line.get("schema")
        if isinstance(reference, str) and reference in known and reference not in references:
            references.add(reference)
            layout.add_schema(load_schema(reference).json_schema)
        for row in rows_of(line):
            layout.add_row(row)
    return layout.tables()


def _schema_of_run(folder: Path) -> str | None:
    settings = read_run(folder).get("settings")
    reference = settings.get("schema") if isinstance(settings, dict) else None
    return reference if isinstance(reference, str) else None


def _write(file: IO[bytes], tables: tuple[Table, ...], target: Path, chosen: Format) -> None:
    """Write the tables beside their target, and put them in its place when they are whole."""
    by_path = {table.path: table for table in tables}
    with replaced_atomically(target) as unfinished:
        with chosen.open(tables, unfinished) as add:
            for line in records_in(file):
                for row in rows_of(line):
                    add(by_path[row.table], by_path[row.table].values(row.cells))
        if chosen.in_folder and target.exists():
            _keep_other_formats(target, unfinished, chosen)


def _keep_other_formats(old: Path, new: Path, chosen: Format) -> None:
    """Copy the tables of another format that share the folder: an export to CSV does not take one to Parquet away."""
    kept = {
        name: about
        for name, about in read_manifest(old).items()
        if not name.endswith(chosen.suffix) and (old / name).is_file()
    }
    for name in kept:
        shutil.copy2(old / name, new / name)
    manifest = json.loads((new / MANIFEST).read_bytes())
    manifest["tables"] |= kept
    (new / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")
