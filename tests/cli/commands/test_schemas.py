"""The ``antq-llm schemas`` commands."""

from __future__ import annotations

import json
from pathlib import Path

from antq_llm.core.packaged_data import data_folder
from helpers.command_line import (
    TREE,
    Cli,
)


def test_schemas_list_as_json(cli: Cli) -> None:
    """``schemas list --json`` prints the reference, kind and description of each schema."""
    (row,) = [
        row
        for row in json.loads(cli("schemas", "list", "--json").out)
        if row["schema"] == "movement_report/1"
    ]
    assert row["kind"] == "pydantic"
    assert row["description"]


def test_schemas_show(cli: Cli) -> None:
    """``schemas show`` prints the packaged JSON Schema."""
    packaged = json.loads((data_folder("schemas") / "movement_report" / "v1.json").read_bytes())
    assert json.loads(cli("schemas", "show", "movement_report").out) == packaged


def test_schemas_show_of_a_file(cli: Cli, tree: Path) -> None:
    """``schemas show`` also accepts a file."""
    assert json.loads(cli("schemas", "show", tree).out) == TREE


def test_schemas_show_of_an_unknown_one(cli: Cli) -> None:
    """``schemas show`` with an unknown reference is a usage error."""
    done = cli("schemas", "show", "no_such_schema")
    assert done.status == 2
    assert "no_such_schema" in done.complaint


def test_packaged_schemas_pass(cli: Cli) -> None:
    """``schemas check`` accepts the packaged schemas."""
    done = cli("schemas", "check", "--json")
    assert done.status == 0
    assert {row["ok"] for row in json.loads(done.out)} == {True}


def test_check_names_a_broken_schema(cli: Cli, tmp_path: Path) -> None:
    """``schemas check`` fails for an invalid schema and names it."""
    path = tmp_path / "mine" / "guests" / "v1.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"type": "objekt"}', "utf-8")
    done = cli("schemas", "check", "--schemas", tmp_path / "mine", "--json")
    assert done.status == 1
    assert [row["schema"] for row in json.loads(done.out) if not row["ok"]] == ["guests/1"]
