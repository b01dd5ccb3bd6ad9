"""What several commands make of their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from antq_llm.extraction.client_factory import prices_of
from antq_llm.extraction.options import Options


def options_from(parameters: Mapping[str, Any]) -> Options:
    """Return the options that the parameters of a command name."""
    names = {field.name for field in fields(Options)}
    return Options(
        **{name: value for name, value in parameters.items() if name in names},
        prices=prices_of(parameters["price"] or (), parameters["model"]),
    )


def schema_source(schema: str | None) -> str | Path | None:
    """Return a reference or a file, as ``--schema`` names it."""
    return Path(schema) if schema and (schema.endswith(".json") or "\\" in schema) else schema
