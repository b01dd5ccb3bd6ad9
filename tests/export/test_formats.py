"""The same values in every format."""

from __future__ import annotations

from pathlib import Path

from pyarrow import parquet

from antq_llm.export.formats import FORMATS
from helpers.exports import exported, line, run_folder
from helpers.samples import full_report


def test_objects_are_flattened_and_lists_kept(tmp_path: Path) -> None:
    """Objects become columns; lists become text (CSV, Excel), JSON (SQLite) or lists (Parquet)."""
    data = full_report()
    data["events"][0]["organizers"] = ["UBND xã", "Công an xã"]
    folder = run_folder(tmp_path / "run", line(record=data, schema="movement_report/1"))
    rows = {to: exported(folder, to, tmp_path / to)["events"][0] for to in FORMATS}
    assert {row["place_commune"] for row in rows.values()} == {"Tân Lâm"}
    assert {to: row["organizers"] for to, row in rows.items()} == {
        "csv": "UBND xã; Công an xã",
        "parquet": ["UBND xã", "Công an xã"],
        "sqlite": '["UBND xã", "Công an xã"]',
        "xlsx": "UBND xã; Công an xã",
    }


def test_types_are_kept(tmp_path: Path) -> None:
    """Parquet, SQLite and Excel keep integers, floats, booleans, text and nulls."""
    record = {
        "whole": 1_200_000_000,
        "part": -1.5,
        "yes": True,
        "digits": "0042",
        "nothing": None,
        "mixed": 7,
    }
    folder = run_folder(tmp_path / "run", line("a", record), line("b", {**record, "mixed": 0.5}))
    for to in ("parquet", "sqlite", "xlsx"):
        row = exported(folder, to, tmp_path / to)["articles"][0]
        assert {name: row[name] for name in record} == record
        assert [type(row[name]) for name in ("whole", "part", "digits")] == [int, float, str]
    schema = parquet.read_schema(tmp_path / "parquet" / "articles.parquet")
    assert [str(schema.field(name).type) for name in record] == [
        "int64",
        "double",
        "bool",
        "string",
        "string",
        "double",
    ]


def test_numbers_that_no_column_holds_are_text(tmp_path: Path) -> None:
    """An integer that a format cannot represent is written as text."""
    folder = run_folder(tmp_path / "run", line(record={"huge": 10**30, "long": 12345678901234567}))
    rows = {to: exported(folder, to, tmp_path / to)["articles"][0] for to in FORMATS}
    assert {str(row["huge"]) for row in rows.values()} == {str(10**30)}
    assert {str(row["long"]) for row in rows.values()} == {"12345678901234567"}
