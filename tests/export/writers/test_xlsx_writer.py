"""Excel workbooks."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.export.export_run import export_run
from antq_llm.export.tables import ARTICLE_ID, ARTICLES_TABLE, Column, Table
from antq_llm.export.writers.xlsx_writer import MAX_CELL_CHARACTERS, open_workbook
from helpers.exports import RUN_TABLES, exported, exported_record, line, run_folder


def test_workbook_has_a_frozen_header(run: Path, tmp_path: Path) -> None:
    """Every sheet has a frozen header."""
    out = tmp_path / "out.xlsx"
    export_run(run, "xlsx", out)
    assert {sheet.freeze_panes for sheet in openpyxl.load_workbook(out)} == {"A2"}


def test_text_longer_than_a_cell_is_cut_with_an_ellipsis(tmp_path: Path) -> None:
    """A workbook marks where it cut a text too long for a cell; CSV keeps all of it."""
    folder = run_folder(tmp_path / "run", line(record={"text": "ă" * (MAX_CELL_CHARACTERS + 1)}))
    assert (
        exported(folder, "xlsx", tmp_path / "x")["articles"][0]["text"]
        == "ă" * (MAX_CELL_CHARACTERS - 1) + "…"
    )
    assert (
        len(exported(folder, "csv", tmp_path / "c")["articles"][0]["text"])
        == MAX_CELL_CHARACTERS + 1
    )


def test_sheet_names_fit_and_differ(tmp_path: Path) -> None:
    """Two long list names give two sheet names of at most 31 characters."""
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
    """The error for a table with too many rows names the formats that hold it."""
    article_id = Column("article_id", ARTICLE_ID, "text", is_list=False)
    table = Table("articles", ARTICLES_TABLE, (article_id,), rows=2)
    with (
        pytest.raises(ConfigurationError, match="use --to csv, parquet or sqlite"),
        open_workbook([table], tmp_path / "out.xlsx", max_rows=2),
    ):
        pass
