"""Folders of runs to export, and readers of exports."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from pyarrow import parquet

from antq_llm.export.export_run import export_run

SPREADSHEETS = ("csv", "xlsx")
Rows = list[dict[str, Any]]


def line(article_id: str = "a", record: Any = None, **fields: Any) -> dict[str, Any]:
    """Return a line of ``records.jsonl`` with some keys replaced."""
    origin = {
        "article_id": article_id,
        "source": f"{article_id}.txt",
        "schema": "own",
        "prompt": "own@1",
        "prompt_sha256": "0" * 64,
        "model": "m",
    }
    usage = {"input_tokens": 100, "output_tokens": 20, "cached_tokens": None}
    rest = {
        "evidence": [],
        "attempts": 2,
        "usage": usage,
        "cost_usd": 0.25,
        "replayed": False,
        "warnings": [{"kind": "k", "message": "m"}],
    }
    return {**origin, "record": {} if record is None else record, **rest, **fields}


def run_folder(folder: Path, *lines: Any) -> Path:
    """Write the folder of a run with only ``records.jsonl``, and return the folder."""
    folder.mkdir(exist_ok=True)
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / "records.jsonl").write_text(text, "utf-8")
    return folder


RUN_TABLES = {"dropped_items", "failures", "metadata", "warnings"}


def exported(folder: Path, to: str, out: Path) -> dict[str, Rows]:
    """Export a folder and return the rows of each table."""
    export_run(folder, to, out)
    return read_export(to, out)


def exported_record(folder: Path, to: str, record: Any, **fields: Any) -> dict[str, Rows]:
    """Write and export a run with one record inside a folder, and return the rows of each table."""
    return exported(run_folder(folder / "run", line(record=record, **fields)), to, folder / "out")


def read_export(to: str, out: Path) -> dict[str, Rows]:
    """Return the rows of each table of an export."""
    readers: dict[str, Callable[[Path], dict[str, Rows]]]
    readers = {"csv": read_csv, "parquet": read_parquet, "sqlite": read_sqlite, "xlsx": read_xlsx}
    return readers[to](out)


def read_csv(out: Path) -> dict[str, Rows]:
    """Return the tables of a folder of CSV files."""
    return {
        path.stem: list(
            csv.DictReader(path.read_bytes().decode("utf-8-sig").splitlines(keepends=True))
        )
        for path in out.glob("*.csv")
    }


def read_parquet(out: Path) -> dict[str, Rows]:
    """Return the tables of a folder of Parquet files."""
    return {path.stem: parquet.read_table(path).to_pylist() for path in out.glob("*.parquet")}


def read_sqlite(out: Path) -> dict[str, Rows]:
    """Return the tables of an SQLite database, without those of the search index."""
    database = sqlite3.connect(out)
    database.row_factory = sqlite3.Row
    try:
        names = [
            row[0]
            for row in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%'"
            )
        ]
        return {
            name: [dict(row) for row in database.execute(f'SELECT * FROM "{name}"')]
            for name in names
        }
    finally:
        database.close()


def read_xlsx(out: Path) -> dict[str, Rows]:
    """Return the sheets of a workbook after the first; fail if a cell contains a formula."""
    book = openpyxl.load_workbook(io.BytesIO(out.read_bytes()))
    assert all(cell.data_type != "f" for sheet in book for row in sheet.rows for cell in row)
    tables = {}
    for sheet in book.worksheets[1:]:
        header, *rows = sheet.values
        tables[sheet.title] = [dict(zip(map(str, header), row, strict=True)) for row in rows]
    return tables


def headers(folder: Path, to: str, out: Path) -> dict[str, list[str]]:
    """Export a folder to CSV or Parquet and return the columns of each table."""
    export_run(folder, to, out)
    resources = json.loads((out / "tables.json").read_bytes())["resources"]
    return {
        Path(resource["path"]).stem: [field["name"] for field in resource["schema"]["fields"]]
        for resource in resources
    }
