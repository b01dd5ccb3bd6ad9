"""Tables as a folder of CSV files, in UTF-8 with a byte-order mark, as Excel reads them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from antq_llm.export.manifest import write_manifest
from antq_llm.export.spreadsheet_cells import escape_formula, spreadsheet_cell
from antq_llm.export.tables import AddRow, Table, Value


@contextmanager
def open_csv_folder(tables: Sequence[Table], target: Path) -> Iterator[AddRow]:
    """Write one file for each table to a new folder."""
    target.mkdir()
    with ExitStack() as stack:
        writers = {}
        for table in tables:
            path = target / f"{table.name}.csv"
            file = stack.enter_context(path.open("w", encoding="utf-8-sig", newline=""))
            writers[table.name] = csv.writer(file)
            writers[table.name].writerow(escape_formula(column.name) for column in table.columns)

        def add_row(table: Table, values: Sequence[Value]) -> None:
            cells = (spreadsheet_cell(value) for value in values)
            writers[table.name].writerow(
                json.dumps(cell) if isinstance(cell, bool) else cell for cell in cells
            )

        yield add_row
    write_manifest(tables, target, ".csv")
