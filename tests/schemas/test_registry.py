"""Schemas by reference: registered schemas, files and imported models."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from antq_llm import extract
from antq_llm.errors import SchemaError
from antq_llm.movement_report.record import MovementReport
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.registry import list_schemas, load_schema, schema_from
from helpers.samples import Note


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The user's schema folder, with note/1, note/2, note/10 and movement_report/1."""
    own = tmp_path / "schemas"
    for reference, title in {
        "note/v1": "one",
        "note/v2": "two",
        "note/v10": "ten",
        "movement_report/v1": "own",
    }.items():
        path = own / f"{reference}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"title": title, "type": "object"}), encoding="utf-8")
    return own


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder at the end of ``sys.path`` for a user's module."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    return tmp_path


@pytest.mark.parametrize("reference", ["movement_report", "movement_report/1"])
def test_the_packaged_schema_is_the_model(reference: str) -> None:
    """The name, with or without its version, gives the packaged model."""
    schema = load_schema(reference)
    assert (schema.reference, isinstance(schema, PydanticSchema) and schema.model) == (
        "movement_report/1",
        MovementReport,
    )


def test_the_packaged_schemas_are_listed() -> None:
    """The list of schemas contains ``movement_report/1``."""
    assert "movement_report/1" in list_schemas()


@pytest.mark.parametrize(
    ("reference", "found", "title"),
    [("note", "note/10", "ten"), ("note/2", "note/2", "two"), ("note/1", "note/1", "one")],
)
def test_a_name_alone_is_its_newest_version(
    folder: Path, reference: str, found: str, title: str
) -> None:
    """A name without a version means the version with the highest number."""
    schema = load_schema(reference, folder)
    assert (schema.reference, schema.json_schema["title"]) == (found, title)


def test_versions_are_listed_by_number(folder: Path) -> None:
    """Versions are sorted by number, so 10 comes after 2."""
    assert list(list_schemas(folder)) == ["movement_report/1", "note/1", "note/2", "note/10"]


def test_an_own_folder_shadows_a_packaged_name(folder: Path) -> None:
    """A schema in the user's folder is used instead of the packaged one."""
    schema = load_schema("movement_report/1", folder)
    assert (isinstance(schema, JsonSchema), schema.json_schema["title"]) == (True, "own")


def test_every_listed_schema_can_be_loaded(tmp_path: Path) -> None:
    """Every listed reference can be loaded, whatever the folder's name."""
    path = tmp_path / "my-schema" / "v1.json"
    path.parent.mkdir()
    path.write_text('{"type": "object"}', encoding="utf-8")
    assert [
        load_schema(reference, tmp_path).reference for reference in list_schemas(tmp_path)
    ] == list(list_schemas(tmp_path))


@pytest.mark.parametrize("reference", ["nothing", "nothing/1", "movement_report/99"])
def test_an_unknown_name_lists_the_known_ones(reference: str) -> None:
    """An unknown reference raises a SchemaError that lists known references and other forms."""
    with pytest.raises(
        SchemaError,
        match=f"unknown schema '{reference}'; available: .*movement_report/1.*; "
        "give the path of a file",
    ):
        load_schema(reference)


@pytest.mark.parametrize("kind", [str, Path])
def test_the_reference_of_a_file_is_its_stem(tmp_path: Path, kind: Any) -> None:
    """A JSON Schema file, given as a string or a Path, has its stem as the reference."""
    path = tmp_path / "person.json"
    path.write_text('{"type": "object", "description": "Người"}', encoding="utf-8")
    schema = load_schema(kind(path))
    assert (schema.reference, schema.json_schema["description"]) == ("person", "Người")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "cannot be read as JSON"),
        ("[1]", "is not a JSON Schema: its root must be an object"),
        ('"x"', "is not a JSON Schema: its root must be an object"),
        ('{"type": "objekt"}', "is not a valid JSON Schema"),
    ],
)
def test_a_file_without_a_schema_is_refused(tmp_path: Path, content: str, message: str) -> None:
    """A file that is not a JSON Schema raises a SchemaError with its name and the reason."""
    path = tmp_path / "person.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SchemaError, match=rf"person.* {message}"):
        load_schema(path)


def test_a_missing_file_names_the_other_ways(tmp_path: Path) -> None:
    """A path to a missing file raises a SchemaError that lists the possible forms."""
    with pytest.raises(
        SchemaError,
        match=r"there is no schema file .*person\.json: give a JSON Schema file, "
        r"package\.module:Model, or one of",
    ):
        load_schema(tmp_path / "person.json")


def test_a_model_is_imported() -> None:
    """A reference with a colon names a model to import and becomes the schema's reference."""
    schema = load_schema("helpers.samples:Note")
    assert (schema.reference, isinstance(schema, PydanticSchema) and schema.model) == (
        "helpers.samples:Note",
        Note,
    )


def test_a_nested_model_is_imported_from_the_path(module: Path) -> None:
    """A nested class is imported from a module that is on ``sys.path`` but not installed."""
    (module / "own_records_of_mine.py").write_text(
        "from pydantic import BaseModel\n\n\n"
        "class Outer:\n    class Inner(BaseModel):\n        a: int\n",
        encoding="utf-8",
    )
    schema = load_schema("own_records_of_mine:Outer.Inner")
    assert schema.json_schema["properties"] == {"a": {"type": "integer"}}


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        (
            "no_such_module_anywhere:Model",
            "cannot be imported: ModuleNotFoundError: No module named",
        ),
        ("json:Nothing", "cannot be imported: AttributeError: module 'json' has no attribute"),
        ("json:dumps", "is not a pydantic model"),
        ("pathlib:Path", "is not a pydantic model"),
    ],
)
def test_a_reference_to_something_else_is_refused(reference: str, message: str) -> None:
    """A reference that cannot be imported or is not a model raises a SchemaError that names it."""
    with pytest.raises(SchemaError, match=f"{reference} {message}"):
        load_schema(reference)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("def (", "The error was raised while importing broken_records_of_mine"),
        ("raise RuntimeError('not ready')", "RuntimeError: not ready"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("import no_such_module_anywhere", "imports no_such_module_anywhere: install it"),
    ],
)
def test_a_module_that_fails_is_reported(module: Path, code: str, message: str) -> None:
    """A module that fails on import raises a SchemaError with the reference and the reason."""
    sys.modules.pop("broken_records_of_mine", None)
    (module / "broken_records_of_mine.py").write_text(code, encoding="utf-8")
    with pytest.raises(SchemaError, match="broken_records_of_mine:Model cannot be impor") as caught:
        load_schema("broken_records_of_mine:Model")
    assert message in str(caught.value)


def test_an_attribute_error_names_the_file_that_was_found() -> None:
    """If the module has no such class, the message names the module's file."""
    with pytest.raises(SchemaError) as caught:
        load_schema("json:Nothing")
    assert str(Path(json.__file__)) in str(caught.value)


def test_a_module_of_the_current_folder_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call from Python searches the current folder only if it is in ``sys.path``."""
    (tmp_path / "mine_beside_nobody.py").write_text("raise AssertionError", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    before = list(sys.path)
    with pytest.raises(SchemaError, match="Install mine_beside_nobody or add its folder to PYTHON"):
        extract("Bà Lan.", schema="mine_beside_nobody:Model", offline=True)
    assert sys.path == before


def test_the_reports_model_is_the_registered_schema() -> None:
    """The report's model and its reference give the same schema."""
    assert schema_from(MovementReport).reference == "movement_report/1"


def test_another_model_is_a_schema_of_its_own() -> None:
    """The reference of an unregistered model is its name."""
    assert schema_from(Note).reference == "Note"


@pytest.mark.parametrize(
    ("document", "reference"),
    [({"title": "person", "type": "object"}, "person"), ({"type": "object"}, "schema")],
)
def test_a_mapping_is_a_json_schema(document: dict[str, Any], reference: str) -> None:
    """A mapping is a JSON Schema whose title, or else "schema", is the reference."""
    schema = schema_from(document)
    assert (schema.reference, schema.json_schema) == (reference, document)


def test_a_schema_is_returned_unchanged() -> None:
    """A loaded schema is returned unchanged."""
    schema = load_schema("movement_report")
    assert schema_from(schema) is schema


@pytest.mark.parametrize("source", [3, None, ["a"], int])
def test_anything_else_is_refused(source: Any) -> None:
    """A value of any other type raises a SchemaError that lists the possible forms."""
    with pytest.raises(
        SchemaError,
        match="is not a schema: give a pydantic model, a JSON Schema as a mapping "
        "or a reference such as movement_report/1",
    ):
        schema_from(source)
