"""The differences between two annotators, and their agreement."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from antq_llm.annotation.gold_diff import diff_gold
from antq_llm.schemas.registry import load_schema
from helpers.samples import person, report

SCHEMA = load_schema("movement_report/1")


def folder(path: Path, **records: Any) -> Path:
    """Write each annotation to a file named after its article, and return the folder."""
    path.mkdir()
    for name, record in records.items():
        (path / f"{name}.json").write_text(json.dumps(record), "utf-8")
    return path


def test_differences_are_listed_by_field(tmp_path: Path) -> None:
    """A value that differs is a change, and articles that only one side has are named."""
    same = report(people=[person() | {"rank": "Thiếu tá"}])
    other = report(people=[person() | {"rank": "Đại úy"}])
    a = folder(tmp_path / "a", x=same, y=same, only=same)
    b = folder(tmp_path / "b", x=same, y=other, more=same)
    found = diff_gold(a, b, SCHEMA)
    assert [(change.article_id, change.field) for change in found.differences.changes] == [
        ("y", "people.rank")
    ]
    assert (found.differences.only_in_a, found.differences.only_in_b) == (["only"], ["more"])
    scores = found.as_dict()["agreement"]["strict"]
    assert (scores["people.rank"]["f1"], scores["people.name"]["f1"]) == (0.5, 1.0)


def test_folders_without_a_common_article_have_no_agreement(tmp_path: Path) -> None:
    """Without a common article, the agreement is None."""
    found = diff_gold(
        folder(tmp_path / "a", x=report()), folder(tmp_path / "b", y=report()), SCHEMA
    )
    assert found.as_dict()["agreement"] is None
