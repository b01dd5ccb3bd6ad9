"""The differences between two runs, in numbers and item by item."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.evaluation.runs.run_diff import RunDiff, diff_runs
from antq_llm.records.stored_run import open_run
from helpers.exports import line, run_folder
from helpers.road_accidents import SCHEMA

SHOP = {
    "title": "shop",
    "type": "object",
    "properties": {
        "owner": {"type": "string"},
        "goods": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {
                        "type": "string",
                        "x-antq-role": [{"role": "identity", "weight": 1.0}],
                    },
                    "price": {"type": "number"},
                },
            },
        },
    },
}


def shop(owner: str = "Lan", **prices: float) -> dict[str, Any]:
    """Return the record of a shop that sells goods at the given prices."""
    return {
        "owner": owner,
        "goods": [{"name": name, "price": price} for name, price in prices.items()],
    }


def diff(folder: Path, a: dict[str, Any], b: dict[str, Any]) -> RunDiff:
    """Return the difference of two runs, each given as records by article."""
    runs = [
        open_run(
            run_folder(folder / name, *(line(key, record) for key, record in run.items())), SHOP
        )
        for name, run in (("a", a), ("b", b))
    ]
    return diff_runs(*runs)


def test_equal_runs_do_not_differ(tmp_path: Path) -> None:
    """Two runs with the same records have no differences."""
    found = diff(tmp_path, {"x": shop(tea=1)}, {"x": shop(tea=1)})
    assert found.is_empty
    assert (found.both, found.unchanged) == (1, 1)


def test_items_are_matched_by_their_identity(tmp_path: Path) -> None:
    """Items count as removed, added, changed or unchanged, whatever their order."""
    found = diff(
        tmp_path,
        {"x": shop(tea=1, salt=2, rice=3)},
        {"x": shop(rice=4, oil=5, tea=1)},
    )
    assert found.items["goods"] == {"removed": 1, "added": 1, "changed": 1, "unchanged": 1}
    assert found.fields == {"goods.price": {"changed": 1}}
    assert [(change.kind, change.field, change.old, change.new) for change in found.changes] == [
        ("changed", "goods.price", 3, 4),
        ("removed", "goods", {"name": "salt", "price": 2}, None),
        ("added", "goods", None, {"name": "oil", "price": 5}),
    ]
    assert found.changes[0].old_pointer == "/goods/2/price"
    assert found.changes[0].new_pointer == "/goods/0/price"


def test_a_field_of_the_record_is_counted(tmp_path: Path) -> None:
    """A value outside lists is counted under its field."""
    found = diff(tmp_path, {"x": shop("Lan")}, {"x": shop("Minh")})
    assert found.fields == {"owner": {"changed": 1}}


def test_another_order_is_no_change_of_values(tmp_path: Path) -> None:
    """Records that differ only in the order of their items are counted separately."""
    found = diff(tmp_path, {"x": shop(tea=1, salt=2)}, {"x": shop(salt=2, tea=1)})
    assert (found.unchanged, found.respelled, found.changes) == (0, 1, [])


def test_articles_of_one_run_are_named(tmp_path: Path) -> None:
    """Articles that are missing or failed in one run are named."""
    (tmp_path / "b").mkdir()
    failure = {
        "article_id": "y",
        "error": {"message": "no"},
        "usage": {"input_tokens": 1, "output_tokens": 1, "cached_tokens": 0},
        "cost_usd": 0,
    }
    (tmp_path / "b/failures.jsonl").write_text(json.dumps(failure) + "\n", "utf-8")
    found = diff(tmp_path, {"x": shop(), "y": shop()}, {"z": shop()})
    assert (found.only_in_a, found.only_in_b, found.now_failed) == (["x"], ["z"], ["y"])
    assert found.both == 0


def test_warnings_are_counted_by_kind(tmp_path: Path) -> None:
    """The warnings of both runs are counted by kind."""
    a = open_run(run_folder(tmp_path / "a", line("x", shop())), SHOP)
    b = open_run(run_folder(tmp_path / "b", line("x", shop(), warnings=[])), SHOP)
    assert diff_runs(a, b).warnings == {"k": [1, 0]}


def test_runs_of_two_schemas_are_refused(tmp_path: Path) -> None:
    """Runs whose run.json names different schemas cannot be compared."""
    runs = []
    for name in ("a", "b"):
        folder = run_folder(tmp_path / name, line("x", shop()))
        (folder / "run.json").write_text(json.dumps({"settings": {"schema": name}}), "utf-8")
        runs.append(open_run(folder, SCHEMA))
    with pytest.raises(ConfigurationError, match="compare runs with the same schema"):
        diff_runs(*runs)


def test_a_schema_that_cannot_be_loaded_has_to_be_named(tmp_path: Path) -> None:
    """If the schema is unknown, the error says to name it."""
    run = open_run(run_folder(tmp_path / "a", line("x", shop())))
    with pytest.raises(ConfigurationError, match="name it with --schema"):
        diff_runs(run, run)
