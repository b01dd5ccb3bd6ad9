"""Tables as an Excel workbook, with a sheet for each table and a sheet that describes the tables.

Spreadsheets never evaluate text cells of a workbook, so values are written unchanged. Values that
look like formulas are marked as text, so that they remain text when someone edits the cell.
"""

from __future__ import annotations

import datetime
import logging
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from antq_llm.errors import ConfigurationError
from antq_llm.export.writers.manifest import MARK
from antq_llm.export.writers.optional_library import import_optional
from antq_llm.export.writers.spreadsheet_cells import is_formula, spreadsheet_cell
from antq_llm.tables.table import AddRow, Column, Scalar, Table, Value

_log = logging.getLogger(__name__)

INDEX_SHEET = "index"
MAX_SHEET_ROWS = 1_048_576
MAX_SHEET_COLUMNS = 16_384
MAX_CELL_CHARACTERS = 32_767
_MAX_SHEET_NAME_CHARACTERS = 31
_MAX_EXACT_NUMBER = 10**15
_RESERVED_SHEET_NAMES = frozenset({"history", INDEX_SHEET})
_FIRST_DATE = datetime.date(1900, 3, 1)
"""The earliest date that is written as a date; earlier dates are written as text.

Excel wrongly counts 29 February 1900 as a day.
"""
_WIDTHS = range(6, 61)
"""The allowed widths of columns, in characters."""
_INDEX_HEADER = ("sheet", "rows", "column", "type", "unit", "description")
_INDEX_WIDTHS = (24, 8, 28, 16, 20, 90)


def _check_sizes(tables: Sequence[Table], max_rows: int) -> None:
    for table in tables:
        if table.rows >= max_rows or len(table.columns) > MAX_SHEET_COLUMNS:
            raise ConfigurationError(
                f"the table {table.name} is too large for a sheet (at most {max_rows} rows "
                f"and {MAX_SHEET_COLUMNS} columns): use --to csv, parquet or sqlite"
            )


@contextmanager
def open_workbook(
    tables: Sequence[Table], target: Path, *, max_rows: int = MAX_SHEET_ROWS
) -> Iterator[AddRow]:
    """Open a writer that creates a workbook with the tables.

    ``max_rows`` is the maximum number of rows in a sheet, including the header row.
    """
    xlsxwriter = import_optional("xlsxwriter")
    _check_sizes(tables, max_rows)
    options = {"constant_memory": True, "tmpdir": str(target.parent)}
    try:
        with xlsxwriter.Workbook(target, options) as book:
            book.set_properties({"keywords": MARK})
            formats = _Formats(book)
            names = dict(zip((table.name for table in tables), _sheet_names(tables), strict=True))
            _write_index(book.add_worksheet(INDEX_SHEET), tables, names, formats)
            sheets = {
                table.name: _Sheet(book.add_worksheet(names[table.name]), table, formats)
                for table in tables
            }

            def add_row(table: Table, values: Sequence[Value]) -> None:
                sheets[table.name].add(values)

            yield add_row
            for sheet in sheets.values():
                sheet.finish()
    except xlsxwriter.exceptions.XlsxWriterException as error:
        raise OSError(str(error)) from error
    if cut := sum(sheet.cut for sheet in sheets.values()):
        _log.warning(
            "%d cell(s) were cut to %d characters, the limit for a cell: "
            "use --to csv, parquet or sqlite to keep the whole text",
            cut,
            MAX_CELL_CHARACTERS,
        )


def is_own_workbook(path: Path) -> bool:
    """Return whether a file is a workbook that an export wrote."""
    try:
        with zipfile.ZipFile(path) as book:
            return MARK.encode() in book.read("docProps/core.xml")
    except (OSError, KeyError, zipfile.BadZipFile):
        return False


class _Formats:
    """The cell formats of one workbook."""

    def __init__(self, book: Any) -> None:
        self.header = book.add_format({"bold": True})
        self.date = book.add_format({"num_format": "yyyy-mm-dd"})
        self.text = book.add_format({"quote_prefix": True})
        """The format that marks a cell as text, like an apostrophe typed before its content."""


class _Sheet:
    """A sheet with a frozen header and filters, to which the rows of a table are written."""

    def __init__(self, sheet: Any, table: Table, formats: _Formats) -> None:
        self.cut = 0
        """The number of texts that were cut because they were too long for a cell."""
        self._sheet = sheet
        self._columns = table.columns
        self._formats = formats
        self._next_row = 1
        self._widths = [len(column.name) + 3 for column in table.columns]
        sheet.freeze_panes(1, 0)
        for index, column in enumerate(table.columns):
            sheet.write_string(0, index, column.name, formats.header)

    def add(self, values: Sequence[Value]) -> None:
        for index, (column, value) in enumerate(zip(self._columns, values, strict=True)):
            cell = spreadsheet_cell(value)
            self._write_cell(self._next_row, index, column, cell)
            self._widths[index] = max(self._widths[index], len(str(cell or "")) + 1)
        self._next_row += 1

    def finish(self) -> None:
        """Set the filters and column widths, which depend on the rows."""
        self._sheet.autofilter(0, 0, self._next_row - 1, len(self._columns) - 1)
        for index, width in enumerate(self._widths):
            self._sheet.set_column(index, index, min(max(width, _WIDTHS[0]), _WIDTHS[-1]))

    def _write_cell(self, row: int, index: int, column: Column, value: Scalar) -> None:
        if isinstance(value, bool):
            self._sheet.write_boolean(row, index, value)
        elif isinstance(value, float) or (
            isinstance(value, int) and abs(value) < _MAX_EXACT_NUMBER
        ):
            self._sheet.write_number(row, index, value)
        elif value is not None and (day := _day(column, value)):
            self._sheet.write_datetime(row, index, day, self._formats.date)
        elif value is not None:
            # Otherwise, a long integer would be rounded and a long text silently cut.
            text = str(value)
            if len(text) > MAX_CELL_CHARACTERS:
                self.cut += 1
                text = text[: MAX_CELL_CHARACTERS - 1] + "…"
            self._sheet.write_string(
                row, index, text, self._formats.text if is_formula(text) else None
            )


def _day(column: Column, value: Scalar) -> datetime.datetime | None:
    """Return a value as a date, or None if it is not a date that a sheet can hold."""
    if column.kind != "date" or not isinstance(value, str):
        return None
    day = datetime.date.fromisoformat(value)
    return datetime.datetime(day.year, day.month, day.day) if day >= _FIRST_DATE else None


def _write_index(
    sheet: Any, tables: Sequence[Table], names: dict[str, str], formats: _Formats
) -> None:
    """Write the index sheet: links to the sheets, and descriptions of tables and columns."""
    sheet.freeze_panes(1, 0)
    for index, (heading, width) in enumerate(zip(_INDEX_HEADER, _INDEX_WIDTHS, strict=True)):
        sheet.set_column(index, index, width)
        sheet.write_string(0, index, heading, formats.header)
    row = 1
    for table in tables:
        name = names[table.name]
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
        sheet.write_number(row, 1, table.rows)
        sheet.write_string(row, 5, table.description)
        row += 1
        for column in table.columns:
            kind = f"list of {column.kind}" if column.is_list else column.kind
            texts = (name, "", column.name, kind, column.unit or "", column.description)
            for index, text in enumerate(texts):
                if text:
                    sheet.write_string(row, index, text[:MAX_CELL_CHARACTERS])
            row += 1
    sheet.autofilter(0, 0, row - 1, len(_INDEX_HEADER) - 1)


def _sheet_names(tables: Sequence[Table]) -> list[str]:
    names: list[str] = []
    for table in tables:
        taken = {name.lower() for name in names} | _RESERVED_SHEET_NAMES
        choices = (
            table.name[: _MAX_SHEET_NAME_CHARACTERS - len(suffix)] + suffix
            for suffix in ("", *(f"_{number}" for number in range(2, len(tables) + 4)))
        )
        names.append(next(name for name in choices if name.lower() not in taken))
    return names
