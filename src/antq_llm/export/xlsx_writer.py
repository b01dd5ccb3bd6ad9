"""Tables as an Excel workbook, with a sheet for each table."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from antq_llm.errors import ConfigurationError
from antq_llm.export.manifest import MARK
from antq_llm.export.optional_library import import_optional
from antq_llm.export.spreadsheet_cells import escape_formula, spreadsheet_cell
from antq_llm.export.tables import AddRow, Scalar, Table, Value

MAX_SHEET_ROWS = 1_048_576
MAX_SHEET_COLUMNS = 16_384
MAX_CELL_CHARACTERS = 32_767
_MAX_SHEET_NAME_CHARACTERS = 31
_MAX_EXACT_NUMBER = 10**15
_RESERVED_SHEET_NAME = "history"


@contextmanager
def open_workbook(
    tables: Sequence[Table], target: Path, *, max_rows: int = MAX_SHEET_ROWS
) -> Iterator[AddRow]:
    """Write the tables to a new workbook; ``max_rows`` includes the header of a sheet."""
    xlsxwriter = import_optional("xlsxwriter")
    for table in tables:
        if table.rows >= max_rows or len(table.columns) > MAX_SHEET_COLUMNS:
            raise ConfigurationError(
                f"the table {table.name} is too large for a sheet ({max_rows} rows, "
                f"{MAX_SHEET_COLUMNS} columns): use --to csv, parquet or sqlite"
            )
    options = {"constant_memory": True, "tmpdir": str(target.parent)}
    try:
        with xlsxwriter.Workbook(target, options) as book:
            book.set_properties({"keywords": MARK})
            bold = book.add_format({"bold": True})
            sheets = {
                table.name: _Sheet(book.add_worksheet(name), table, bold)
                for table, name in zip(tables, _sheet_names(tables), strict=True)
            }

            def add_row(table: Table, values: Sequence[Value]) -> None:
                sheets[table.name].add(values)

            yield add_row
    except xlsxwriter.exceptions.XlsxWriterException as error:
        raise OSError(str(error)) from error


def is_own_workbook(path: Path) -> bool:
    """Return whether a file is a workbook written by an export."""
    try:
        with zipfile.ZipFile(path) as book:
            return MARK.encode() in book.read("docProps/core.xml")
    except (OSError, KeyError, zipfile.BadZipFile):
        return False


class _Sheet:
    """A sheet with a frozen header, and the number of its next row."""

    def __init__(self, sheet: Any, table: Table, header_format: Any) -> None:
        self._sheet = sheet
        self._next_row = 1
        sheet.freeze_panes(1, 0)
        for index, column in enumerate(table.columns):
            sheet.write_string(0, index, escape_formula(column.name), header_format)

    def add(self, values: Sequence[Value]) -> None:
        for index, value in enumerate(values):
            self._write_cell(self._next_row, index, spreadsheet_cell(value))
        self._next_row += 1

    def _write_cell(self, row: int, column: int, value: Scalar) -> None:
        if isinstance(value, bool):
            self._sheet.write_boolean(row, column, value)
        elif isinstance(value, float) or (
            isinstance(value, int) and abs(value) < _MAX_EXACT_NUMBER
        ):
            self._sheet.write_number(row, column, value)
        elif value is not None:
            # A sheet would round a longer integer, and cut a longer text without a mark.
            text = str(value)
            if len(text) > MAX_CELL_CHARACTERS:
                text = text[: MAX_CELL_CHARACTERS - 1] + "…"
            self._sheet.write_string(row, column, text)


def _sheet_names(tables: Sequence[Table]) -> list[str]:
    names: list[str] = []
    for table in tables:
        taken = {name.lower() for name in names} | {_RESERVED_SHEET_NAME}
        choices = (
            table.name[: _MAX_SHEET_NAME_CHARACTERS - len(suffix)] + suffix
            for suffix in ("", *(f"_{number}" for number in range(2, len(tables) + 3)))
        )
        names.append(next(name for name in choices if name.lower() not in taken))
    return names
