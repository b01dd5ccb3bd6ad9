"""Writes the records of a run's folder as tables."""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from antq_llm.errors import ConfigurationError
from antq_llm.export.formats import FORMATS, Format
from antq_llm.export.layout import Layout
from antq_llm.export.manifest import keep_other_formats
from antq_llm.export.rows import rows_of
from antq_llm.export.tables import Table
from antq_llm.schemas.base import parse_json
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.schemas.registry import list_schemas, load_schema

RECORDS = "records.jsonl"
RUN = "run.json"


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
    chosen, records = FORMATS[format_name], folder / RECORDS
    if not records.is_file():
        raise ConfigurationError(
            f"{folder} has no {RECORDS}: name a folder that antq-llm extract --out has written"
        )
    path = out or chosen.default_target(folder)
    target = path.resolve()
    try:
        _check_target(target, chosen)
        with records.open("rb") as file:
            tables = _survey(file, records)
            _write(file, tables, target, chosen)
    except (OSError, sqlite3.Error) as error:
        raise ConfigurationError(
            f"{records} could not be exported to {target}: {error}. Name another place with --out"
        ) from error
    return WrittenExport(path, tables)


def _check_target(target: Path, chosen: Format) -> None:
    if target.exists() and not chosen.is_own(target):
        raise ConfigurationError(
            f"{target} exists and is not just an earlier {chosen.name} export: "
            "move it away, or name another --out"
        )


def _survey(file: IO[bytes], records: Path) -> tuple[Table, ...]:
    """Return the tables of the records, with those that their schemas declare."""
    layout = Layout()
    undeclared = set(list_schemas())

    def declare(reference: Any) -> None:
        if isinstance(reference, str) and reference in undeclared:
            undeclared.remove(reference)
            layout.add_schema(load_schema(reference).json_schema)

    declare(_schema_of_run(records.with_name(RUN)))
    for line in _lines(file, records):
        declare(line.get("schema"))
        for row in rows_of(line):
            layout.add_row(row)
    return layout.tables()


def _schema_of_run(path: Path) -> Any:
    """Return the schema that ``run.json`` names, if any."""
    try:
        return json.loads(path.read_bytes())["settings"]["schema"]
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _lines(file: IO[bytes], records: Path) -> Iterator[dict[str, Any]]:
    """Yield the records from the beginning; ConfigurationError names a broken line."""
    file.seek(0)
    for number, data in enumerate(file, start=1):
        where = f"{records}, line {number}"
        try:
            line = parse_json(data.decode("utf-8"))
        except (InvalidAnswer, UnicodeDecodeError) as error:
            raise _broken(where, str(error)) from error
        if (
            not isinstance(line, dict)
            or not isinstance(line.get("article_id"), str)
            or "record" not in line
        ):
            raise _broken(where, 'not an object with an "article_id" and a "record"')
        for name in ("evidence", "confidence"):
            listed = line.get(name, [])
            if not isinstance(listed, list) or not all(
                isinstance(item, dict) and isinstance(item.get("pointer"), str) for item in listed
            ):
                raise _broken(where, f'its "{name}" is not a list of objects with a "pointer"')
        if not isinstance(line.get("usage") or {}, dict) or not isinstance(
            line.get("warnings") or [], list
        ):
            raise _broken(where, 'its "usage" is not an object, or its "warnings" are not a list')
        yield line


def _broken(where: str, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"{where} is broken: {reason}. "
        "Run antq-llm extract again with the same --out, which rewrites the file"
    )


def _write(file: IO[bytes], tables: tuple[Table, ...], target: Path, chosen: Format) -> None:
    """Write the tables beside their target, and move them there when they are complete."""
    by_path = {table.path: table for table in tables}
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{target.name}.", suffix=".tmp", dir=target.parent
    ) as scratch:
        unfinished = Path(scratch) / target.name
        with chosen.open(tables, unfinished) as add_row:
            for line in _lines(file, Path(file.name)):
                for row in rows_of(line):
                    add_row(by_path[row.table], by_path[row.table].values(row.cells))
        if chosen.is_folder and target.exists():
            keep_other_formats(target, unfinished, chosen.suffix)
        for path in unfinished.iterdir() if chosen.is_folder else [unfinished]:
            _sync_to_disk(path)
        _replace(target, unfinished, Path(scratch) / "replaced")


def _sync_to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _replace(target: Path, new: Path, aside: Path) -> None:
    """Replace a file or a folder.

    A folder takes two steps; if the second one fails, the old folder is moved back.
    """
    if not target.is_dir():
        new.replace(target)
        return
    target.rename(aside)
    try:
        new.rename(target)
    except BaseException:
        aside.rename(target)
        raise
