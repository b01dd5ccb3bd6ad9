"""The strict form of a JSON Schema, which endpoints with constrained decoding accept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antq_llm.schemas.walk import rebuild

# Source: the "Supported schemas" section of OpenAI's guide to structured outputs.
_ALLOWED = frozenset(
    {
        "type",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "enum",
        "const",
        "anyOf",
        "$ref",
        "$defs",
        "definitions",
        "description",
        "pattern",
        "format",
        "multipleOf",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "minItems",
        "maxItems",
    }
)
# These keywords only narrow or describe a schema. They are not sent, but answers are validated
# against them.
_LEFT_OUT = frozenset(
    {
        "$schema",
        "$id",
        "$comment",
        "title",
        "default",
        "examples",
        "minLength",
        "maxLength",
        "uniqueItems",
        "readOnly",
        "writeOnly",
        "deprecated",
    }
)
_FORMATS = frozenset(
    ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"]
)
_WITH_SCHEMAS = frozenset({"properties", "$defs", "definitions", "items", "anyOf"})


class NotStrict(Exception):  # noqa: N818 - not an error: the caller chooses another mode
    """A schema that strict mode cannot express; the message names the unsupported part."""


def strict_form(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a strict schema that accepts whatever ``schema`` accepts, except unknown keys.

    Raises NotStrict for anything that strict mode does not support, such as optional keys, open
    objects, ``oneOf``, ``allOf`` and ``not``.
    """
    if schema.get("type") != "object":
        raise NotStrict("the root is not an object")
    strict: dict[str, Any] = _strict(schema, "#")
    return strict


def _strict(node: Any, path: str) -> Any:
    if not isinstance(node, Mapping):
        raise NotStrict(f"{path} is not a schema object")
    if unknown := sorted(set(node) - _ALLOWED - _LEFT_OUT):
        raise NotStrict(f"{path} uses {', '.join(unknown)}")
    if "$ref" in node and not str(node["$ref"]).startswith("#"):
        raise NotStrict(f"{path} refers to another document")
    if isinstance(node.get("items"), list):
        raise NotStrict(f"{path}/items is not a schema object")

    def change(part: Any, place: str) -> Any:
        is_schema = place.partition("/")[0] in _WITH_SCHEMAS
        return _strict(part, f"{path}/{place}") if is_schema else part

    sent = {key: value for key, value in node.items() if key not in _LEFT_OUT}
    strict = rebuild(sent, change)
    if node.get("format") not in {None, *_FORMATS}:
        del strict["format"]
    types = node.get("type")
    if types == "object" or (isinstance(types, list) and "object" in types) or "properties" in node:
        _close(strict, path)
    if "$ref" in strict and len(strict) > 1:
        # Strict mode does not allow keywords next to a reference.
        reference = strict.pop("$ref")
        strict = {"anyOf": [{"$ref": reference}], **strict}
    return strict


def _close(node: dict[str, Any], path: str) -> None:
    if "properties" not in node and node.get("additionalProperties") is not False:
        raise NotStrict(f"{path} is an object with arbitrary keys")
    names = set(node.get("properties", {}))
    if optional := sorted(names - set(node.get("required", []))):
        raise NotStrict(f"{path} has optional keys ({', '.join(optional)})")
    if node.get("additionalProperties", False) is not False:
        raise NotStrict(f"{path} allows other keys")
    node["additionalProperties"] = False
    node.setdefault("properties", {})
    node.setdefault("required", [])
