"""JSON text that can be encoded as UTF-8, whatever characters its strings contain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from antq_llm.errors import encodable


def json_text(value: Any) -> str:
    """Return a value as JSON on one line, with lone surrogates in its strings escaped."""
    try:
        return to_json(value).decode()
    except (PydanticSerializationError, UnicodeEncodeError):
        return to_json(encodable_value(value)).decode()


def encodable_value(value: Any) -> Any:
    """Return a copy of a JSON value in which every string can be encoded as UTF-8."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, Mapping):
        return {encodable_value(key): encodable_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [encodable_value(inner) for inner in value]
    return value
