"""The export formats, whose writers take rows one by one and hold few of them in memory."""

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
    """A format: a folder of files with a suffix, or one file."""

    name: str
    suffix: str
    is_folder: bool
    open: Callable[[Sequence[Table], Path], AbstractContextManager[AddRow]]
    """Opens a writer at a free path; its output is complete when the writer exits normally."""
    is_own: Callable[[Path], bool]
    """Returns whether an existing file or folder is an earlier export, which may be replaced."""

    def default_target(self, folder: Path, flat: str | None = None) -> Path:
        """Return the default path for the tables of a run's folder."""
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
