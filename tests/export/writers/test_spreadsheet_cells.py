"""Lists written as text, and text that a spreadsheet must not evaluate as a formula."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from antq_llm.export.export_run import export_run
from helpers.exports import exported_record, line, run_folder

FORMULA = '=HYPERLINK("http://x")'


@pytest.mark.parametrize(
    "text", [FORMULA, "+A1", "-A1", "@SUM(1)", f"\t{FORMULA}", f"\r{FORMULA}", "＝A1", "- Ông A"]
)
def test_formulas_are_escaped_in_csv(tmp_path: Path, text: str) -> None:
    """In cells, lists and headers of a CSV file, a formula is prefixed with an apostrophe."""
    record = {"text": text, "list": [text, "x"], text.strip(): "header"}
    (row,) = exported_record(tmp_path, "csv", record)["articles"]
    assert row["text"] == f"'{text}"
    joined = json.dumps([text, "x"], ensure_ascii=False) if text != text.strip() else f"'{text}; x"
    assert row["list"] == joined
    assert not any(name.startswith(tuple("=+-@＝")) for name in row)


@pytest.mark.parametrize("text", ["=", ">=", "<=", "~", "-", "+", "-5", "+84", "-1,5%", "a=b", "—"])
@pytest.mark.parametrize("to", ["csv", "parquet", "sqlite", "xlsx"])
def test_text_that_is_not_evaluated_stays(tmp_path: Path, to: str, text: str) -> None:
    """Comparators, dashes and signed numbers are written unchanged in every format."""
    (row,) = exported_record(tmp_path, to, {"text": text, "n": -5})["articles"]
    assert row["text"] == text
    assert float(row["n"]) == -5


@pytest.mark.parametrize("to", ["sqlite", "parquet", "xlsx"])
def test_formulas_stay_where_they_are_not_evaluated(tmp_path: Path, to: str) -> None:
    """SQLite, Parquet and Excel keep text that looks like a formula unchanged."""
    (row,) = exported_record(tmp_path, to, {"text": FORMULA})["articles"]
    assert row["text"] == FORMULA


def test_a_formula_in_a_workbook_is_marked_as_text(tmp_path: Path) -> None:
    """In a workbook, a cell that looks like a formula is marked to stay text when edited."""
    folder = run_folder(tmp_path / "run", line(record={"text": FORMULA, "other": "="}))
    export_run(folder, "xlsx", tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["articles"]
    cells = {sheet.cell(1, column).value: sheet.cell(2, column) for column in (3, 4)}
    assert cells["text"].quotePrefix
    assert not cells["other"].quotePrefix


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (["a", "b"], "a; b"),
        ([1, 2.5, True], "1; 2.5; true"),
        ([], ""),
        (["a; b", "c"], '["a; b", "c"]'),
        (["", "c"], '["", "c"]'),
        ([None, 1], "[null, 1]"),
        (["[x]"], '["[x]"]'),
    ],
)
def test_lists_can_be_read_back(tmp_path: Path, value: Any, cell: str) -> None:
    """A list is written as joined text, or as JSON if the joined text would be ambiguous."""
    (row,) = exported_record(tmp_path, "csv", {"list": value})["articles"]
    assert row["list"] == cell
    if cell.startswith("["):
        assert json.loads(row["list"]) == value
