"""Recognising answers that are not plain records: wrapped records, tool calls and the schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, RootModel

from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import Fault, fault_at
from antq_llm.schemas.walk import alternatives

_CALL_KEYS = frozenset({"id", "type", "index", "name", "function", "arguments", "parameters"})
_ARGUMENT_KEYS = ("arguments", "parameters")
_CALL_NUMBER = re.compile(r":\d+\Z")
_OPEN_KEYWORDS = frozenset(
    {"if", "then", "else", "dependentSchemas", "dependencies", "patternProperties", "$dynamicRef"}
)
# Sent to the model: do not edit.
_IS_SCHEMA = "this is the schema: write a record that follows it"
_SCHEMA_KEYWORDS = frozenset({"type", "required", "title", "$schema", "$defs", "description"})


def shape_fault(data: Any, record: BaseModel, schema: Schema[Any]) -> Fault | None:
    """Return the fault in an answer that satisfies the schema but is not a record, else None.

    Such an answer is a tool call, the schema itself or an object with none of the schema's keys.
    If the schema does not list all its keys, only the schema itself is recognised.
    """
    if not isinstance(data, dict):
        return None
    # The messages below are sent to the model: do not edit.
    if data == schema.json_schema:
        return fault_at("", _IS_SCHEMA)
    keys = root_keys(schema)
    if keys is None:
        return None
    if _is_schema(data, keys):
        return fault_at("", _IS_SCHEMA)
    if _call_in(data, keys) is not None:
        return fault_at("", "this is a call of a tool: write the record itself")
    if keys & data.keys() or _has_set_fields(record):
        return None
    return fault_at("", "none of the schema's keys is given: write an object with its keys")


def unwrapped(data: Any, schema: Schema[Any]) -> Any | None:
    """Return the content of a wrapper around an answer, or None if it is not clearly a wrapper.

    A wrapper is JSON inside a string, a list with one item, a call to the schema's tool (or several
    equal calls) or an object whose only key is unknown.
    """
    keys = root_keys(schema) or frozenset()
    if isinstance(data, str):
        return _json_in(data)
    calls = [_call_in(item, keys) for item in (data if isinstance(data, list) else [data])]
    if calls and all(call is not None for call in calls):
        return _arguments_of([call for call in calls if call is not None], schema.wire_name)
    if isinstance(data, list):
        return data[0] if len(data) == 1 else None
    if isinstance(data, dict) and len(data) == 1:
        [(key, value)] = data.items()
        if key == "tool_calls":
            return value
        is_wrapper = key not in keys and key != "properties" and isinstance(value, dict)
        return value if is_wrapper else None
    return None


@lru_cache(maxsize=64)
def root_keys(schema: Schema[Any]) -> frozenset[str] | None:
    """Return the keys that a record may have; None if its schema does not list them all."""
    root = schema.json_schema
    definitions = root.get("$defs") or root.get("definitions") or {}
    keys: set[str] = set()
    for alternative in alternatives(root, definitions):
        node = alternative.schema
        is_open = any(
            node.get(name, False) is not False
            for name in ("additionalProperties", "unevaluatedProperties")
        )
        if is_open or alternative.kind == "unresolved" or _OPEN_KEYWORDS & node.keys():
            return None
        keys |= node.get("properties", {}).keys()
    if not keys:
        return None
    for key, others in schema.aliases.items():
        keys |= {key, *others}
    return frozenset(keys)


def _has_set_fields(record: BaseModel) -> bool:
    """Return whether a record has values from the answer; always False for a ``RootModel``."""
    return not isinstance(record, RootModel) and bool(record.model_fields_set)


def _is_schema(data: Mapping[str, Any], keys: frozenset[str]) -> bool:
    if "properties" in keys:
        return False
    if isinstance(data.get("properties"), dict) and (
        _SCHEMA_KEYWORDS & data.keys() or len(data) == 1
    ):
        return True
    return any(
        isinstance(value, dict)
        and isinstance(value.get("properties"), dict)
        and bool(_SCHEMA_KEYWORDS & value.keys())
        for key, value in data.items()
        if key not in keys
    )


def _call_in(data: Any, keys: frozenset[str]) -> tuple[str, Any] | None:
    """Return the name and arguments of a tool call; None if the data is something else."""
    if not isinstance(data, dict) or not data.keys() <= _CALL_KEYS:
        return None
    inner = data.get("function")
    if isinstance(inner, dict) and "function" not in keys:
        return _call_in(inner, keys)
    name = data.get("name", inner)
    for key in _ARGUMENT_KEYS:
        is_given = key not in keys and isinstance(data.get(key), dict | str)
        if is_given and isinstance(name, str):
            return name, data[key]
    return None


def _arguments_of(calls: Iterable[tuple[str, Any]], tool: str) -> Any | None:
    """Return the non-empty arguments of calls to a tool; None if there are none or they differ."""
    given = [
        _json_in(arguments) if isinstance(arguments, str) else arguments
        for name, arguments in calls
        if is_name_of(name, tool)
    ]
    distinct = [arguments for arguments in given if arguments]
    return distinct[0] if distinct and distinct.count(distinct[0]) == len(distinct) else None


def is_name_of(name: str, tool: str) -> bool:
    """Return whether a call's name is empty or a tool's name, ignoring any namespace and number."""
    return _CALL_NUMBER.sub("", name.strip().rpartition(".")[2]) in {tool, ""}


def _json_in(text: str) -> Any | None:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
