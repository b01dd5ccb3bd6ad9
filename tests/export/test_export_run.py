"""The records of a run as tables: the same rows in every format, and nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pyarrow import parquet

from antq_llm.cli.commands.export import run_export
from antq_llm.cli.main import main
from antq_llm.core.packaged_data import data_folder
from antq_llm.errors import ConfigurationError
from antq_llm.export.tables import Layout, rows_of
from antq_llm.export.writers import CELL_CHARACTERS, FORMATS, harmless
from antq_llm.movement_report.record import ITEM_FIELDS
from helpers.samples import full_report, person, report

LISTS = {"articles", *ITEM_FIELDS}
SHEETS = ("csv", "xlsx")
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run over the packaged articles, which no test writes to."""
    folder = tmp_path_factory.mktemp("run")
    assert main(["extract", str(data_folder("seeds")), "--offline", "--out", str(folder)]) == 0
    return folder


def line(article_id: str = "a", record: Any = None, **fields: Any) -> dict[str, Any]:
    """Return a line of a run, with some keys replaced."""
    own = {
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
    return {**own, "record": {} if record is None else record, **rest, **fields}


def folder_of(folder: Path, *lines: Any) -> Path:
    """Write a folder of a run that has only records."""
    folder.mkdir(exist_ok=True)
    (folder / "records.jsonl").write_text(
        "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines), "utf-8"
    )
    return folder


def exported(folder: Path, to: str, out: Path) -> dict[str, Rows]:
    """Export a folder and return the rows of each table."""
    assert run_export(folder, to, out) == 0
    return {"csv": read_csv, "parquet": read_parquet, "sqlite": read_sqlite, "xlsx": read_xlsx}[to](
        out
    )


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
    """Return the tables of a database."""
    database = sqlite3.connect(out)
    database.row_factory = sqlite3.Row
    try:
        names = [
            row[0]
            for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {
            name: [dict(row) for row in database.execute(f'SELECT * FROM "{name}"')]
            for name in names
        }
    finally:
        database.close()


def read_xlsx(out: Path) -> dict[str, Rows]:
    """Return the sheets of a workbook; no cell of it is a formula."""
    book = openpyxl.load_workbook(io.BytesIO(out.read_bytes()))
    assert all(cell.data_type != "f" for sheet in book for row in sheet.rows for cell in row)
    tables = {}
    for sheet in book:
        header, *rows = sheet.values
        tables[sheet.title] = [dict(zip(map(str, header), row, strict=True)) for row in rows]
    return tables


def headers(folder: Path, to: str, out: Path) -> dict[str, list[str]]:
    """Export a folder to CSV or Parquet and return the columns of each table."""
    assert run_export(folder, to, out) == 0
    tables = json.loads((out / "tables.json").read_bytes())["tables"]
    return {Path(name).stem: list(about["columns"]) for name, about in tables.items()}


@pytest.mark.parametrize("to", FORMATS)
def test_every_item_of_a_run_is_a_row(run: Path, tmp_path: Path, to: str) -> None:
    """Each format has a table for the articles and one for each list, with a row for every item, Vietnamese as it was."""
    lines = [json.loads(text) for text in (run / "records.jsonl").read_text("utf-8").splitlines()]
    tables = exported(run, to, tmp_path / "out")
    assert set(tables) == LISTS
    assert [row["headline"] for row in tables["articles"]] == [
        one["record"]["headline"] for one in lines
    ]
    for name in ITEM_FIELDS:
        quotes = [
            harmless(item["quote"]) if to in SHEETS else item["quote"]
            for one in lines
            for item in one["record"][name]
        ]
        assert [row["quote"] for row in tables[name]] == quotes


@pytest.mark.parametrize("to", FORMATS)
def test_every_row_has_the_span_of_its_quote(run: Path, tmp_path: Path, to: str) -> None:
    """The start and end of each row cut its quote out of the article, and a publication stamp has its own."""
    tables = exported(run, to, tmp_path / "out")
    texts = {
        row["article_id"]: Path(row["source"]).read_bytes().decode("utf-8-sig")
        for row in tables["articles"]
    }
    for name in ITEM_FIELDS:
        for row in tables[name]:
            cut = texts[row["article_id"]][int(row["start"]) : int(row["end"])]
            assert row["quote"] == (harmless(cut) if to in SHEETS else cut)
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
    tmp_path: Path, capsys: pytest.CaptureFixture[str], to: str, default: str
) -> None:
    """Without --out the tables are in the run's folder; one line on standard error says where, and nothing else is left there."""
    folder = folder_of(tmp_path / "run", line())
    assert run_export(folder, to, None) == 0
    assert {path.name for path in folder.iterdir()} == {"records.jsonl", default}
    said = capsys.readouterr()
    assert (said.out, said.err) == (
        "",
        f"antq-llm: 1 record(s) in 1 table(s), in {folder / default}\n",
    )


def test_articles_have_provenance(tmp_path: Path) -> None:
    """A row of an article says how the record came about, and how many warnings it has."""
    (row,) = exported(
        folder_of(tmp_path / "run", line(record={"subject": "Tân Lâm"})), "sqlite", tmp_path / "out"
    )["articles"]
    assert row == {
        "article_id": "a",
        "source": "a.txt",
        "subject": "Tân Lâm",
        "schema": "own",
        "prompt": "own@1",
        "model": "m",
        "prompt_sha256": "0" * 64,
        "attempts": 2,
        "input_tokens": 100,
        "output_tokens": 20,
        "cached_tokens": None,
        "cost_usd": 0.25,
        "replayed": 0,
        "warnings": 1,
    }


def test_items_are_keyed_and_have_provenance(tmp_path: Path) -> None:
    """A row of an item has its article, its number in the list, and the schema, prompt and model it came by."""
    folder = folder_of(
        tmp_path / "run",
        line(record=report(people=[person(), person("Lò Thị Mai")]), schema="movement_report/1"),
    )
    rows = exported(folder, "parquet", tmp_path / "out")["people"]
    assert [(row["article_id"], row["item"], row["name"]) for row in rows] == [
        ("a", 0, "Phạm Quốc Bình"),
        ("a", 1, "Lò Thị Mai"),
    ]
    assert {(row["schema"], row["prompt"], row["model"]) for row in rows} == {
        ("movement_report/1", "own@1", "m")
    }


def test_objects_are_flattened_and_lists_kept(tmp_path: Path) -> None:
    """The parts of a place are columns; a list is joined in a spreadsheet, JSON in SQLite and a list in Parquet."""
    data = full_report()
    data["events"][0]["organizers"] = ["UBND xã", "Công an xã"]
    folder = folder_of(tmp_path / "run", line(record=data, schema="movement_report/1"))
    found = {to: exported(folder, to, tmp_path / to)["events"][0] for to in FORMATS}
    assert {row["place_commune"] for row in found.values()} == {"Tân Lâm"}
    assert {to: row["organizers"] for to, row in found.items()} == {
        "csv": "UBND xã; Công an xã",
        "parquet": ["UBND xã", "Công an xã"],
        "sqlite": '["UBND xã", "Công an xã"]',
        "xlsx": "UBND xã; Công an xã",
    }


def test_types_are_kept(tmp_path: Path) -> None:
    """Integers, floats, truth values, text and nulls come back as such from Parquet, SQLite and Excel."""
    record = {
        "whole": 1_200_000_000,
        "part": -1.5,
        "yes": True,
        "digits": "0042",
        "nothing": None,
        "mixed": 7,
    }
    folder = folder_of(tmp_path / "run", line("a", record), line("b", {**record, "mixed": 0.5}))
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


def test_types_follow_the_schema_not_the_data(tmp_path: Path) -> None:
    """A figure's column is of floats in Parquet though all figures of this run are whole, and an unused list has its type."""
    folder = folder_of(tmp_path / "run", line(record=full_report(), schema="movement_report/1"))
    assert run_export(folder, "parquet", tmp_path / "out") == 0
    assert (
        str(parquet.read_schema(tmp_path / "out" / "indicators.parquet").field("value").type)
        == "double"
    )
    assert str(
        parquet.read_schema(tmp_path / "out" / "people.parquet").field("positions").type
    ).startswith("list<")


def test_numbers_that_no_column_holds_are_text(tmp_path: Path) -> None:
    """An integer of more than 64 bits is written digit by digit, and so is one that a sheet would round."""
    folder = folder_of(tmp_path / "run", line(record={"huge": 10**30, "long": 12345678901234567}))
    found = {to: exported(folder, to, tmp_path / to)["articles"][0] for to in FORMATS}
    assert {str(row["huge"]) for row in found.values()} == {str(10**30)}
    assert {str(row["long"]) for row in found.values()} == {"12345678901234567"}


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
@pytest.mark.parametrize("to", SHEETS)
def test_formulas_are_made_harmless_for_spreadsheets(tmp_path: Path, to: str, begin: str) -> None:
    """Text that a spreadsheet would run gets an apostrophe, in a cell, a list and a header; numbers and other text stay."""
    text = begin + 'HYPERLINK("http://x")'
    record = {
        "text": text,
        "list": ["x", text],
        "count": -5,
        "inner": "a=b",
        text.strip(): "header",
    }
    (row,) = exported(folder_of(tmp_path / "run", line(record=record)), to, tmp_path / "out")[
        "articles"
    ]
    assert [row["text"].replace("_x000D_", "\r"), row["list"].replace("_x000D_", "\r")] == [
        "'" + text,
        f"x; '{text}",
    ]
    assert (float(row["count"]), row["inner"]) == (-5, "a=b")
    assert not any(name.startswith(tuple("=+-@")) for name in row)


@pytest.mark.parametrize("to", ["sqlite", "parquet"])
def test_formulas_stay_where_no_spreadsheet_reads(tmp_path: Path, to: str) -> None:
    """SQLite and Parquet keep text that looks like a formula as it is."""
    (row,) = exported(
        folder_of(tmp_path / "run", line(record={"text": "=1+1"})), to, tmp_path / "out"
    )["articles"]
    assert row["text"] == "=1+1"


def test_csv_is_read_by_a_spreadsheet(tmp_path: Path) -> None:
    """CSV begins with a byte-order mark, its lines end with CR LF, and commas, quotes and line breaks in a cell are quoted."""
    record = {"text": 'Ông "Bình", ủy viên\nTân Lâm', "yes": True}
    out = tmp_path / "out"
    (row,) = exported(folder_of(tmp_path / "run", line(record=record)), "csv", out)["articles"]
    data = (out / "articles.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfarticle_id,source,text,")
    assert '"Ông ""Bình"", ủy viên\nTân Lâm",true'.encode() in data
    assert data.endswith(b"\r\n")
    assert (row["text"], row["yes"], row["cached_tokens"]) == (record["text"], "true", "")


def test_workbook_has_a_frozen_header(run: Path, tmp_path: Path) -> None:
    """Every sheet keeps its header in sight."""
    out = tmp_path / "out.xlsx"
    run_export(run, "xlsx", out)
    assert {sheet.freeze_panes for sheet in openpyxl.load_workbook(out)} == {"A2"}


def test_text_longer_than_a_cell_is_cut_with_an_ellipsis(tmp_path: Path) -> None:
    """A workbook says where it cut a text that is too long for a cell; CSV has it whole."""
    folder = folder_of(tmp_path / "run", line(record={"text": "ă" * (CELL_CHARACTERS + 1)}))
    assert (
        exported(folder, "xlsx", tmp_path / "x")["articles"][0]["text"]
        == "ă" * (CELL_CHARACTERS - 1) + "…"
    )
    assert (
        len(exported(folder, "csv", tmp_path / "c")["articles"][0]["text"]) == CELL_CHARACTERS + 1
    )


def test_a_table_larger_than_a_sheet_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workbook that would lose rows is not written; the error names the formats that hold them."""
    monkeypatch.setattr("antq_llm.export.writers.SHEET_ROWS", 2)
    with pytest.raises(ConfigurationError, match="use --to csv, parquet or sqlite"):
        run_export(folder_of(tmp_path / "run", line("a"), line("b")), "xlsx", None)


def test_sheet_names_fit_and_differ(tmp_path: Path) -> None:
    """Two long names of lists give two sheets of at most 31 characters."""
    record = {"x" * 40 + "1": [{"n": 1}], "x" * 40 + "2": [{"n": 2}], "History": [{"n": 3}]}
    tables = exported(folder_of(tmp_path / "run", line(record=record)), "xlsx", tmp_path / "out")
    assert set(tables) == {"articles", "x" * 31, "x" * 29 + "_2", "History_2"}


def test_parquet_is_written_in_groups(tmp_path: Path) -> None:
    """Rows past one group are written in order, and whole numbers among floats are floats, however large."""
    items = [
        {"n": index, "v": 2**60 if index else 0.5, "vs": [1, 0.5, None]} for index in range(4_001)
    ]
    rows = exported(
        folder_of(tmp_path / "run", line(record={"rows": items})), "parquet", tmp_path / "out"
    )["rows"]
    assert [row["n"] for row in rows] == list(range(4_001))
    assert (rows[1]["v"], rows[1]["vs"]) == (float(2**60), [1.0, 0.5, None])
    assert parquet.ParquetFile(tmp_path / "out" / "rows.parquet").num_row_groups == 3


@pytest.mark.parametrize("to", FORMATS)
def test_any_schema_is_exported(tmp_path: Path, to: str) -> None:
    """A record of another schema with lists gives a table for each, one without them only the row of its article."""
    with_lists = {
        "total": 5,
        "lines": [{"what": "gạo", "tax": {"rate": 0.1}}, {"what": "muối", "tax": None}],
    }
    tables = exported(folder_of(tmp_path / "lists", line(record=with_lists)), to, tmp_path / "a")
    assert set(tables) == {"articles", "lines"}
    assert [(row["what"], row["tax_rate"] or None) for row in tables["lines"]] == [
        ("gạo", "0.1" if to == "csv" else 0.1),
        ("muối", None),
    ]
    assert "start" not in tables["lines"][0]
    assert set(
        exported(folder_of(tmp_path / "plain", line(record={"name": "Lan"})), to, tmp_path / "b")
    ) == {"articles"}


def test_lists_inside_items_have_their_own_table(tmp_path: Path) -> None:
    """A list of objects inside an item is a table keyed by both numbers."""
    record = {"orders": [{"parts": [{"n": 1}]}, {"parts": [{"n": 2}, {"n": 3}]}]}
    rows = exported(folder_of(tmp_path / "run", line(record=record)), "sqlite", tmp_path / "out")[
        "orders_parts"
    ]
    assert [(row["article_id"], row["orders_item"], row["item"], row["n"]) for row in rows] == [
        ("a", 0, 0, 1),
        ("a", 1, 0, 2),
        ("a", 1, 1, 3),
    ]


@pytest.mark.parametrize(
    ("record", "table", "expected"),
    [
        ([{"n": 1}], "items", ("n", 1)),
        (["x"], "articles", ("value", '["x"]')),
        (3, "articles", ("value", 3)),
    ],
)
def test_records_that_are_no_object_are_exported(
    tmp_path: Path, record: Any, table: str, expected: tuple[str, Any]
) -> None:
    """A record that is a list of objects is the table items; another value is in the column value."""
    (row,) = exported(folder_of(tmp_path / "run", line(record=record)), "sqlite", tmp_path / "out")[
        table
    ]
    assert row[expected[0]] == expected[1]


def test_spans_of_other_schemas_are_found(tmp_path: Path) -> None:
    """Wherever an object has a quote, its row has the span of its evidence, also under a key that a pointer escapes."""
    record = {"a/b~c": [{"quote": "x", "at": {"quote": "y"}}]}
    evidence = [
        {"pointer": "/a~1b~0c/0", "start": 1, "end": 2, "match": "exact"},
        {"pointer": "/a~1b~0c/0/at", "start": 3, "end": 4, "match": "fuzzy"},
    ]
    (row,) = exported(
        folder_of(tmp_path / "run", line(record=record, evidence=evidence)),
        "sqlite",
        tmp_path / "out",
    )["a_b_c"]
    assert [row[name] for name in ("start", "end", "match", "at_start", "at_end", "at_match")] == [
        1,
        2,
        "exact",
        3,
        4,
        "fuzzy",
    ]


def test_an_item_without_evidence_has_no_span(tmp_path: Path) -> None:
    """A kept item whose quote was not found has nulls for its span."""
    (row,) = exported(
        folder_of(tmp_path / "run", line(record={"p": [{"quote": "x"}]})),
        "sqlite",
        tmp_path / "out",
    )["p"]
    assert [row["start"], row["end"], row["match"]] == [None, None, None]


def test_names_never_collide(tmp_path: Path) -> None:
    """Fields named like a column of the run, or alike but for case, keep columns of their own, and a list named articles its table."""
    record = {"model": "x", "Name": 1, "name": 2, "articles": [{"item": "y"}], "../up": [{"n": 1}]}
    tables = exported(folder_of(tmp_path / "run", line(record=record)), "sqlite", tmp_path / "out")
    assert set(tables) == {"articles", "record_articles", "up"}
    row = tables["articles"][0]
    assert (row["model"], row["record_model"], row["Name"], row["record_name"]) == ("m", "x", 1, 2)
    assert (tables["record_articles"][0]["item"], tables["record_articles"][0]["record_item"]) == (
        0,
        "y",
    )


def test_null_here_and_object_there_is_one_set_of_columns(tmp_path: Path) -> None:
    """A field that is null in one record and an object or a list of objects in another has no column of its own."""
    folder = folder_of(
        tmp_path / "run",
        line("a", {"at": None, "list": []}),
        line("b", {"at": {"x": 1}, "list": [{"n": 1}]}),
        line("c", {"none": []}),
    )
    found = headers(folder, "csv", tmp_path / "out")
    assert found["articles"][:5] == ["article_id", "source", "at_x", "none", "schema"]
    assert set(found) == {"articles", "list"}


def test_values_of_several_kinds_become_text(tmp_path: Path) -> None:
    """A column that has text and other values keeps the others as JSON, and one with a list here and there has lists."""
    first, second = {"v": "x", "l": 1, "m": [{"a": 1}, 2]}, {"v": True, "l": [2, 3], "m": []}
    rows = exported(
        folder_of(tmp_path / "run", line("a", first), line("b", second)),
        "parquet",
        tmp_path / "out",
    )["articles"]
    assert [(row["v"], row["l"], row["m"]) for row in rows] == [
        ("x", [1], ['{"a": 1}', "2"]),
        ("true", [2, 3], []),
    ]


@pytest.mark.parametrize("to", FORMATS)
def test_a_run_without_records_has_headers(run: Path, tmp_path: Path, to: str) -> None:
    """From an empty file come the tables that the run's schema declares, the same as from a full one, without a row."""
    empty = folder_of(tmp_path / "run")
    (empty / "run.json").write_bytes((run / "run.json").read_bytes())
    tables = exported(empty, to, tmp_path / "out")
    assert {name: rows for name, rows in tables.items() if rows} == {}
    assert set(tables) == LISTS
    assert headers(empty, "csv", tmp_path / "empty") == headers(run, "csv", tmp_path / "full")


@pytest.mark.parametrize(
    "said",
    [None, "{}", "[", '{"settings": {"schema": ["x"]}}', '{"settings": {"schema": "unknown/7"}}'],
)
def test_an_empty_file_of_an_unknown_schema_has_the_articles(
    tmp_path: Path, said: str | None
) -> None:
    """Where the schema is not known, an empty file gives the table of articles with its header."""
    folder = folder_of(tmp_path / "run")
    if said is not None:
        (folder / "run.json").write_text(said)
    assert list(headers(folder, "csv", tmp_path / "out")) == ["articles"]


def test_recursive_schemas_end() -> None:
    """A schema that refers to itself declares its tables once around."""
    node = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "parts": {"type": "array", "items": {"$ref": "#/$defs/node"}},
        },
    }
    layout = Layout()
    layout.add_schema({"$defs": {"node": node}, "$ref": "#/$defs/node"})
    assert [table.name for table in layout.tables()] == ["articles"]
    layout.add_schema(
        {
            "$defs": {"node": node},
            "type": "object",
            "properties": {"tree": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
        }
    )
    assert [table.name for table in layout.tables()] == ["articles", "tree"]


def test_rows_fit_the_tables_of_their_schema(run: Path) -> None:
    """The rows of a run add no column to those that its schema declares."""
    lines = [json.loads(text) for text in (run / "records.jsonl").read_text("utf-8").splitlines()]
    layout = Layout()
    layout.add_schema(
        json.loads((data_folder("schemas") / "movement_report" / "v1.json").read_bytes())
    )
    declared = [
        (table.name, [(column.name, column.kind, column.many) for column in table.columns])
        for table in layout.tables()
    ]
    for row in [row for one in lines for row in rows_of(one)]:
        layout.add_row(row)
    assert [
        (table.name, [(column.name, column.kind, column.many) for column in table.columns])
        for table in layout.tables()
    ] == declared


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
    """A line that is no record stops the export, with its number, and nothing is written."""
    folder = folder_of(tmp_path / "run", line())
    with (folder / "records.jsonl").open("a") as file:
        file.write(broken + "\n")
    with pytest.raises(
        ConfigurationError, match=r"records\.jsonl, line 2 is broken: .* Run antq-llm extract again"
    ):
        run_export(folder, "csv", None)
    assert [path.name for path in folder.iterdir()] == ["records.jsonl"]


@pytest.mark.parametrize("name", ["evidence", "confidence"])
@pytest.mark.parametrize("listed", [{}, [1], [{"start": 1}], None])
def test_broken_evidence_is_named(tmp_path: Path, name: str, listed: Any) -> None:
    """Evidence that is no list of spans, and confidence that is no list of agreements, are a broken line."""
    with pytest.raises(ConfigurationError, match=f'line 1 is broken: its "{name}"'):
        run_export(folder_of(tmp_path / "run", line(**{name: listed})), "csv", None)


@pytest.mark.parametrize("fields", [{"usage": [1]}, {"warnings": 3}])
def test_broken_provenance_is_named(tmp_path: Path, fields: dict[str, Any]) -> None:
    """Usage that is no object and warnings that are no list are a broken line."""
    with pytest.raises(ConfigurationError, match="line 1 is broken"):
        run_export(folder_of(tmp_path / "run", line(**fields)), "csv", None)


def test_bytes_that_are_no_text_are_a_broken_line(tmp_path: Path) -> None:
    """A line that is not UTF-8 is named."""
    (tmp_path / "records.jsonl").write_bytes(b"\xff\n")
    with pytest.raises(ConfigurationError, match="line 1 is broken"):
        run_export(tmp_path, "csv", None)


def test_a_folder_without_records_is_refused(tmp_path: Path) -> None:
    """A folder that no run has written is an error that says which folder to name."""
    with pytest.raises(
        ConfigurationError, match="name a folder that antq-llm extract --out has written"
    ):
        run_export(tmp_path, "csv", None)


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    """An unknown format is an error that names the known ones."""
    with pytest.raises(
        ConfigurationError, match="unknown --to 'ods': use csv, parquet, sqlite, xlsx"
    ):
        run_export(folder_of(tmp_path / "run", line()), "ods", None)


def test_two_records_of_one_article_are_refused_by_the_key(tmp_path: Path) -> None:
    """A database is not written from a file in which an article stands twice."""
    with pytest.raises(ConfigurationError, match="two records have the article_id 'a'"):
        run_export(folder_of(tmp_path / "run", line(), line()), "sqlite", None)


@pytest.mark.parametrize("to", FORMATS)
def test_what_is_no_export_is_not_replaced(run: Path, tmp_path: Path, to: str) -> None:
    """A file or a folder of other things, the run's own store among them, is left as it is."""
    (tmp_path / "notes").write_text("mine")
    for target in (tmp_path, tmp_path / "notes", run, run / "store.sqlite3"):
        with pytest.raises(ConfigurationError, match="move it away, or name another --out"):
            run_export(run, to, target)
    assert (tmp_path / "notes").read_text() == "mine"


@pytest.mark.parametrize("to", ["csv", "parquet"])
def test_a_file_put_into_an_export_is_not_lost(tmp_path: Path, to: str) -> None:
    """A folder of tables to which someone added a file is not replaced."""
    folder = folder_of(tmp_path / "run", line())
    run_export(folder, to, None)
    (folder / "export" / "notes.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match="name another --out"):
        run_export(folder, to, None)


@pytest.mark.parametrize("to", FORMATS)
def test_an_earlier_export_is_replaced(tmp_path: Path, to: str) -> None:
    """A second export takes the place of the first, tables that are gone included."""
    out = tmp_path / "out"
    assert set(
        exported(folder_of(tmp_path / "run", line(record={"old": [{"n": 1}]})), to, out)
    ) == {"articles", "old"}
    assert set(
        exported(folder_of(tmp_path / "run", line(record={"new": [{"n": 1}]})), to, out)
    ) == {"articles", "new"}


def test_csv_and_parquet_share_a_folder(tmp_path: Path) -> None:
    """An export to one format leaves the tables of the other where they are, and may be repeated."""
    folder = folder_of(tmp_path / "run", line())
    for to in ("csv", "parquet", "csv"):
        run_export(folder, to, None)
    assert {path.name for path in (folder / "export").iterdir()} == {
        "articles.csv",
        "articles.parquet",
        "tables.json",
    }


@pytest.mark.parametrize("to", FORMATS)
def test_an_interrupted_export_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str
) -> None:
    """Interrupted in its rows, an export leaves the earlier one as it was, and nothing beside it."""
    folder, out = folder_of(tmp_path / "run", line("a"), line("b")), tmp_path / "out"
    before = exported(folder, to, out)
    calls: Iterator[int] = iter(range(100))

    def interrupted(one: dict[str, Any]) -> Any:
        if next(calls) == 3:  # the second line of the second pass
            raise KeyboardInterrupt
        return rows_of(one)

    monkeypatch.setattr("antq_llm.cli.commands.export.rows_of", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_export(folder_of(tmp_path / "run", line("c"), line("d")), to, out)
    assert {path.name for path in tmp_path.iterdir()} == {"run", "out"}
    assert {"csv": read_csv, "parquet": read_parquet, "sqlite": read_sqlite, "xlsx": read_xlsx}[to](
        out
    ) == before


@pytest.mark.parametrize("to", ["csv", "parquet"])
def test_a_folder_that_cannot_be_put_in_place_brings_the_old_one_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str
) -> None:
    """If the new folder cannot take the place of the old one, the old one is there again, and the error says what to do."""
    folder, out = folder_of(tmp_path / "run", line("a")), tmp_path / "out"
    before = exported(folder, to, out)
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if path.name == "unfinished" and target == out:
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(ConfigurationError, match="No space left on device"):
        run_export(folder_of(tmp_path / "run", line("c")), to, out)
    assert {"csv": read_csv, "parquet": read_parquet}[to](out) == before


def test_a_place_that_cannot_be_written_is_an_error_that_says_so(tmp_path: Path) -> None:
    """A path below a file is refused with the way out."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="Name another place with --out"):
        run_export(folder_of(tmp_path / "run", line()), "csv", tmp_path / "file" / "out")


@pytest.mark.parametrize(("to", "module"), [("parquet", "pyarrow"), ("xlsx", "xlsxwriter")])
def test_a_missing_library_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str, module: str
) -> None:
    """Without the library of a format the error names the extra that brings it."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        ConfigurationError, match=rf'needs {module}, .*pip install "antq-llm\[export\]"'
    ):
        run_export(folder_of(tmp_path / "run", line()), to, None)


def test_files_have_the_permissions_of_new_files(tmp_path: Path) -> None:
    """A folder of tables may be read by whom the person's umask lets read it."""
    folder = folder_of(tmp_path / "run", line())
    run_export(folder, "csv", None)
    (tmp_path / "other").mkdir()
    assert os.stat(folder / "export").st_mode == os.stat(tmp_path / "other").st_mode  # noqa: PTH116 - the mode is what matters
