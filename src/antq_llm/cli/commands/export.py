"""``antq-llm export``: the records of a run's folder as tables in a file or a folder."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from antq_llm.cli.printing import say
from antq_llm.core.atomic_write import replaced_atomically
from antq_llm.errors import ConfigurationError
from antq_llm.export.tables import Layout, Table, rows_of
from antq_llm.export.writers import FORMATS, MANIFEST, Format, read_manifest
from antq_llm.schemas.base import parse_json
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.schemas.registry import list_schemas, load_schema

RECORDS = "records.jsonl"
RUN = "run.json"


def run_export(folder: Path, to: str, out: Path | None) -> int:
    """Write the records of a run as tables, say where, and return the exit status.

    The file of records is read twice, once for its columns and once for its rows. What is written replaces an earlier export, when it is whole.
    """
    if to not in FORMATS:
        raise ConfigurationError(f"unknown --to {to!r}: use {', '.join(FORMATS)}")
    chosen, records = FORMATS[to], folder / RECORDS
    if not records.is_file():
        raise ConfigurationError(
            f"{folder} has no {RECORDS}: name a folder that antq-llm extract --out has written"
        )
    target = (out or chosen.default_target(folder)).resolve()
    try:
        _check_target(target, chosen)
        with records.open("rb") as file:
            tables = _survey(file, records)
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


def _survey(file: IO[bytes], records: Path) -> tuple[Table, ...]:
    """Return the tables that the records come to, with those that their schema declares."""
    layout = Layout()
    known = list_schemas()
    references = {_schema_of_run(records.with_name(RUN))} & set(known)
    for reference in references:
        layout.add_schema(load_schema(reference).json_schema)
    for line in _lines(file, records):
        reference = line.get("schema")
        if isinstance(reference, str) and reference in known and reference not in references:
            references.add(reference)
            layout.add_schema(load_schema(reference).json_schema)
        for row in rows_of(line):
            layout.add_row(row)
    return layout.tables()


def _schema_of_run(path: Path) -> Any:
    """Return the schema that a run says it had, None where it says nothing."""
    try:
        reference = json.loads(path.read_bytes())["settings"]["schema"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return reference if isinstance(reference, str) else None


def _lines(file: IO[bytes], records: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a file of records, from its beginning; ConfigurationError says which one is broken."""
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
            raise _broken(where, 'no object with an "article_id" and a "record"')
        for name in ("evidence", "confidence"):
            listed = line.get(name, [])
            if not isinstance(listed, list) or not all(
                isinstance(one, dict) and isinstance(one.get("pointer"), str) for one in listed
            ):
                raise _broken(where, f'its "{name}" is no list of objects with a "pointer"')
        if not isinstance(line.get("usage") or {}, dict) or not isinstance(
            line.get("warnings") or [], list
        ):
            raise _broken(where, 'its "usage" is no object, or its "warnings" are no list')
        yield line


def _broken(where: str, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"{where} is broken: {reason}. Run antq-llm extract again with the same --out, which writes the file anew"
    )


def _write(file: IO[bytes], tables: tuple[Table, ...], target: Path, chosen: Format) -> None:
    """Write the tables beside their target, and put them in its place when they are whole."""
    by_path = {table.path: table for table in tables}
    with replaced_atomically(target) as unfinished:
        with chosen.open(tables, unfinished) as add:
            for line in _lines(file, Path(file.name)):
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
