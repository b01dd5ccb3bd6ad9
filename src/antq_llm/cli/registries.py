"""``antq-llm prompts`` and ``antq-llm schemas``."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

from antq_llm.cli.import_path import add_current_folder
from antq_llm.cli.printing import printable, printable_lines, show_json
from antq_llm.cli.tables import print_rows
from antq_llm.errors import AntqError, PromptError
from antq_llm.prompt import Prompt, PromptVersion, is_reference, list_prompts, load_prompt
from antq_llm.schemas.pydantic_schema import PydanticSchema, json_schema_of
from antq_llm.schemas.registry import list_schemas, load_schema


def list_prompts_command(folder: Path | None, *, as_json: bool) -> int:
    """Print the prompts of the package and of a person's own folder."""
    prompts = [(version, version.load()) for version in _versions(folder)]
    rows = [
        {"prompt": prompt.reference, "status": version.status, "schema": prompt.schema_reference, "sha256": prompt.digest[:12], "notes": prompt.notes}
        for version, prompt in prompts
    ]
    print_rows(rows, as_json=as_json)
    return 0


def show_prompt_command(reference: str, folder: Path | None) -> int:
    """Print the text of a prompt."""
    prompt = _load(reference, folder)
    print(printable_lines(_text(prompt)), end="")
    return 0


def diff_prompts_command(first: str, second: str, folder: Path | None) -> int:
    """Print a unified diff of two prompts, and where their recorded scores differ; nothing where the prompts are equal."""
    a, b = _load(first, folder), _load(second, folder)
    for line in difflib.unified_diff(_text(a).splitlines(), _text(b).splitlines(), a.reference, b.reference, lineterm=""):
        print(printable(line, keep="\t"))
    scored = "movement_report/1"
    if _text(a) != _text(b) and a.schema_reference == b.schema_reference == scored:
        from antq_llm.cli.evaluate import print_score_differences

        print_score_differences(first, second, folder)
    return 0


def check_prompts_command(folder: Path | None, *, as_json: bool) -> int:
    """Print for each prompt whether it can be used; return 1 if one cannot."""
    rows = []
    for version in _versions(folder):
        try:
            version.load()
        except PromptError as error:
            rows.append({"prompt": version.reference, "status": version.status, "ok": False, "message": str(error)})
        else:
            rows.append({"prompt": version.reference, "status": version.status, "ok": True, "message": ""})
    print_rows(rows, as_json=as_json)
    return 0 if all(row["ok"] for row in rows) else 1


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
    """Print a JSON Schema."""
    add_current_folder(reference)
    schema = load_schema(Path(reference) if reference.endswith(".json") else reference, folder)
    show_json(json.dumps(schema.json_schema, ensure_ascii=False, indent=1))
    return 0


def check_schemas_command(folder: Path | None, *, as_json: bool) -> int:
    """Print for each schema whether it is valid and agrees with its model; return 1 if one does not."""
    rows = [{"schema": reference, **_checked(reference, folder)} for reference in list_schemas(folder)]
    print_rows(rows, as_json=as_json)
    return 0 if all(row["ok"] for row in rows) else 1


def _checked(reference: str, folder: Path | None) -> dict[str, Any]:
    try:
        schema = load_schema(reference, folder)
    except AntqError as error:
        return {"ok": False, "message": str(error)}
    if isinstance(schema, PydanticSchema) and json_schema_of(schema.model) != schema.json_schema:
        return {
            "ok": False,
            "message": f"schemas/{reference.replace('/', '/v')}.json differs from the model: make it again, or put the change into a new version",
        }
    return {"ok": True, "message": ""}


def _versions(folder: Path | None) -> list[PromptVersion]:
    return [*list_prompts(), *(list_prompts(folder) if folder else [])]


def _load(reference: str, folder: Path | None) -> Prompt:
    return load_prompt(reference if is_reference(reference) else Path(reference), folder)


def _text(prompt: Prompt) -> str:
    return "".join(f"# {message.role}\n\n{message.content}\n\n" for message in prompt.messages)
