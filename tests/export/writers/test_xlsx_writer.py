"""Excel workbooks."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import openpyxl
import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.export.export_run import export_run
from antq_llm.export.writers.xlsx_writer import MAX_CELL_CHARACTERS, open_workbook
from antq_llm.tables.table import ARTICLE_ID, ARTICLES_TABLE, Column, Table
from helpers.exports import RUN_TABLES, exported, exported_record, line, run_folder


def test_workbook_has_a_frozen_header(run: Path, tmp_path: Path) -> None:
    """Every sheet has a frozen header."""
    out = tmp_path / "out.xlsx"
    export_run(run, "xlsx", out)
    assert {sheet.freeze_panes for sheet in openpyxl.load_workbook(out)} == {"A2"}


def test_text_longer_than_a_cell_is_cut_with_an_ellipsis(tmp_path: Path) -> None:
    """A workbook cuts text too long for a cell and adds an ellipsis; CSV keeps the whole text."""
    folder = run_folder(tmp_path / "run", line(record={"text": "ă" * (MAX_CELL_CHARACTERS + 1)}))
    assert (
        exported(folder, "xlsx", tmp_path / "x")["articles"][0]["text"]
        == "ă" * (MAX_CELL_CHARACTERS - 1) + "…"
    )
    assert (
        len(exported(folder, "csv", tmp_path / "c")["articles"][0]["text"])
        == MAX_CELL_CHARACTERS + 1
    )


def test_cut_texts_are_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The number of cells whose text was cut is logged."""
    texts = ["ă" * (MAX_CELL_CHARACTERS + 1), "ă" * MAX_CELL_CHARACTERS]
    folder = run_folder(
        tmp_path / "run", *(line(text[:1] + str(i), {"t": text}) for i, text in enumerate(texts))
    )
    export_run(folder, "xlsx", tmp_path / "out.xlsx")
    assert "1 cell(s) were cut" in caplog.text


def test_every_sheet_has_filters_widths_and_an_entry_in_the_index(
    run: Path, tmp_path: Path
) -> None:
    """Each sheet has filters and fitted column widths, and the index lists all its columns."""
    out = tmp_path / "out.xlsx"
    export_run(run, "xlsx", out)
    index, *sheets = openpyxl.load_workbook(out)
    described = {(row[0], row[2]) for row in index.iter_rows(min_row=2, values_only=True)}
    for sheet in sheets:
        assert sheet.auto_filter.ref.startswith("A1:")
        assert {(sheet.title, cell.value) for cell in sheet[1]} <= described
        assert 6 <= sheet.column_dimensions["A"].width <= 61


def test_dates_before_the_calendar_of_excel_are_text(tmp_path: Path) -> None:
    """Dates before March 1900 are written as text, and later ones as dates."""
    schema = {"type": "object", "properties": {"d": {"type": "string", "format": "date"}}}
    (tmp_path / "s.json").write_text(json.dumps(schema))
    folder = run_folder(
        tmp_path / "run", line("a", {"d": "1890-05-06"}), line("b", {"d": "1954-05-07"})
    )
    settings = {"schema": "s", "schema_file": str(tmp_path / "s.json")}
    (folder / "run.json").write_text(json.dumps({"settings": settings}))
    rows = exported(folder, "xlsx", tmp_path / "out")["articles"]
    assert [row["d_latest"] for row in rows] == ["1890-05-06", datetime.datetime(1954, 5, 7)]


def test_sheet_names_fit_and_differ(tmp_path: Path) -> None:
    """Long or reserved list names become different sheet names of at most 31 characters."""
    record = {"x" * 40 + "1": [{"n": 1}], "x" * 40 + "2": [{"n": 2}], "History": [{"n": 3}]}
    tables = exported_record(tmp_path, "xlsx", record)
    assert set(tables) == {
        "articles",
        "x" * 31,
        "x" * 29 + "_2",
        "History_2",
        *RUN_TABLES,
    }


def test_a_table_larger_than_a_sheet_is_refused(tmp_path: Path) -> None:
    """The error for a table with too many rows names the formats that support it."""
    article_id = Column("article_id", ARTICLE_ID, "text", is_list=False)
    table = Table("articles", ARTICLES_TABLE, (article_id,), rows=2)
    with (
        pytest.raises(ConfigurationError, match="use --to csv, parquet or sqlite"),
        open_workbook([table], tmp_path / "out.xlsx", max_rows=2),
    ):
        pass
