"""Choice of the prompt and the schema for an extraction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from antq_llm.errors import PromptError, SchemaError
from antq_llm.extraction.options import Options
from antq_llm.prompts.prompt import Prompt
from antq_llm.prompts.prompt_file import prompt_of_text
from antq_llm.prompts.registry import PromptVersion, is_reference, list_prompts, load_prompt
from antq_llm.schemas.base import Schema
from antq_llm.schemas.registry import DEFAULT_SCHEMA, schema_from

PromptLike = str | Path | Prompt
SchemaLike = str | Path | Mapping[str, Any] | Schema[Any]

GENERAL_PROMPT = "general"


def resolve_prompt_and_schema(
    schema: Any, prompt: PromptLike | None, options: Options
) -> tuple[Prompt, Schema[Any]]:
    """Return the prompt and the schema to use; if only one is given, it determines the other.

    Raises PromptError if the prompt is for another schema.
    """
    chosen_prompt = _prompt_from(prompt, options)
    if schema is None:
        reference = (
            chosen_prompt.schema_reference
            if chosen_prompt and chosen_prompt.schema_reference
            else DEFAULT_SCHEMA
        )
        chosen_schema = schema_from(reference, options.schemas)
    else:
        chosen_schema = schema_from(schema, options.schemas)
    if chosen_prompt is None:
        chosen_prompt = _prompt_for(chosen_schema, options)
    elif not _is_for(chosen_prompt, chosen_schema, options):
        raise PromptError(
            f"prompt {chosen_prompt.reference} is for schema "
            f"{chosen_prompt.schema_reference}, not {chosen_schema.reference}: "
            "choose another prompt, or leave the schema out"
        )
    return chosen_prompt, chosen_schema


def _is_for(prompt: Prompt, schema: Schema[Any], options: Options) -> bool:
    """Return whether a prompt is for a schema or for no particular schema.

    The prompt may name the schema by another reference.
    """
    if prompt.schema_reference in {None, schema.reference}:
        return True
    try:
        named = schema_from(str(prompt.schema_reference), options.schemas)
    except SchemaError:
        return False
    return (named.digest, named.roles.digest) == (schema.digest, schema.roles.digest)


def _prompt_from(prompt: PromptLike | None, options: Options) -> Prompt | None:
    if prompt is None or isinstance(prompt, Prompt):
        return prompt
    if isinstance(prompt, Path) or is_reference(prompt):
        return load_prompt(prompt, options.prompts)
    return prompt_of_text(prompt)


def default_prompts(schema: Schema[Any], folder: Path | None) -> list[str]:
    """Return references to the stable versions of a schema's prompt, or to the general prompt."""
    for versions in _stable_versions(schema, folder):
        fitting = [
            version.reference
            for version in versions
            if version.load().schema_reference == schema.reference
        ]
        if fitting:
            return fitting
    return [GENERAL_PROMPT]


def _prompt_for(schema: Schema[Any], options: Options) -> Prompt:
    for versions in _stable_versions(schema, options.prompts):
        newest = versions[-1].load()
        if newest.schema_reference == schema.reference:
            return newest
    return load_prompt(GENERAL_PROMPT, options.prompts)


def _stable_versions(schema: Schema[Any], folder: Path | None) -> Iterator[list[PromptVersion]]:
    """Yield the stable versions of a schema's prompt, from ``folder`` and then from the package."""
    for place in [folder, None] if folder else [None]:
        versions = [
            version
            for version in list_prompts(place)
            if version.name == schema.name and version.status == "stable"
        ]
        if versions:
            yield versions
