"""What several commands make of their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from antq_llm.errors import ConfigurationError
from antq_llm.extraction.client_factory import prices_of
from antq_llm.extraction.options import Options
from antq_llm.schemas.registry import DEFAULT_SCHEMA


def options_from(parameters: Mapping[str, Any]) -> Options:
    """Return the options that the parameters of a command name."""
    names = {field.name for field in fields(Options)}
    return Options(
        **{name: value for name, value in parameters.items() if name in names},
        prices=prices_of(parameters["price"] or (), parameters["model"]),
    )


def schema_source(schema: str | None) -> str | Path | None:
    """Return a reference or a file, as ``--schema`` names it, None without the option."""
    if schema is None:
        return None
    if not schema.strip():
        raise ConfigurationError(
            "--schema is empty: give a JSON Schema file, package.module:Model, or a reference such "
            f"as {DEFAULT_SCHEMA}"
        )
    return Path(schema) if schema.endswith(".json") or "\\" in schema else schema
