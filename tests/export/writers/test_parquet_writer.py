"""Parquet files."""

from __future__ import annotations

from pathlib import Path

from pyarrow import parquet

from helpers.exports import exported_record


def test_parquet_is_written_in_groups(tmp_path: Path) -> None:
    """Row groups are written in order, and whole numbers in a column of floats become floats."""
    items = [
        {"n": index, "v": 2**60 if index else 0.5, "vs": [1, 0.5, None]} for index in range(4_001)
    ]
    rows = exported_record(tmp_path, "parquet", {"rows": items})["rows"]
    assert [row["n"] for row in rows] == list(range(4_001))
    assert (rows[1]["v"], rows[1]["vs"]) == (float(2**60), [1.0, 0.5, None])
    assert parquet.ParquetFile(tmp_path / "out" / "rows.parquet").num_row_groups == 3
