"""Nothing in an export is run as a formula."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.exports import SPREADSHEETS, exported_record


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
@pytest.mark.parametrize("to", SPREADSHEETS)
def test_formulas_are_escaped_for_spreadsheets(tmp_path: Path, to: str, begin: str) -> None:
    """A formula gets an apostrophe in cells, lists and headers; numbers and other text stay."""
    text = begin + 'HYPERLINK("http://x")'
    record = {
        "text": text,
        "list": ["x", text],
        "count": -5,
        "inner": "a=b",
        text.strip(): "header",
    }
    (row,) = exported_record(tmp_path, to, record)["articles"]
    assert [row["text"].replace("_x000D_", "\r"), row["list"].replace("_x000D_", "\r")] == [
        "'" + text,
        f"x; '{text}",
    ]
    assert (float(row["count"]), row["inner"]) == (-5, "a=b")
    assert not any(name.startswith(tuple("=+-@")) for name in row)


@pytest.mark.parametrize("to", ["sqlite", "parquet"])
def test_formulas_stay_where_no_spreadsheet_reads(tmp_path: Path, to: str) -> None:
    """SQLite and Parquet keep text that looks like a formula."""
    (row,) = exported_record(tmp_path, to, {"text": "=1+1"})["articles"]
    assert row["text"] == "=1+1"
