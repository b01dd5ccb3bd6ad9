"""The names and types of tables and columns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyarrow import parquet

from antq_llm.export.export_run import export_run
from antq_llm.schemas.declared.declared_roles import DeclaredRoles
from antq_llm.schemas.registry import load_schema
from antq_llm.tables.layout import Layout
from antq_llm.tables.record_rows import rows_of
from helpers.exports import RUN_TABLES, exported, exported_record, headers, line, run_folder
from helpers.samples import full_report

NO_ROLES = DeclaredRoles({})


def _lists(layout: Layout) -> list[str]:
    return [table.name for table in layout.tables() if table.key.origin == "record"]


def test_types_follow_the_schema_not_the_data(tmp_path: Path) -> None:
    """A figure's column has floats even if all values are whole, and a list column has lists."""
    folder = run_folder(tmp_path / "run", line(record=full_report(), schema="movement_report/1"))
    export_run(folder, "parquet", tmp_path / "out")
    assert (
        str(parquet.read_schema(tmp_path / "out" / "indicators.parquet").field("value").type)
        == "double"
    )
    assert str(
        parquet.read_schema(tmp_path / "out" / "people.parquet").field("positions").type
    ).startswith("list<")


def test_names_never_collide(tmp_path: Path) -> None:
    """A field or list whose name equals that of a column or table, ignoring case, is renamed."""
    record = {"model": "x", "Name": 1, "name": 2, "articles": [{"item": "y"}], "../up": [{"n": 1}]}
    tables = exported_record(tmp_path, "sqlite", record)
    assert set(tables) == {"articles", "record_articles", "up", *RUN_TABLES}
    row = tables["articles"][0]
    assert (row["model"], row["record_model"]) == ("m", "x")
    assert (row["Name"], row["record_name"]) == (1, 2)
    (item,) = tables["record_articles"]
    assert (item["item"], item["record_item"]) == (0, "y")


def test_null_here_and_object_there_is_one_set_of_columns(tmp_path: Path) -> None:
    """A field that is null in one record and an object in another has only the object's columns."""
    folder = run_folder(
        tmp_path / "run",
        line("a", {"at": None, "list": []}),
        line("b", {"at": {"x": 1}, "list": [{"n": 1}]}),
        line("c", {"none": []}),
    )
    found = headers(folder, "csv", tmp_path / "out")
    assert found["articles"][:5] == ["article_id", "source", "at_x", "none", "schema"]
    assert set(found) == {"articles", "list", *RUN_TABLES}


def test_values_of_several_kinds_become_text(tmp_path: Path) -> None:
    """A text column has other values as JSON, and a column with some lists has only lists."""
    first, second = {"v": "x", "l": 1, "m": [{"a": 1}, 2]}, {"v": True, "l": [2, 3], "m": []}
    rows = exported(
        run_folder(tmp_path / "run", line("a", first), line("b", second)),
        "parquet",
        tmp_path / "out",
    )["articles"]
    assert [(row["v"], row["l"], row["m"]) for row in rows] == [
        ("x", [1], ['{"a": 1}', "2"]),
        ("true", [2, 3], []),
    ]


def test_recursive_schemas_end() -> None:
    """A recursive schema declares its tables once."""
    node = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "parts": {"type": "array", "items": {"$ref": "#/$defs/node"}},
        },
    }
    layout = Layout()
    layout.add_schema({"$defs": {"node": node}, "$ref": "#/$defs/node"}, NO_ROLES)
    assert _lists(layout) == ["articles"]
    layout.add_schema(
        {
            "$defs": {"node": node},
            "type": "object",
            "properties": {"tree": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
        },
        NO_ROLES,
    )
    assert _lists(layout) == ["articles", "tree"]


def test_rows_fit_the_tables_of_their_schema(run: Path) -> None:
    """The rows of a run add no columns to those that its schema declares."""
    lines = [json.loads(text) for text in (run / "records.jsonl").read_text("utf-8").splitlines()]
    layout = Layout()
    schema = load_schema("movement_report/1")
    layout.add_schema(schema.json_schema, schema.roles)
    declared = [
        (table.name, [(column.name, column.kind, column.is_list) for column in table.columns])
        for table in layout.tables()
    ]
    for row in [row for entry in lines for row in rows_of(entry, layout.date_fields)]:
        layout.add_row(row)
    assert [
        (table.name, [(column.name, column.kind, column.is_list) for column in table.columns])
        for table in layout.tables()
    ] == declared


@pytest.mark.parametrize("name", ["failures", "warnings", "search", "metadata"])
def test_lists_give_way_to_the_tables_of_every_export(tmp_path: Path, name: str) -> None:
    """A list with the name of a table about the run, or of the search index, gets a prefix."""
    tables = exported_record(tmp_path, "sqlite", {name: [{"n": 1}]})
    assert [row["n"] for row in tables[f"record_{name}"]] == [1]


def test_inner_tables_refer_to_their_outer_rows(tmp_path: Path) -> None:
    """The table of a nested list has a primary key, and a foreign key to the enclosing item."""
    record = {"orders": [{"parts": [{"n": 1}]}]}
    export_run(run_folder(tmp_path / "run", line(record=record)), "csv", tmp_path / "out")
    resources = json.loads((tmp_path / "out" / "tables.json").read_bytes())["resources"]
    (parts,) = [resource for resource in resources if resource["path"] == "orders_parts.csv"]
    assert parts["schema"]["primaryKey"] == ["article_id", "orders_item", "item"]
    assert parts["schema"]["foreignKeys"] == [
        {
            "fields": ["article_id", "orders_item"],
            "reference": {"resource": "orders.csv", "fields": ["article_id", "item"]},
        }
    ]


def test_columns_are_described(run: Path, tmp_path: Path) -> None:
    """Each column has a type and, except for quotes, a description; spans have a unit."""
    rated = {"probability": 0.5, "agreement": 1.0, "samples": 3}
    lines = [json.loads(line) for line in (run / "records.jsonl").read_bytes().splitlines()]
    for record in lines:
        record["confidence"] = [{"pointer": at["pointer"], **rated} for at in record["evidence"]]
    export_run(run_folder(tmp_path / "run", *lines), "csv", tmp_path / "out")
    resources = json.loads((tmp_path / "out" / "tables.json").read_bytes())["resources"]
    fields = {
        (resource["path"], field["name"]): field
        for resource in resources
        for field in resource["schema"]["fields"]
    }
    assert fields["people.csv", "start"]["unit"] == "Unicode code points"
    assert fields["events.csv", "date_latest"]["type"] == "date"
    assert fields["indicators.csv", "label"]["description"]
    assert "probability" in fields["people.csv", "probability"]["description"]
    undescribed = [
        name
        for name, field in fields.items()
        if not field.get("description") and name[1] != "quote"
    ]
    assert undescribed == []
