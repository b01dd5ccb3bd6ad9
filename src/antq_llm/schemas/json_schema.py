"""Schemas given as JSON Schema documents; answers are validated but not changed."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

import jsonschema_rs
from pydantic import RootModel

from antq_llm.core.digest import canonical_json
from antq_llm.core.json_pointer import pointer_to
from antq_llm.errors import SchemaError
from antq_llm.schemas.base import Schema, parse_json
from antq_llm.schemas.declared.role_collection import declared_roles, without_roles
from antq_llm.schemas.faults import MAX_FAULTS, Fault, InvalidAnswer, fault_at, too_many_faults


class JsonRecord(RootModel[Any]):
    """A record validated against a JSON Schema; ``root`` is the parsed JSON."""


class JsonSchema(Schema[JsonRecord]):
    """A schema given as a JSON Schema of any draft; string formats are also validated.

    Local references and recursion are supported. Raises SchemaError if the document is not a valid
    JSON Schema, has remote references or declares invalid roles.
    """

    def __init__(self, reference: str, json_schema: Mapping[str, Any]) -> None:
        try:
            jsonschema_rs.meta.validate(dict(json_schema))
            sent = without_roles(json_schema)
            self._validator = jsonschema_rs.validator_for(sent, validate_formats=True, offline=True)
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            message = getattr(error, "message", None) or str(error).splitlines()[0]
            raise SchemaError(
                f"{reference} is not a valid JSON Schema: {message}. "
                "Correct the schema; remote references are not fetched."
            ) from error
        super().__init__(reference, sent, declared_roles(json_schema, reference))
        self._document = json_schema

    def __reduce__(self) -> tuple[type[JsonSchema], tuple[str, Mapping[str, Any]]]:
        # The validator cannot be pickled or copied.
        return JsonSchema, (self.reference, self._document)

    def read_json(self, text: str) -> JsonRecord:
        return self.read_data(parse_json(text))

    def read_data(self, data: Any) -> JsonRecord:
        errors = self._validator.iter_errors(data)
        faults = [fault for error in islice(errors, MAX_FAULTS) for fault in _faults_of(error)]
        if next(errors, None) is not None:
            faults = [too_many_faults()]
        if faults:
            raise InvalidAnswer(faults)
        return JsonRecord(data)


def _faults_of(error: jsonschema_rs.ValidationError) -> list[Fault]:
    """Return the faults in an error; for a combinator, those of the best-fitting alternative."""
    branches: list[list[jsonschema_rs.ValidationError]] = getattr(error.kind, "context", None) or []
    if branches and all(branches):
        closest = max(branches, key=lambda errors: (_depth_of(errors), -len(errors)))
        return [fault for inner in closest for fault in _faults_of(inner)]
    return [fault_at(pointer_to(error.instance_path), _words_of(error), error.instance)]


def _depth_of(errors: list[jsonschema_rs.ValidationError]) -> int:
    return max(len(list(error.instance_path)) for error in errors)


# Sent to the model: do not edit.
def _words_of(error: jsonschema_rs.ValidationError) -> str:
    """Return the message of an error; for common kinds of errors, the wording is fixed here.

    The messages of jsonschema-rs can change between versions. A re-ask with a changed message would
    no longer match its recording.
    """
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
