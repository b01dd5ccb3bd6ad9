"""The table rows of a record's line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from helpers.exports import exported, exported_record, line, run_folder
from helpers.samples import person, report


def test_articles_have_provenance(tmp_path: Path) -> None:
    """The row of an article has its schema, prompt, model, usage, cost and number of warnings."""
    (row,) = exported_record(tmp_path, "sqlite", {"subject": "Tân Lâm"})["articles"]
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
    """The row of an item has its article, index, schema, prompt and model."""
    folder = run_folder(
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


def test_lists_inside_items_have_their_own_table(tmp_path: Path) -> None:
    """A list of objects inside an item becomes a table keyed by the outer and inner indices."""
    record = {"orders": [{"parts": [{"n": 1}]}, {"parts": [{"n": 2}, {"n": 3}]}]}
    rows = exported_record(tmp_path, "sqlite", record)["orders_parts"]
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
def test_records_that_are_not_objects_are_exported(
    tmp_path: Path, record: Any, table: str, expected: tuple[str, Any]
) -> None:
    """A list of objects becomes the table ``items``; other lists and scalars become a column."""
    (row,) = exported_record(tmp_path, "sqlite", record)[table]
    assert row[expected[0]] == expected[1]


def test_spans_of_other_schemas_are_found(tmp_path: Path) -> None:
    """Any object with a quote has a span, even under a key that JSON Pointers escape."""
    record = {"a/b~c": [{"quote": "x", "at": {"quote": "y"}}]}
    evidence = [
        {"pointer": "/a~1b~0c/0", "start": 1, "end": 2, "match": "exact"},
        {"pointer": "/a~1b~0c/0/at", "start": 3, "end": 4, "match": "fuzzy"},
    ]
    (row,) = exported_record(tmp_path, "sqlite", record, evidence=evidence)["a_b_c"]
    assert [row[name] for name in ("start", "end", "match")] == [1, 2, "exact"]
    assert [row[name] for name in ("at_start", "at_end", "at_match")] == [3, 4, "fuzzy"]


def test_an_item_without_evidence_has_no_span(tmp_path: Path) -> None:
    """A kept item whose quote was not found has a null span."""
    (row,) = exported_record(tmp_path, "sqlite", {"p": [{"quote": "x"}]})["p"]
    assert [row[name] for name in ("start", "end", "match")] == [None, None, None]


METADATA = {"title": "Tên", "published": "2024-03-12", "muc": ["a", "b"], "them": {"x": 1}}


@pytest.mark.parametrize("name", ["csv", "parquet", "sqlite", "xlsx"])
def test_metadata_is_a_table(tmp_path: Path, name: str) -> None:
    """An article with metadata has a row in ``metadata``, with objects as JSON."""
    folder = run_folder(
        tmp_path / "run",
        line(article_id="a", record={"n": 1}, metadata=METADATA),
        line(article_id="b", record={"n": 2}),
    )
    [row] = exported(folder, name, tmp_path / "out")["metadata"]
    assert (row["article_id"], row["title"], row["published"]) == ("a", "Tên", "2024-03-12")
    assert row["them"] == '{"x": 1}'


def test_a_list_named_metadata_is_a_table_beside_it(tmp_path: Path) -> None:
    """A record's own list named ``metadata`` keeps its rows even if articles have metadata."""
    folder = run_folder(
        tmp_path / "run",
        line(record={"metadata": [{"n": 1}]}, metadata={"title": "Tên"}),
    )
    tables = exported(folder, "sqlite", tmp_path / "out")
    assert [row["title"] for row in tables["metadata"]] == ["Tên"]
    assert [row["n"] for row in tables["record_metadata"]] == [1]


def test_without_metadata_the_table_is_empty(tmp_path: Path) -> None:
    """A run without metadata has an empty ``metadata`` table, so queries over several runs work."""
    assert exported_record(tmp_path, "sqlite", {"n": 1})["metadata"] == []


def test_items_have_their_probability_and_agreement(tmp_path: Path) -> None:
    """Probability and agreement each have a column unless all their values are null."""
    votes = [{"pointer": "/people/0", "probability": 0.75, "agreement": None, "samples": 1}]
    folder = run_folder(
        tmp_path / "run",
        line(
            record=report(people=[person(), person("Lò Thị Mai")]),
            schema="movement_report/1",
            confidence=votes,
        ),
    )
    rows = exported(folder, "sqlite", tmp_path / "out")["people"]
    assert [row["probability"] for row in rows] == [0.75, None]
    assert "agreement" not in rows[0]
