"""The interface of schemas, which describe a record to a model and parse answers into records."""

from __future__ import annotations

import json
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from antq_llm.core.digest import digest_of
from antq_llm.core.json_file import MAX_DEPTH, is_deeper
from antq_llm.schemas.declared.declared_roles import DeclaredRoles
from antq_llm.schemas.faults import InvalidAnswer, fault_at
from antq_llm.schemas.hooks import NO_HOOKS, Hooks

T = TypeVar("T", bound=BaseModel)
Aliases = Mapping[str, Sequence[str]]
"""A mapping from a key of a dumped record to the other keys that an answer may use for it."""

NO_ALIASES: Aliases = {}

_MAX_WIRE_NAME_CHARACTERS = 64
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


class Schema(ABC, Generic[T]):
    """A named JSON Schema and the type of the records parsed with it."""

    def __init__(
        self,
        reference: str,
        json_schema: Mapping[str, Any],
        roles: DeclaredRoles,
        hooks: Hooks = NO_HOOKS,
    ) -> None:
        self.reference = reference
        """``name/1``, ``package.module:Model`` or the name of a file without its suffix."""
        self.json_schema = json_schema
        """The JSON Schema sent to the model."""
        self.roles = roles
        """The roles of the fields; they are not part of ``json_schema``."""
        self.hooks = hooks

    @property
    def name(self) -> str:
        """The reference without the version."""
        return self.reference.split("/", maxsplit=1)[0]

    @cached_property
    def wire_name(self) -> str:
        """The name in a form that endpoints allow: at most 64 letters, digits, ``_`` or ``-``."""
        return re.sub(r"[^A-Za-z0-9_-]+", "_", self.name)[:_MAX_WIRE_NAME_CHARACTERS] or "record"

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the JSON Schema."""
        return digest_of(self.json_schema)

    @property
    def aliases(self) -> Aliases:
        """The other keys that an answer may use for each key of a dumped record."""
        return NO_ALIASES

    @abstractmethod
    def read_json(self, text: str) -> T:
        """Parse a record from JSON; raise InvalidAnswer with the faults."""

    @abstractmethod
    def read_data(self, data: Any) -> T:
        """Parse a record from an answer's JSON data; raise InvalidAnswer with the faults.

        Do not pass a dumped record: validators have already changed its values.
        """

    def dump(self, record: T) -> Any:
        """Return a record as JSON data, in the form in which it is checked and written."""
        return record.model_dump(mode="json", by_alias=True, exclude_computed_fields=True)


def parse_json(text: str) -> Any:
    """Parse a JSON document; raise InvalidAnswer with the reason if it is not valid.

    Parsing is stricter than in the standard library: ``NaN``, ``Infinity``, lone surrogates and
    numbers that are too large are rejected, and nesting is limited to 100 levels.
    """
    # The messages below are sent to the model: do not edit.
    try:
        data = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        is_deep = is_deeper(data, MAX_DEPTH)
    except json.JSONDecodeError as error:
        raise _not_json(f"{error.msg} at line {error.lineno} column {error.colno}") from error
    except (ValueError, RecursionError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise _not_json(reason) from error
    if is_deep:
        raise _not_json(f"nested deeper than {MAX_DEPTH} levels")
    if _HALF_PAIR.search(text) and _has_half_pair(data):
        raise _not_json("it holds half of a surrogate pair, which is no character")
    return data


def _not_json(reason: str) -> InvalidAnswer:
    # Sent to the model: do not edit.
    return InvalidAnswer([fault_at("", f"not valid JSON: {reason}")])


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        # Sent to the model: do not edit.
        raise ValueError(f"{digits[:20]} is too large a number")
    return number


def _refuse(constant: str) -> Any:
    # Sent to the model: do not edit.
    raise ValueError(f"{constant} is no JSON number")


def _has_half_pair(data: Any) -> bool:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False
