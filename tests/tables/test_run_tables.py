"""The tables of failures, warnings, dropped items and metadata."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antq_llm.export.formats import FORMATS
from helpers.exports import exported, line, run_folder

FAILURE = {
    "article_id": "f",
    "source": "f.txt",
    "error": {"type": "ExtractionError", "kind": "invalid", "message": "không hợp lệ"},
    "attempts": [{"completion": "{", "error": "x", "usage": None}],
    "usage": {"input_tokens": 5, "output_tokens": 1, "cached_tokens": None},
    "cost_usd": 0.5,
    "metadata": {"title": "Bài lỗi", "published": "2021-03-04T08:30:00+07:00"},
}
WARNINGS = [
    {"kind": "dropped", "message": "/people/0 was dropped", "item": {"quote": "Ông An", "n": 1}},
    {"kind": "unaccounted", "message": "12 hộ", "start": 3, "end": 8},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a run with a failure and a record with warnings."""
    kept = {"title": "Tân Lâm", "tags": ["a", "b"], "section": {"name": "x"}}
    folder = run_folder(tmp_path / "run", line(warnings=WARNINGS, metadata=kept))
    (folder / "failures.jsonl").write_text(json.dumps(FAILURE) + "\n", "utf-8")
    return folder


@pytest.mark.parametrize("to", FORMATS)
def test_failures_are_rows(folder: Path, tmp_path: Path, to: str) -> None:
    """A failed article is a row of ``failures`` with its error, attempts, tokens and cost."""
    (row,) = exported(folder, to, tmp_path / "out")["failures"]
    assert [row[name] for name in ("article_id", "kind", "message")] == [
        "f",
        "invalid",
        "không hợp lệ",
    ]
    assert [float(row[name]) for name in ("attempts", "input_tokens", "cost_usd")] == [1, 5, 0.5]


@pytest.mark.parametrize("to", FORMATS)
def test_warnings_and_dropped_items_are_rows(folder: Path, tmp_path: Path, to: str) -> None:
    """Each warning is a row with its span; each dropped item is a row with its quote and JSON."""
    tables = exported(folder, to, tmp_path / "out")
    assert [(row["kind"], row["message"]) for row in tables["warnings"]] == [
        ("dropped", "/people/0 was dropped"),
        ("unaccounted", "12 hộ"),
    ]
    assert int(tables["warnings"][1]["start"]) == 3
    (dropped,) = tables["dropped_items"]
    assert (dropped["quote"], json.loads(dropped["data"])) == ("Ông An", WARNINGS[0]["item"])


def test_metadata_has_failed_articles_and_kept_fields(folder: Path, tmp_path: Path) -> None:
    """The metadata of records and failures becomes rows, with a column for each kept field."""
    rows = exported(folder, "parquet", tmp_path / "out")["metadata"]
    assert [(row["article_id"], row["title"]) for row in rows] == [
        ("a", "Tân Lâm"),
        ("f", "Bài lỗi"),
    ]
    assert (rows[0]["tags"], rows[0]["section"]) == (["a", "b"], '{"name": "x"}')
    assert [str(rows[1][f"published_{part}"]) for part in ("earliest", "latest", "year")] == [
        "2021-03-04",
        "2021-03-04",
        "2021",
    ]


def test_foreign_keys_hold(folder: Path, tmp_path: Path) -> None:
    """No row of a database refers to a row that does not exist."""
    import sqlite3

    exported(folder, "sqlite", tmp_path / "out")
    database = sqlite3.connect(tmp_path / "out")
    keys = database.execute("SELECT * FROM pragma_foreign_key_list('warnings')").fetchall()
    assert [(key[2], key[3], key[4]) for key in keys] == [("articles", "article_id", "article_id")]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    database.close()
