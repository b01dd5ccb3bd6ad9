"""The export of a run's folder as tables: reading lines, refusing bad input and replacing files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.export.export_run import export_run
from antq_llm.export.formats import FORMATS
from antq_llm.export.writers.spreadsheet_cells import escape_formula
from antq_llm.movement_report.record import ITEM_FIELDS
from antq_llm.tables.record_rows import rows_of
from helpers.exports import (
    RUN_TABLES,
    exported,
    exported_record,
    headers,
    line,
    read_export,
    run_folder,
)

LISTS = {"articles", *ITEM_FIELDS, *RUN_TABLES}


@pytest.mark.parametrize("to", FORMATS)
def test_every_item_of_a_run_is_a_row(run: Path, tmp_path: Path, to: str) -> None:
    """Each format has a table of articles and one for each list, with a row for every item."""
    lines = [json.loads(text) for text in (run / "records.jsonl").read_text("utf-8").splitlines()]
    tables = exported(run, to, tmp_path / "out")
    assert set(tables) == LISTS
    assert [row["headline"] for row in tables["articles"]] == [
        entry["record"]["headline"] for entry in lines
    ]
    for name in ITEM_FIELDS:
        quotes = [
            escape_formula(item["quote"]) if to == "csv" else item["quote"]
            for entry in lines
            for item in entry["record"][name]
        ]
        assert [row["quote"] for row in tables[name]] == quotes


@pytest.mark.parametrize("to", FORMATS)
def test_every_row_has_the_span_of_its_quote(run: Path, tmp_path: Path, to: str) -> None:
    """The start and end in a row are those of its quote in the article, even for nested objects."""
    tables = exported(run, to, tmp_path / "out")
    texts = {
        row["article_id"]: Path(row["source"]).read_bytes().decode("utf-8-sig")
        for row in tables["articles"]
    }
    for name in ITEM_FIELDS:
        for row in tables[name]:
            cut = texts[row["article_id"]][int(row["start"]) : int(row["end"])]
            assert row["quote"] == (escape_formula(cut) if to == "csv" else cut)
            assert row["match"] in {"exact", "normalized", "fuzzy"}
    stamped = [row for row in tables["articles"] if row["published_date"]]
    assert stamped
    assert all(
        texts[row["article_id"]][int(row["published_start"]) : int(row["published_end"])]
        == row["published_quote"]
        for row in stamped
    )


@pytest.mark.parametrize(
    ("to", "default"),
    [
        ("csv", "export"),
        ("parquet", "export"),
        ("sqlite", "export.sqlite3"),
        ("xlsx", "export.xlsx"),
    ],
)
def test_tables_go_into_the_folder_of_the_run_by_default(
    tmp_path: Path, to: str, default: str
) -> None:
    """Without a target, the tables are written to the run's folder and nothing else is."""
    folder = run_folder(tmp_path / "run", line())
    written = export_run(folder, to)
    assert (written.path, written.records) == (folder / default, 1)
    assert {path.name for path in folder.iterdir()} == {"records.jsonl", default}


@pytest.mark.parametrize("to", FORMATS)
def test_any_schema_is_exported(tmp_path: Path, to: str) -> None:
    """A record of any schema gives a row for its article and a table for each list of objects."""
    with_lists = {
        "total": 5,
        "lines": [{"what": "gạo", "tax": {"rate": 0.1}}, {"what": "muối", "tax": None}],
    }
    tables = exported(run_folder(tmp_path / "lists", line(record=with_lists)), to, tmp_path / "a")
    assert set(tables) == {"articles", "lines", *RUN_TABLES}
    assert [(row["what"], row["tax_rate"] or None) for row in tables["lines"]] == [
        ("gạo", "0.1" if to == "csv" else 0.1),
        ("muối", None),
    ]
    assert "start" not in tables["lines"][0]
    assert set(
        exported(run_folder(tmp_path / "plain", line(record={"name": "Lan"})), to, tmp_path / "b")
    ) == {"articles", *RUN_TABLES}


@pytest.mark.parametrize("to", FORMATS)
def test_a_run_without_records_has_headers(run: Path, tmp_path: Path, to: str) -> None:
    """An empty ``records.jsonl`` gives all tables and columns of the run's schema."""
    empty = run_folder(tmp_path / "run")
    (empty / "run.json").write_bytes((run / "run.json").read_bytes())
    tables = exported(empty, to, tmp_path / "out")
    assert {name: rows for name, rows in tables.items() if rows} == {}
    assert set(tables) == LISTS
    assert headers(empty, "csv", tmp_path / "empty") == headers(run, "csv", tmp_path / "full")


@pytest.mark.parametrize(
    "run_json",
    [None, "{}", "[", '{"settings": {"schema": ["x"]}}', '{"settings": {"schema": "unknown/7"}}'],
)
def test_an_empty_file_of_an_unknown_schema_has_the_articles(
    tmp_path: Path, run_json: str | None
) -> None:
    """An empty ``records.jsonl`` of an unknown schema gives only the tables that every run has."""
    folder = run_folder(tmp_path / "run")
    if run_json is not None:
        (folder / "run.json").write_text(run_json)
    assert set(headers(folder, "csv", tmp_path / "out")) == {"articles", *RUN_TABLES}


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        "[]",
        '{"article_id": "a"}',
        '{"article_id": 1, "record": {}}',
        '{"article_id": "a", "record": NaN}',
        '{"article_id": "a", "record": "\\ud800"}',
        "",
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, broken: str) -> None:
    """The export stops at a line that is not a record, gives its number and writes nothing."""
    folder = run_folder(tmp_path / "run", line())
    with (folder / "records.jsonl").open("a") as file:
        file.write(broken + "\n")
    with pytest.raises(
        ConfigurationError,
        match=r"line 2 of .*records\.jsonl is broken: .* Run antq-llm extract again",
    ):
        export_run(folder, "csv", None)
    assert [path.name for path in folder.iterdir()] == ["records.jsonl"]


@pytest.mark.parametrize("name", ["evidence", "confidence"])
@pytest.mark.parametrize("listed", [{}, [1], [{"start": 1}], None])
def test_broken_evidence_is_named(tmp_path: Path, name: str, listed: Any) -> None:
    """A line is broken if its evidence or confidence is not a list of objects with a pointer."""
    with pytest.raises(ConfigurationError, match=f'line 1 of .* is broken: its "{name}"'):
        export_run(run_folder(tmp_path / "run", line(**{name: listed})), "csv", None)


@pytest.mark.parametrize("fields", [{"usage": [1]}, {"warnings": 3}])
def test_broken_provenance_is_named(tmp_path: Path, fields: dict[str, Any]) -> None:
    """A line is broken if its usage is not an object or its warnings are not a list."""
    with pytest.raises(ConfigurationError, match=r"line 1 of .* is broken"):
        export_run(run_folder(tmp_path / "run", line(**fields)), "csv", None)


def test_bytes_that_are_not_text_are_a_broken_line(tmp_path: Path) -> None:
    """The error for a line that is not UTF-8 gives its number."""
    (tmp_path / "records.jsonl").write_bytes(b"\xff\n")
    with pytest.raises(ConfigurationError, match=r"line 1 of .* is broken"):
        export_run(tmp_path, "csv", None)


def test_a_folder_without_records_is_refused(tmp_path: Path) -> None:
    """The error for a folder without records says which folder to name."""
    with pytest.raises(ConfigurationError, match="name a folder that antq-llm extract --out wrote"):
        export_run(tmp_path, "csv", None)


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    """The error for an unknown format lists the known ones."""
    with pytest.raises(
        ConfigurationError,
        match="unknown format 'ods' for --to: use one of csv, parquet, sqlite, xlsx",
    ):
        export_run(run_folder(tmp_path / "run", line()), "ods", None)


@pytest.mark.parametrize("to", FORMATS)
def test_only_an_export_is_replaced(run: Path, tmp_path: Path, to: str) -> None:
    """Files and folders that are not exports, such as the run's own store, are not replaced."""
    (tmp_path / "notes").write_text("mine")
    for target in (tmp_path, tmp_path / "notes", run, run / "store.sqlite3"):
        with pytest.raises(ConfigurationError, match="move it away, or name another --out"):
            export_run(run, to, target)
    assert (tmp_path / "notes").read_text() == "mine"


@pytest.mark.parametrize("to", FORMATS)
def test_an_earlier_export_is_replaced(tmp_path: Path, to: str) -> None:
    """A second export replaces the first and removes tables that no longer exist."""
    assert "old" in exported_record(tmp_path, to, {"old": [{"n": 1}]})
    assert set(exported_record(tmp_path, to, {"new": [{"n": 1}]})) == {
        "articles",
        "new",
        *RUN_TABLES,
    }


@pytest.mark.parametrize("to", FORMATS)
def test_an_interrupted_export_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str
) -> None:
    """An export interrupted while writing rows leaves only the earlier export, unchanged."""
    folder, out = run_folder(tmp_path / "run", line("a"), line("b")), tmp_path / "out"
    before = exported(folder, to, out)
    calls: Iterator[int] = iter(range(100))

    def interrupted(entry: dict[str, Any], *others: Any) -> Any:
        if next(calls) == 3:  # The second line of the second pass.
            raise KeyboardInterrupt
        return rows_of(entry, *others)

    monkeypatch.setattr("antq_llm.tables.line_tables.rows_of", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export_run(run_folder(tmp_path / "run", line("c"), line("d")), to, out)
    assert {path.name for path in tmp_path.iterdir()} == {"run", "out"}
    assert read_export(to, out) == before


@pytest.mark.parametrize("to", ["csv", "parquet"])
def test_a_folder_that_cannot_be_put_in_place_brings_the_old_one_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str
) -> None:
    """If the new folder cannot replace the old one, the old one is restored."""
    folder, out = run_folder(tmp_path / "run", line("a")), tmp_path / "out"
    before = exported(folder, to, out)
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if path.name == "unfinished" and target == out:
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(ConfigurationError, match="No space left on device"):
        export_run(run_folder(tmp_path / "run", line("c")), to, out)
    assert read_export(to, out) == before


def test_a_target_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """The error for a target below a file says to name another place."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="Name another place with --out"):
        export_run(run_folder(tmp_path / "run", line()), "csv", tmp_path / "file" / "out")


def test_files_have_the_permissions_of_new_files(tmp_path: Path) -> None:
    """A folder of tables has the permissions of any new folder."""
    folder = run_folder(tmp_path / "run", line())
    export_run(folder, "csv", None)
    (tmp_path / "other").mkdir()
    assert os.stat(folder / "export").st_mode == os.stat(tmp_path / "other").st_mode  # noqa: PTH116 - the mode is what matters
