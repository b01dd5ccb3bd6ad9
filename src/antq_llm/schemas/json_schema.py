"""Schemas given as JSON Schema documents, validated as they are and never turned into code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs
from pydantic import RootModel

from antq_llm.core.digest import canonical_json
from antq_llm.core.json_pointer import pointer_to
from antq_llm.errors import SchemaError
from antq_llm.schemas.base import Schema, parse_json
from antq_llm.schemas.faults import Fault, InvalidAnswer, fault_at


class JsonRecord(RootModel[Any]):
    """A record of a schema that is a JSON Schema: ``root`` is the parsed JSON."""


class JsonSchema(Schema[JsonRecord]):
    """A JSON Schema of any draft; references inside it, recursion, combinators, patterns and formats hold."""

    def __init__(self, reference: str, json_schema: Mapping[str, Any]) -> None:
        super().__init__(reference, json_schema)
        try:
            jsonschema_rs.meta.validate(dict(json_schema))
            self._validator = jsonschema_rs.validator_for(
                dict(json_schema), validate_formats=True, offline=True
            )
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            message = getattr(error, "message", None) or str(error).splitlines()[0]
            raise SchemaError(
                f"{reference} is no valid JSON Schema: {message}. Correct the schema; remote references are not fetched."
            ) from error

    def read_json(self, text: str) -> JsonRecord:
        return self.read_data(parse_json(text))

    def read_data(self, data: Any) -> JsonRecord:
        faults = [
            fault for error in self._validator.iter_errors(data) for fault in _faults_of(error)
        ]
        if faults:
            raise InvalidAnswer(faults)
        return JsonRecord(data)


def _faults_of(error: jsonschema_rs.ValidationError) -> list[Fault]:
    """Return the faults of one error; for a combinator, those of the alternative that the value comes nearest to."""
    branches = getattr(error.kind, "context", None) or []
    fitting = sum(not errors for errors in branches)
    if branches and not fitting:
        nearest = max(
            branches,
            key=lambda errors: (max(len(list(one.instance_path)) for one in errors), -len(errors)),
        )
        return [fault for one in nearest for fault in _faults_of(one)]
    return [fault_at(pointer_to(error.instance_path), _words_of(error), error.instance)]


def _words_of(error: jsonschema_rs.ValidationError) -> str:
    """Return own words for the common kinds: the library's change with its version, and recorded re-asks must not."""
    kind: Any = error.kind
    match kind.name:
        case "required":
            return f"the key {kind.property!r} is required"
        case "additionalProperties" | "unevaluatedProperties":
            return "these keys are not in the schema: " + ", ".join(map(repr, kind.unexpected))
        case "type":
            return "write a value of type " + " or ".join(sorted(kind.types))
        case "enum":
            return f"write one of {canonical_json(kind.options)}"
        case "oneOf":
            return (
                "this fits more than one of the alternatives of oneOf: write what fits exactly one"
            )
        case "pattern":
            return f"write a string that matches {kind.pattern}"
        case _:
            return str(error.message)
