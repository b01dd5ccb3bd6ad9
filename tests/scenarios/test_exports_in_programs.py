"""Programs that open exports read the same values as in the records."""

from __future__ import annotations

import csv
import datetime
import json
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from antq_llm.cli.main import main
from antq_llm.core.packaged_data import data_folder
from antq_llm.export.export_run import export_run
from antq_llm.movement_report.record import ITEM_FIELDS
from helpers.exports import line, run_folder
from helpers.samples import full_report

COMPARATORS = ["=", ">", ">=", "~", "<", "<="]
SCALARS = ("label", "value", "comparator", "unit", "total", "scope", "period", "quote")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run that has figures with every comparator and texts that spreadsheets could misread."""
    report = full_report()
    (first, *_) = report["indicators"]
    report["indicators"] = [
        first | {"comparator": comparator, "label": f"số hộ; đường {index}", "value": index + 0.5}
        for index, comparator in enumerate(COMPARATORS)
    ]
    report["events"][0] |= {"date": "2021-02", "organizers": ["UBND xã; tổ 2", "Công an xã"]}
    metadata = {"title": "Ngày hội đường phố", "published": "2021-03-04T08:30:00+07:00"}
    return run_folder(
        tmp_path / "run",
        line("a", report, schema="movement_report/1", metadata=metadata),
        line("b", full_report(), schema="movement_report/1"),
    )


def expected(run: Path, name: str = "indicators") -> list[dict[str, Any]]:
    """Return the items of one list field from all records, in order."""
    lines = [json.loads(text) for text in (run / "records.jsonl").read_text("utf-8").splitlines()]
    return [item for entry in lines for item in entry["record"][name]]


def only(rows: Any, names: tuple[str, ...] = SCALARS) -> list[dict[str, Any]]:
    """Return each row with only the named keys."""
    return [{name: row[name] for name in names} for row in rows]


def test_duckdb_reads_parquet(run: Path, tmp_path: Path) -> None:
    """DuckDB reads every figure as in the record, and filters by comparator and date."""
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    export_run(run, "parquet", tmp_path / "out")
    database = duckdb.connect()
    read = f"read_parquet('{tmp_path / 'out' / 'indicators.parquet'}')"
    names = ", ".join(f'"{name}"' for name in SCALARS)
    rows = database.execute(f"SELECT {names} FROM {read} ORDER BY article_id, item").fetchall()
    assert [dict(zip(SCALARS, row, strict=True)) for row in rows] == only(expected(run))
    (count,) = database.execute(f"SELECT count(*) FROM {read} WHERE comparator = '='").fetchone()
    assert count == sum(item["comparator"] == "=" for item in expected(run))
    days = database.execute(
        f"SELECT date_earliest, date_latest FROM '{tmp_path / 'out' / 'events.parquet'}' LIMIT 1"
    ).fetchone()
    assert days == (datetime.date(2021, 2, 1), datetime.date(2021, 2, 28))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow
@pytest.mark.parametrize("to", ["csv", "parquet"])
def test_pandas_reads_files(run: Path, tmp_path: Path, to: str) -> None:
    """pandas reads every figure from CSV and Parquet files as in the record."""
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    export_run(run, to, tmp_path / "out")
    path = tmp_path / "out" / f"indicators.{to}"
    frame = (
        pandas.read_csv(path, keep_default_na=False, na_values=[""])
        if to == "csv"
        else pandas.read_parquet(path)
    )
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    assert only(rows) == only(expected(run))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow
def test_datasets_load_a_folder(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of Parquet files loads as a dataset with a configuration for each table."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets", reason="datasets is not installed")
    export_run(run, "parquet", tmp_path / "out")
    cache = str(tmp_path / "cache")
    loaded = datasets.load_dataset(str(tmp_path / "out"), "indicators", cache_dir=cache)["train"]
    assert only(loaded) == only(expected(run))
    articles = datasets.load_dataset(str(tmp_path / "out"), cache_dir=cache)["train"]
    assert articles["article_id"][:] == ["a", "b"]


@pytest.mark.filterwarnings("ignore")
async def test_datasette_serves_a_database(run: Path, tmp_path: Path) -> None:
    """Datasette shows every figure as in the record, with foreign keys and search."""
    app = pytest.importorskip("datasette.app", reason="datasette is not installed")
    export_run(run, "sqlite", tmp_path / "out.db")
    client = app.Datasette([], immutables=[str(tmp_path / "out.db")]).client
    answer = (await client.get("/out/indicators.json?_shape=array&_size=max")).json()
    assert only(answer) == only(expected(run))
    keys = (await client.get("/out/indicators.json")).json()
    assert keys["filtered_table_rows_count"] == len(expected(run))
    # One for each label, and one for the title in the metadata.
    for words in ("đường", "duong"):
        found = (await client.get("/out/search.json", params={"_search": words})).json()
        assert found["filtered_table_rows_count"] == len(COMPARATORS) + 1


def test_openpyxl_reads_a_workbook(run: Path, tmp_path: Path) -> None:
    """A workbook has every figure as in the record, with dates, filters and an index."""
    export_run(run, "xlsx", tmp_path / "out.xlsx")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    header, *rows = book["indicators"].values
    assert only(dict(zip(header, row, strict=True)) for row in rows) == only(expected(run))
    names, *events = book["events"].values
    event = dict(zip(names, events[0], strict=True))
    assert event["date_latest"] == datetime.datetime(2021, 2, 28)
    assert book["events"].auto_filter.ref == book["events"].dimensions
    assert book.sheetnames[:2] == ["index", "articles"]


@pytest.mark.slow
@pytest.mark.parametrize("to", ["xlsx", "csv"])
def test_libreoffice_opens_files(run: Path, tmp_path: Path, to: str) -> None:
    """LibreOffice shows every figure from a workbook or a CSV file as in the record."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    flat = export_run(run, to, tmp_path / "out.xlsx" if to == "xlsx" else None, flat="indicators")
    source = flat.path if to == "xlsx" else flat.path / "indicators.csv"
    # Comma, quotation mark, UTF-8, from the first line; for a workbook, the second sheet.
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false"
    options += ",2" if to == "xlsx" else ""
    subprocess.run(
        [
            office,
            f"-env:UserInstallation=file://{tmp_path / 'profile'}",
            "--headless",
            *(["--infilter=CSV:44,34,76"] if to == "csv" else []),
            "--convert-to",
            options,
            "--outdir",
            str(tmp_path / "converted"),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=240,
    )
    (converted,) = (tmp_path / "converted").iterdir()
    rows = list(csv.DictReader(converted.read_text("utf-8-sig").splitlines()))
    texts = ("label", "comparator", "unit", "scope", "period", "quote")
    assert only(rows, texts) == [
        {name: item[name] or "" for name in texts} for item in expected(run)
    ]
    assert [float(row["value"]) for row in rows] == [item["value"] for item in expected(run)]


@pytest.mark.slow
def test_frictionless_validates_a_folder(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The description of a CSV folder is a valid Data Package whose rows fit their schemas."""
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed")
    export_run(run, "csv", tmp_path / "out")
    monkeypatch.chdir(tmp_path / "out")
    report = frictionless.validate("tables.json", type="package")
    assert report.flatten(["title", "fieldName", "note"]) == []


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over the packaged articles."""
    folder = tmp_path_factory.mktemp("packaged")
    assert main(["extract", str(data_folder("seeds")), "--offline", "--out", str(folder)]) == 0
    return folder


def flattened(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item in which prefixed fields replace nested objects."""
    flat: dict[str, Any] = {}
    for name, value in item.items():
        if isinstance(value, dict):
            flat |= {f"{name}_{inner}": part for inner, part in value.items()}
        else:
            flat[name] = value
    return flat


@pytest.mark.parametrize("to", ["parquet", "sqlite"])
def test_every_value_of_the_packaged_articles_is_read(
    packaged: Path, tmp_path: Path, to: str
) -> None:
    """DuckDB and SQLite read every field of every item as in the record."""
    export_run(packaged, to, tmp_path / "out")
    database: Any
    if to == "sqlite":
        database = sqlite3.connect(tmp_path / "out")
    else:
        database = pytest.importorskip("duckdb", reason="duckdb is not installed").connect()
    for name in ITEM_FIELDS:
        items = [flattened(item) for item in expected(packaged, name)]
        columns = list(items[0])
        table = f"'{tmp_path / 'out' / name}.parquet'" if to == "parquet" else name
        quoted = ", ".join(f'"{column}"' for column in columns)
        rows = database.execute(f"SELECT {quoted} FROM {table} ORDER BY article_id, item")
        found = [dict(zip(columns, row, strict=True)) for row in rows.fetchall()]
        if to == "sqlite":
            for row, item in zip(found, items, strict=True):
                row |= {key: json.loads(row[key]) for key in item if isinstance(item[key], list)}
        assert found == items
    database.close()
