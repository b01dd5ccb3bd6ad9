"""Tables as files: CSV, Parquet, SQLite and Excel workbooks; each writer takes its rows one by one and keeps few of them.

What a spreadsheet would run as a formula gets an apostrophe before it in CSV and Excel: a text, or a header, that begins with ``=``, ``+``, ``-``, ``@``
(in full width too), a tab or a line break. Numbers stay numbers. There, lists are joined
with ``; ``, null is an empty cell, and what is longer than a cell of Excel is cut with an ellipsis. In SQLite lists are JSON arrays.
"""

from __future__ import annotations

import csv
import importlib
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from antq_llm.errors import ConfigurationError
from antq_llm.export.tables import Column, Scalar, Table, Value

Add = Callable[[Table, Sequence[Value]], None]

MANIFEST = "tables.json"
"""What a folder of tables says about its files: the rows of each, and the kind of each column."""
MARK = "antq-llm-export"
"""The keyword by which a workbook is known as an export."""
SQLITE_APPLICATION_ID = 0x414E5451
"""``ANTQ``: what a database has as its ``application_id`` by which it is known as an export."""

SHEET_ROWS = 1_048_576
SHEET_COLUMNS = 16_384
CELL_CHARACTERS = 32_767
_SHEET_NAME_CHARACTERS = 31
_SHEET_DIGITS = 10**15
_PARQUET_ROWS = 2_000
_RUN_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Format:
    """A format of tables: a folder of files with a suffix, or one file."""

    name: str
    suffix: str
    in_folder: bool
    open: Callable[[Sequence[Table], Path], AbstractContextManager[Add]]
    """Opens a writer at a path that is free; what it has written is complete when it is left without an error."""
    is_own: Callable[[Path], bool]
    """Whether what stands at a path was written by an export, and may be replaced."""

    def default_target(self, folder: Path) -> Path:
        """Return where the tables of a run's folder go unless a path is given."""
        return folder / ("export" if self.in_folder else f"export{self.suffix}")


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula."""
    return "'" + text if text.startswith(_RUN_AS_FORMULA) else text


def _plain(value: Value) -> Scalar:
    """Return a value as the cell of a spreadsheet."""
    if isinstance(value, list):
        return "; ".join(_in_words(one) for one in value)
    return harmless(value) if isinstance(value, str) else value


def _in_words(value: Scalar) -> str:
    return harmless(value) if isinstance(value, str) else json.dumps(value)


@contextmanager
def _csv_writer(tables: Sequence[Table], target: Path) -> Iterator[Add]:
    target.mkdir()
    with ExitStack() as stack:
        files = {}
        for table in tables:
            file = stack.enter_context(
                (target / f"{table.name}.csv").open("w", encoding="utf-8-sig", newline="")
            )
            files[table.name] = csv.writer(file)
            files[table.name].writerow(harmless(column.name) for column in table.columns)

        def add(table: Table, values: Sequence[Value]) -> None:
            cells = (_plain(value) for value in values)
            files[table.name].writerow(
                json.dumps(cell) if isinstance(cell, bool) else cell for cell in cells
            )

        yield add
    _write_manifest(tables, target, ".csv")


@contextmanager
def _parquet_writer(tables: Sequence[Table], target: Path) -> Iterator[Add]:
    arrow, parquet = _optional("pyarrow"), _optional("pyarrow.parquet")
    target.mkdir()
    kinds = {
        "integer": arrow.int64(),
        "number": arrow.float64(),
        "boolean": arrow.bool_(),
        "text": arrow.string(),
    }
    waiting: dict[str, list[Sequence[Value]]] = {table.name: [] for table in tables}
    with ExitStack() as stack:
        schemas, files = {}, {}
        for table in tables:
            types = [
                arrow.list_(kinds[column.kind]) if column.many else kinds[column.kind]
                for column in table.columns
            ]
            schemas[table.name] = arrow.schema(
                [(column.name, kind) for column, kind in zip(table.columns, types, strict=True)]
            )
            files[table.name] = stack.enter_context(
                parquet.ParquetWriter(
                    target / f"{table.name}.parquet", schemas[table.name], compression="zstd"
                )
            )

        def flush(table: Table) -> None:
            rows, waiting[table.name] = waiting[table.name], []
            cells = [
                [_as_float(row[at], column) for row in rows]
                for at, column in enumerate(table.columns)
            ]
            arrays = [
                arrow.array(given, kind)
                for given, kind in zip(cells, schemas[table.name].types, strict=True)
            ]
            files[table.name].write_table(
                arrow.Table.from_arrays(arrays, schema=schemas[table.name])
            )

        def add(table: Table, values: Sequence[Value]) -> None:
            waiting[table.name].append(values)
            if len(waiting[table.name]) == _PARQUET_ROWS:
                flush(table)

        yield add
        for table in tables:
            flush(table)
    _write_manifest(tables, target, ".parquet")


def _as_float(value: Any, column: Column) -> Any:
    """Return whole numbers among others as floats: Arrow refuses the large ones otherwise."""
    if column.kind != "number" or value is None:
        return value
    return [one if one is None else float(one) for one in value] if column.many else float(value)


@contextmanager
def _sqlite_writer(tables: Sequence[Table], target: Path) -> Iterator[Add]:
    database = sqlite3.connect(target, isolation_level=None)
    try:
        # The file is new and put in place when it is whole: a journal would guard nothing.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.execute(f"PRAGMA application_id = {SQLITE_APPLICATION_ID}")
        for table in tables:
            database.execute(_create(table, tables[0]))
        inserts = {
            table.name: f"INSERT INTO {_quoted(table.name)} VALUES ({', '.join('?' * len(table.columns))})"
            for table in tables
        }  # noqa: S608 - quoted
        database.execute("BEGIN")

        def add(table: Table, values: Sequence[Value]) -> None:
            cells = [
                json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
                for value in values
            ]
            try:
                database.execute(inserts[table.name], cells)
            except sqlite3.IntegrityError as error:
                message = f"two records have the article_id {values[0]!r}: a run writes each once. Leave one in records.jsonl"
                raise ConfigurationError(message) from error

        yield add
        database.execute("COMMIT")
    finally:
        database.close()


def _create(table: Table, articles: Table) -> str:
    types = {"integer": "INTEGER", "number": "NUMERIC", "boolean": "BOOLEAN", "text": "TEXT"}
    parts = [
        f"{_quoted(column.name)} {'TEXT' if column.many else types[column.kind]}"
        for column in table.columns
    ]
    parts.append(f"PRIMARY KEY ({', '.join(_quoted(name) for name in table.keys)})")
    if table != articles:
        parts.append(f"FOREIGN KEY ({_quoted(table.keys[0])}) REFERENCES {_quoted(articles.name)}")
    return f"CREATE TABLE {_quoted(table.name)} ({', '.join(parts)})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def _xlsx_writer(tables: Sequence[Table], target: Path) -> Iterator[Add]:
    xlsxwriter = _optional("xlsxwriter")
    for table in tables:
        if table.rows >= SHEET_ROWS or len(table.columns) > SHEET_COLUMNS:
            raise ConfigurationError(
                f"the table {table.name} is larger than a sheet can be ({SHEET_ROWS} rows): use --to csv, parquet or sqlite"
            )
    try:
        with xlsxwriter.Workbook(
            target, {"constant_memory": True, "tmpdir": str(target.parent)}
        ) as book:
            book.set_properties({"keywords": MARK})
            bold = book.add_format({"bold": True})
            sheets, filled = {}, {}
            for table, name in zip(tables, _sheet_names(tables), strict=True):
                sheets[table.name], filled[table.name] = book.add_worksheet(name), 1
                sheets[table.name].freeze_panes(1, 0)
                for at, column in enumerate(table.columns):
                    sheets[table.name].write_string(0, at, harmless(column.name), bold)

            def add(table: Table, values: Sequence[Value]) -> None:
                for at, value in enumerate(values):
                    _write_cell(sheets[table.name], (filled[table.name], at), _plain(value))
                filled[table.name] += 1

            yield add
    except xlsxwriter.exceptions.XlsxWriterException as error:
        raise OSError(str(error)) from error


def _write_cell(sheet: Any, at: tuple[int, int], value: Scalar) -> None:
    """Write a cell; what a sheet would cut or round without a word is cut with an ellipsis, or written as text."""
    if isinstance(value, bool):
        sheet.write_boolean(*at, value)
    elif isinstance(value, int | float) and (
        isinstance(value, float) or abs(value) < _SHEET_DIGITS
    ):
        sheet.write_number(*at, value)
    elif value is not None:
        text = str(value)
        sheet.write_string(
            *at, text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…"
        )


def _sheet_names(tables: Sequence[Table]) -> list[str]:
    names: list[str] = []
    for table in tables:
        taken = {name.lower() for name in names} | {"history"}  # a name that Excel keeps for itself
        choices = (
            table.name[: _SHEET_NAME_CHARACTERS - len(end)] + end
            for end in ("", *(f"_{number}" for number in range(2, len(tables) + 3)))
        )
        names.append(next(name for name in choices if name.lower() not in taken))
    return names


def _optional(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        name = module.partition(".")[0]
        raise ConfigurationError(
            f'this format needs {name}, which is not installed: pip install "antq-llm[export]", or use --to csv or sqlite'
        ) from error


def _write_manifest(tables: Sequence[Table], folder: Path, suffix: str) -> None:
    about = {
        f"{table.name}{suffix}": {
            "rows": table.rows,
            "columns": {
                column.name: f"list of {column.kind}" if column.many else column.kind
                for column in table.columns
            },
        }
        for table in tables
    }
    (folder / MANIFEST).write_text(
        json.dumps({"made_by": MARK, "tables": about}, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what a folder of tables says about its files; nothing where it is no such folder."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        return dict(manifest["tables"]) if manifest["made_by"] == MARK else {}
    except (OSError, ValueError, LookupError, TypeError):
        return {}


def _is_own_folder(path: Path) -> bool:
    if not path.is_dir():
        return False
    written = read_manifest(path)
    return {file.name for file in path.iterdir()} <= ({MANIFEST, *written} if written else set())


def _is_own_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except OSError:
        return False
    return head.startswith(b"SQLite format 3\0") and head[68:72] == SQLITE_APPLICATION_ID.to_bytes(
        4, "big"
    )


def _is_own_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as book:
            return MARK.encode() in book.read("docProps/core.xml")
    except (OSError, KeyError, zipfile.BadZipFile):
        return False


FORMATS = {
    one.name: one
    for one in (
        Format("csv", ".csv", in_folder=True, open=_csv_writer, is_own=_is_own_folder),
        Format("parquet", ".parquet", in_folder=True, open=_parquet_writer, is_own=_is_own_folder),
        Format("sqlite", ".sqlite3", in_folder=False, open=_sqlite_writer, is_own=_is_own_database),
        Format("xlsx", ".xlsx", in_folder=False, open=_xlsx_writer, is_own=_is_own_workbook),
    )
}
