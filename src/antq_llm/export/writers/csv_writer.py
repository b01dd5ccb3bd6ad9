"""Tables as a folder of CSV files in UTF-8 with a byte-order mark, which Excel needs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from antq_llm.export.writers.manifest import write_manifest
from antq_llm.export.writers.spreadsheet_cells import escape_formula, spreadsheet_cell
from antq_llm.tables.table import AddRow, Scalar, Table, Value


@contextmanager
def open_csv_folder(tables: Sequence[Table], target: Path) -> Iterator[AddRow]:
    """Open a writer that creates a folder with one CSV file per table."""
    target.mkdir()
    with ExitStack() as stack:
        writers = {}
        for table in tables:
            path = target / f"{table.name}.csv"
            file = stack.enter_context(path.open("w", encoding="utf-8-sig", newline=""))
            writers[table.name] = csv.writer(file)
            writers[table.name].writerow(escape_formula(column.name) for column in table.columns)

        def add_row(table: Table, values: Sequence[Value]) -> None:
            writers[table.name].writerow(_cell(value) for value in values)

        yield add_row
    write_manifest(tables, target, ".csv")


def _cell(value: Value) -> Scalar:
    cell = spreadsheet_cell(value)
    if isinstance(cell, str):
        return escape_formula(cell)
    return json.dumps(cell) if isinstance(cell, bool) else cell
