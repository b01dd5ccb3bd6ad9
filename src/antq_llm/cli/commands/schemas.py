"""The ``antq-llm schemas`` command, which lists, shows and checks schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from antq_llm.cli.import_path import add_current_folder
from antq_llm.cli.printing import show_json
from antq_llm.cli.tables import print_rows
from antq_llm.errors import AntqError
from antq_llm.schemas.pydantic_schema import PydanticSchema, json_schema_of
from antq_llm.schemas.registry import list_schemas, load_schema


def list_schemas_command(folder: Path | None, *, as_json: bool) -> int:
    """Print the registered schemas."""
    schemas = [load_schema(reference, folder) for reference in list_schemas(folder)]
    rows: list[dict[str, Any]] = [
        {
            "schema": schema.reference,
            "kind": "pydantic" if isinstance(schema, PydanticSchema) else "JSON Schema",
            "sha256": schema.digest[:12],
            "description": schema.json_schema.get("description", ""),
        }
        for schema in schemas
    ]
    print_rows(rows, as_json=as_json)
    return 0


def show_schema_command(reference: str, folder: Path | None) -> int:
    """Print a schema, given its reference or file, as JSON Schema."""
    add_current_folder(reference)
    schema = load_schema(Path(reference) if reference.endswith(".json") else reference, folder)
    show_json(json.dumps(schema.json_schema, ensure_ascii=False, indent=1))
    return 0


def check_schemas_command(folder: Path | None, *, as_json: bool) -> int:
    """Print whether each schema is valid and agrees with its model; return 1 if any fails."""
    rows = [
        {"schema": reference, **_check_result(reference, folder)}
        for reference in list_schemas(folder)
    ]
    print_rows(rows, as_json=as_json)
    return 0 if all(row["ok"] for row in rows) else 1


def _check_result(reference: str, folder: Path | None) -> dict[str, Any]:
    try:
        schema = load_schema(reference, folder)
    except AntqError as error:
        return {"ok": False, "message": str(error)}
    if isinstance(schema, PydanticSchema) and json_schema_of(schema.model) != schema.json_schema:
        return {
            "ok": False,
            "message": f"schemas/{reference.replace('/', '/v')}.json differs from the model: "
            "generate it again, or make the change in a new version",
        }
    return {"ok": True, "message": ""}
