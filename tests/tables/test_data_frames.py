"""Records as pandas data frames."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pandas import DataFrame

from antq_llm import ConfigurationError, extract
from antq_llm.runs import open_run
from helpers.exports import exported, line, run_folder
from helpers.road_accidents import GOLD, MODEL


def _frame(folder: Path, record: Any, table: str = "articles") -> DataFrame:
    """Return a table of a run with one record."""
    return open_run(run_folder(folder, line(record=record))).to_pandas()[table]


def _plain(frame: DataFrame) -> list[dict[str, Any]]:
    """Return rows as Parquet gives them: missing values as None, and dates without a time."""
    return [
        {name: _plain_value(value) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _plain_value(value: Any) -> Any:
    if isinstance(value, list):
        return value
    if pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


def test_a_run_has_the_tables_of_its_export(run: Path, tmp_path: Path) -> None:
    """Tables, columns and values equal those of an export to Parquet, in the same order."""
    frames = open_run(run).to_pandas()
    tables = exported(run, "parquet", tmp_path / "out")
    assert set(frames) == set(tables)
    assert {name: _plain(frame) for name, frame in frames.items()} == tables
    assert next(iter(frames)) == "articles"


def test_an_extraction_has_the_tables_of_its_line(seeds: list[Path], run: Path) -> None:
    """One extraction gives the same rows and types as its article in a run."""
    stored = open_run(run).to_pandas()
    result = extract(seeds[0], offline=True)
    frames = result.to_pandas()
    people = stored["people"][stored["people"]["article_id"] == result.article.id]
    shared = ["article_id", "item", "name", "rank", "positions", "quote", "start", "end"]
    pd.testing.assert_frame_equal(
        frames["people"][shared].reset_index(drop=True), people[shared].reset_index(drop=True)
    )
    assert len(frames["articles"]) == 1
    assert set(frames) == set(stored)


def test_columns_have_nullable_types(tmp_path: Path) -> None:
    """A column keeps its type despite missing values, and lists are Python lists."""
    folder = run_folder(
        tmp_path / "run",
        line("a", {"n": 1, "x": 0.5, "ok": True, "t": "chữ", "l": ["a", "b"]}),
        line("b", {"n": None, "x": None, "ok": None, "t": None, "l": None}),
    )
    frame = open_run(folder).to_pandas()["articles"]
    types = {name: str(frame[name].dtype) for name in ("n", "x", "ok", "t", "l")}
    assert types == {
        "n": "Int64",
        "x": "Float64",
        "ok": "boolean",
        "t": "string",
        "l": "object",
    }
    assert frame["l"][0] == ["a", "b"]
    assert frame[["n", "x", "ok", "t", "l"]].isna().to_numpy().tolist() == [[False] * 5, [True] * 5]


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("0001", "0001-01-01", "0001-12-31"),
        ("9999-12", "9999-12-01", "9999-12-31"),
        ("2017-06/..", "2017-06-01", None),
        ("XXXX-07-24", None, None),
    ],
)
def test_dates_stay_text_beside_their_days(
    tmp_path: Path, text: str, earliest: str | None, latest: str | None
) -> None:
    """A date is text, as in the record, and its first and last days are timestamps."""
    report = GOLD["harbour-bridge"] | {
        "published": {"date": text, "time": None, "quote": "x"},
    }
    folder = run_folder(tmp_path / "run", line(record=report, schema=MODEL))
    frame = open_run(folder, MODEL).to_pandas()["articles"]
    assert frame["published_date"][0] == text
    days = [frame[f"published_date_{part}"][0] for part in ("earliest", "latest")]
    assert [None if pd.isna(day) else day.isoformat()[:10] for day in days] == [earliest, latest]


def test_a_schema_of_ones_own_has_its_lists(tmp_path: Path) -> None:
    """The records of the road accidents example become tables with spans."""
    folder = run_folder(
        tmp_path / "run",
        *(line(article_id, record, schema=MODEL) for article_id, record in GOLD.items()),
    )
    frames = open_run(folder, MODEL).to_pandas()
    expected = sum(len(record["casualties"]) for record in GOLD.values())
    assert len(frames["casualties"]) == expected
    assert frames["casualties"]["count"].dtype == "Float64"
    assert {"start", "end", "match"} <= set(frames["casualties"])


def test_records_without_an_object_are_frames(tmp_path: Path) -> None:
    """A list of objects becomes the table ``items``; a number becomes the column ``value``."""
    assert _frame(tmp_path / "a", [{"n": 1}], "items")["n"].tolist() == [1]
    assert _frame(tmp_path / "b", 3)["value"].tolist() == [3]


def test_numbers_too_large_for_64_bits_are_text(tmp_path: Path) -> None:
    """An integer that is too large for 64 bits is kept as text."""
    assert _frame(tmp_path / "run", {"n": 2**70})["n"].tolist() == [str(2**70)]


def test_failures_are_a_table(tmp_path: Path) -> None:
    """Failed articles are rows of ``failures``."""
    folder = run_folder(tmp_path / "run", line())
    (folder / "failures.jsonl").write_text(
        '{"article_id": "f", "source": "f.txt", "error": {"type": "ArticleError", "kind": "empty",'
        ' "message": "no text"}, "attempts": [], "usage": {}, "cost_usd": null}\n'
    )
    frame = open_run(folder).to_pandas()["failures"]
    assert frame[["article_id", "kind"]].to_numpy().tolist() == [["f", "empty"]]


def test_without_pandas_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pandas, the error names the extra to install."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(
        ConfigurationError, match=r'to_pandas\(\) needs pandas, .*pip install "antq-llm\[pandas\]"'
    ):
        open_run(run_folder(tmp_path / "run", line())).to_pandas()
