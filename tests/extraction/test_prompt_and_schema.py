"""The choice of the prompt and schema of a call."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_llm.errors import PromptError
from antq_llm.extraction.options import Options
from antq_llm.extraction.prompt_and_schema import resolve_prompt_and_schema
from helpers.prompts import NOTE_TEXT
from helpers.samples import Note


def prompt_for(tmp_path: Path, schema: str) -> Path:
    """Write a prompt that names a schema."""
    path = tmp_path / "note.md"
    path.write_text(NOTE_TEXT.replace("schema: null", f"schema: {schema}"), "utf-8")
    return path


def test_a_class_may_be_named_by_its_path(tmp_path: Path) -> None:
    """A prompt for the schema ``module:Class`` can be used with that class."""
    path = prompt_for(tmp_path, f"{Note.__module__}:{Note.__qualname__}")
    prompt, schema = resolve_prompt_and_schema(Note, path, Options())
    assert (prompt.reference, schema.json_schema["title"]) == ("note@1", "Note")


@pytest.mark.parametrize("schema", ["movement_report/1", "missing.module:Note"])
def test_another_schema_is_refused(tmp_path: Path, schema: str) -> None:
    """A prompt for another schema, or for one that cannot be loaded, is refused."""
    with pytest.raises(PromptError, match=f"is for schema {schema}, not"):
        resolve_prompt_and_schema(Note, prompt_for(tmp_path, schema), Options())
