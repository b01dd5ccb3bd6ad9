"""Faults in answers; the messages for common faults do not depend on library versions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from antq_llm.core.json_pointer import pointer_to

_MAX_GIVEN_CHARACTERS = 200
_NOTHING_GIVEN = object()
MAX_FAULTS = 1000
"""The maximum number of faults to list; if an answer has more, a single fault says so."""

# Sent to the model: do not edit.
_WORDS = {
    "missing": "this key is required: write null or an empty array where nothing is said",
    "extra_forbidden": "this key is not in the schema: leave it out",
    "literal_error": "write one of {expected}",
    "enum": "write one of {expected}",
    "string_type": "write a string",
    "string_pattern_mismatch": "write a string that matches {pattern}",
    "string_too_short": "write at least {min_length} characters",
    "string_too_long": "write at most {max_length} characters",
    "int_type": "write a whole number",
    "int_parsing": "write a whole number",
    "int_from_float": "write a whole number",
    "float_type": "write a number",
    "float_parsing": "write a number",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "list_type": "write an array",
    "too_short": "write at least {min_length} items",
    "too_long": "write at most {max_length} items",
    "dict_type": "write an object",
    "model_type": "write an object",
    "model_attributes_type": "write an object",
    "none_required": "write null",
    "greater_than": "write a number greater than {gt}",
    "greater_than_equal": "write a number of at least {ge}",
    "less_than": "write a number less than {lt}",
    "less_than_equal": "write a number of at most {le}",
}
"""Messages for pydantic's error types.

Pydantic's own messages can change between versions. A re-ask with a changed message would no longer
match its recording.
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault in an answer: a JSON Pointer, what was expected there and what was given."""

    pointer: str
    message: str
    given: str | None = None
    """The value given, as JSON truncated to 200 characters; None if no value was given."""

    def __str__(self) -> str:
        # Sent to the model: do not edit.
        given = "" if self.given is None else f" (given: {self.given})"
        return f"{self.pointer or '/'}: {self.message}{given}"


class InvalidAnswer(Exception):  # noqa: N818 - it never reaches a caller of the library
    """An answer that does not satisfy its schema; ``faults`` lists the places and reasons."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)


def fault_at(pointer: str, message: str, given: Any = _NOTHING_GIVEN) -> Fault:
    """Return a fault; the given value, if any, is kept as JSON truncated to 200 characters."""
    if given is _NOTHING_GIVEN:
        return Fault(pointer, message)
    text = (
        json.dumps(given, ensure_ascii=False, default=str)
        .encode(errors="backslashreplace")
        .decode()
    )
    if len(text) > _MAX_GIVEN_CHARACTERS:
        text = f"{text[:_MAX_GIVEN_CHARACTERS]}…"
    return Fault(pointer, message, text)


def faults_of_pydantic(errors: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """Return the faults in the error list of a pydantic ``ValidationError``."""
    return [_fault_of_pydantic(error) for error in errors]


def _fault_of_pydantic(error: Mapping[str, Any]) -> Fault:
    context = error.get("ctx") or {}
    words = _WORDS.get(error["type"])
    message = words.format_map(context) if words else str(error["msg"])
    pointer = pointer_to(error["loc"])
    if "pointer" in context:
        return fault_at(pointer + context["pointer"], message, context.get("given", error["input"]))
    if error["type"] == "missing":
        return fault_at(pointer, message)
    return fault_at(pointer, message, error["input"])


def too_many_faults() -> Fault:
    """Return the single fault to list for an answer with more than ``MAX_FAULTS`` faults."""
    # Sent to the model: do not edit.
    return fault_at("", f"more than {MAX_FAULTS} places do not follow the schema: write it anew")
