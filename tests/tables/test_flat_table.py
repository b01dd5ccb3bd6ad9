"""One table for a list, joined with the objects that contain its items."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_llm.cli.commands.runs.export import run_export
from antq_llm.errors import ConfigurationError
from antq_llm.export.export_run import export_run
from antq_llm.export.formats import FORMATS
from helpers.exports import line, read_export, run_folder

ORDERS = {"shop": "An", "orders": [{"day": "x", "parts": [{"n": 1}, {"n": 2}]}, {"day": "y"}]}


@pytest.mark.parametrize("to", FORMATS)
def test_items_have_the_columns_of_their_article(tmp_path: Path, to: str) -> None:
    """Each item is a row with the columns of its outer item, article and metadata."""
    folder = run_folder(tmp_path / "run", line(record=ORDERS, metadata={"title": "Chợ"}))
    written = export_run(folder, to, tmp_path / "out", flat="orders_parts")
    (table,) = written.tables
    rows = read_export(to, tmp_path / "out")
    assert set(rows) == {"orders_parts"}
    assert [
        (int(row["n"]), row["orders_day"], row["article_shop"], row["metadata_title"])
        for row in rows["orders_parts"]
    ] == [(1, "x", "An", "Chợ"), (2, "x", "An", "Chợ")]
    assert table.rows == 2


def test_articles_without_items_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A record without items in the list is not in the table, but is counted on standard error."""
    folder = run_folder(tmp_path / "run", line("a", ORDERS), line("b", {"shop": "Bình"}))
    assert run_export(folder, "csv", None, "orders") == 0
    assert "1 record(s) have no orders and are not in the table" in capsys.readouterr().err
    rows = read_export("csv", folder / "export-orders")["orders"]
    assert [row["article_id"] for row in rows] == ["a", "a"]


def test_metadata_of_another_article_is_not_joined(tmp_path: Path) -> None:
    """A row has no metadata if its own article has none."""
    folder = run_folder(
        tmp_path / "run", line("a", ORDERS, metadata={"title": "Chợ"}), line("b", ORDERS)
    )
    export_run(folder, "sqlite", tmp_path / "out", flat="orders")
    rows = read_export("sqlite", tmp_path / "out")["orders"]
    assert [row["metadata_title"] for row in rows] == ["Chợ", "Chợ", None, None]


def test_an_unknown_list_is_refused(tmp_path: Path) -> None:
    """The error for an unknown list names the lists of the records."""
    folder = run_folder(tmp_path / "run", line(record=ORDERS))
    with pytest.raises(ConfigurationError, match="choose from orders, orders_parts"):
        export_run(folder, "csv", None, flat="warnings")
    assert [path.name for path in folder.iterdir()] == ["records.jsonl"]
