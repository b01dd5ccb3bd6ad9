"""The export formats, whose writers take one row at a time and keep few rows in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from antq_llm.export.writers.csv_writer import open_csv_folder
from antq_llm.export.writers.manifest import is_own_folder
from antq_llm.export.writers.parquet_writer import open_parquet_folder
from antq_llm.export.writers.sqlite_writer import is_own_database, open_database
from antq_llm.export.writers.xlsx_writer import is_own_workbook, open_workbook
from antq_llm.tables.table import AddRow, Table


@dataclass(frozen=True, slots=True)
class Format:
    """An export format: a folder of files with the same suffix, or one file."""

    name: str
    suffix: str
    is_folder: bool
    open: Callable[[Sequence[Table], Path], AbstractContextManager[AddRow]]
    """A function that opens a writer at a path that does not exist yet.

    The output is complete when the writer's context exits without an error.
    """
    is_own: Callable[[Path], bool]
    """A function that returns whether a file or folder is an earlier export.

    Only an earlier export may be replaced.
    """

    def default_target(self, folder: Path, flat: str | None = None) -> Path:
        """Return the default path for the tables of the run in ``folder``."""
        stem = f"export-{flat}" if flat else "export"
        return folder / (stem if self.is_folder else f"{stem}{self.suffix}")


FORMATS = {
    chosen.name: chosen
    for chosen in (
        Format("csv", ".csv", is_folder=True, open=open_csv_folder, is_own=is_own_folder),
        Format(
            "parquet", ".parquet", is_folder=True, open=open_parquet_folder, is_own=is_own_folder
        ),
        Format("sqlite", ".sqlite3", is_folder=False, open=open_database, is_own=is_own_database),
        Format("xlsx", ".xlsx", is_folder=False, open=open_workbook, is_own=is_own_workbook),
    )
}
