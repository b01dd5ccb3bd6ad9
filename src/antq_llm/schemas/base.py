"""What every schema can do: describe a record to a model, and read an answer into a record."""

from __future__ import annotations

import json
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from antq_llm.core.digest import digest_of
from antq_llm.schemas.faults import InvalidAnswer, fault_at

T = TypeVar("T", bound=BaseModel)

_WIRE_NAME_CHARACTERS = 64
_MAX_DEPTH = 100
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


class Schema(ABC, Generic[T]):
    """A named JSON Schema together with the type that its documents are read into."""

    def __init__(self, reference: str, json_schema: Mapping[str, Any]) -> None:
        self.reference = reference
        """What runs call it: ``movement_report/1``, a file's stem, or ``package.module:Model``."""
        self.json_schema = json_schema
        """The JSON Schema (2020-12) that is shown to a model."""
        self.kind: str | None = None
        """What the library knows beyond the JSON Schema: checks against the article and identities; None for a schema of a person's own."""

    @property
    def name(self) -> str:
        """The name without its version."""
        return self.reference.split("/", maxsplit=1)[0]

    @cached_property
    def wire_name(self) -> str:
        """The name in the characters that endpoints allow: letters, digits, ``_`` and ``-``, at most 64."""
        return re.sub(r"[^A-Za-z0-9_-]+", "_", self.name)[:_WIRE_NAME_CHARACTERS] or "record"

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the JSON Schema."""
        return digest_of(self.json_schema)

    @abstractmethod
    def read_json(self, text: str) -> T:
        """Return the record in a JSON text; InvalidAnswer says what is wrong with it."""

    @abstractmethod
    def read_data(self, data: Any) -> T:
        """Return the record in parsed JSON; InvalidAnswer says what is wrong with it."""

    def dump(self, record: T) -> Any:
        """Return a record as JSON data that ``read_data`` reads again."""
        return record.model_dump(mode="json", by_alias=True, exclude_computed_fields=True)

    def drop_dependents(self, data: Any) -> list[str]:  # noqa: ARG002 - a rule that most schemas do not have
        """Remove, in place, the items that need one that was dropped; return their pointers. Most schemas have none."""
        return []


def parse_json(text: str) -> Any:
    """Return the JSON document of a text; InvalidAnswer says where it breaks off.

    Stricter than the standard library: no ``NaN`` or ``Infinity``, no half surrogate pairs, no nesting past 100 levels.
    """
    try:
        data = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        depth = _depth(data)
    except json.JSONDecodeError as error:
        raise InvalidAnswer(
            [
                fault_at(
                    "", f"not valid JSON: {error.msg} at line {error.lineno} column {error.colno}"
                )
            ]
        ) from error
    except (ValueError, RecursionError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise InvalidAnswer([fault_at("", f"not valid JSON: {reason}")]) from error
    if depth > _MAX_DEPTH:
        raise InvalidAnswer(
            [fault_at("", f"not valid JSON: nested deeper than {_MAX_DEPTH} levels")]
        )
    if _HALF_PAIR.search(text) and _has_half_pair(data):
        raise InvalidAnswer(
            [
                fault_at(
                    "", "not valid JSON: it holds half of a surrogate pair, which is no character"
                )
            ]
        )
    return data


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits[:20]} is too large a number")
    return number


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON number")


def _depth(data: Any) -> int:
    level, depth = [data], 0
    while level := [child for node in level for child in children_of(node)]:
        depth += 1
        if depth > _MAX_DEPTH:
            break
    return depth


def children_of(node: Any) -> list[Any]:
    """Return the values of a JSON object or array, none of a scalar."""
    return list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []


def _has_half_pair(data: Any) -> bool:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False
