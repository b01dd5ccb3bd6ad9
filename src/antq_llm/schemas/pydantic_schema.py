"""Schemas given as pydantic models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.errors import PydanticInvalidForJsonSchema, PydanticUserError
from pydantic_core import PydanticSerializationError, to_json

from antq_llm.core.user_code import described
from antq_llm.errors import SchemaError
from antq_llm.schemas.base import Aliases, Schema, parse_json
from antq_llm.schemas.declared.declared_roles import DeclaredRoles
from antq_llm.schemas.declared.role_collection import declared_roles, without_roles
from antq_llm.schemas.faults import (
    MAX_FAULTS,
    InvalidAnswer,
    faults_of_pydantic,
    too_many_faults,
)
from antq_llm.schemas.hooks import Hooks
from antq_llm.schemas.model_checks import aliases_of, check_model
from antq_llm.schemas.walk import count_references, definition_name, is_recursive, rebuild

T = TypeVar("T", bound=BaseModel)

_NOT_FINITE = ("Infinity", "NaN")
_LARGE_EXPONENTS = (
    re.compile(r"e(?<=[0-9]e)\+?[0-9]{3}"),
    re.compile(r"E(?<=[0-9]E)\+?[0-9]{3}"),
)
"""Patterns of numbers such as ``1e999``.

Two patterns, one for each letter, are much faster than one for both.
"""


class PydanticSchema(Schema[T]):
    """A schema given as a pydantic model, whose validators check the record.

    Raises SchemaError if the model has no JSON Schema, declares invalid roles or fails
    ``check_model``.
    """

    def __init__(
        self,
        model: type[T],
        *,
        reference: str | None = None,
        json_schema: Mapping[str, Any] | None = None,
    ) -> None:
        roles = _roles_of(model)
        super().__init__(
            reference or model.__name__,
            json_schema if json_schema is not None else json_schema_of(model),
            roles,
            Hooks(getattr(model, "HOOKS", None)),
        )
        self.model = model

    @cached_property
    def aliases(self) -> Aliases:
        return aliases_of(self.model)

    def read_json(self, text: str) -> T:
        if _may_be_infinite(text):
            # Pydantic accepts NaN and Infinity, which are not JSON, and reads 1e999 as infinity.
            return self.read_data(parse_json(text))
        return self._read(text)

    def read_data(self, data: Any) -> T:
        return self._read(to_json(data))

    def _read(self, text: str | bytes) -> T:
        try:
            return self.model.model_validate_json(text)
        except ValidationError as error:
            if error.error_count() > MAX_FAULTS:
                raise InvalidAnswer([too_many_faults()]) from error
            errors = error.errors(include_url=False)
            if errors[0]["type"] == "json_invalid" and isinstance(text, str):
                # The standard library's messages for broken JSON change less often.
                return self.read_data(parse_json(text))
            raise InvalidAnswer(faults_of_pydantic(errors)) from error
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # the fault is in a validator of the model, not the answer
            raise SchemaError(
                f"a validator of {self.model.__name__} raised {type(error).__name__} ({error}): "
                "make it raise ValueError instead"
            ) from error

    def dump(self, record: T) -> Any:
        try:
            return super().dump(record)
        except PydanticSerializationError as error:
            raise self._serializer_error(error) from error
        except (Exception, KeyboardInterrupt):
            raise
        except BaseException as error:  # a serializer tries to end the program
            raise self._serializer_error(error) from error

    def _serializer_error(self, error: BaseException) -> SchemaError:
        return SchemaError(
            f"a record of {self.model.__name__} cannot be written as JSON ({described(error)}): "
            "correct the model's serializers"
        )


def _may_be_infinite(text: str) -> bool:
    return any(word in text for word in _NOT_FINITE) or any(
        pattern.search(text) for pattern in _LARGE_EXPONENTS
    )


def _model_schema(model: type[BaseModel]) -> dict[str, Any]:
    try:
        return model.model_json_schema()
    except (PydanticInvalidForJsonSchema, PydanticUserError) as error:
        raise SchemaError(f"{model.__name__} has no JSON Schema: {error.message}") from error
    except SchemaError as error:  # raised by a role
        raise SchemaError(f"{model.__name__}: {error}") from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # the model may build its schema itself
        raise SchemaError(f"{model.__name__} has no JSON Schema: {described(error)}") from error


@lru_cache(maxsize=64)
def _roles_of(model: type[BaseModel]) -> DeclaredRoles:
    schema = _model_schema(model)
    roles = declared_roles(schema, model.__name__)
    check_model(model, roles)
    return roles


def json_schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema of a pydantic model in the form in which it is sent.

    The only title is the name of the model. Definitions that are used only once are inlined unless
    they are recursive. This saves tokens and keeps descriptions next to their fields.
    """
    schema = without_roles(_model_schema(model))
    definitions = schema.pop("$defs", {})
    uses = count_references([schema, *definitions.values()])
    single = {
        name for name in definitions if uses[name] == 1 and not is_recursive(name, definitions)
    }
    inlined: dict[str, Any] = _inline(schema, definitions, single)
    kept = {
        name: _inline(body, definitions, single)
        for name, body in definitions.items()
        if name not in single
    }
    title = {"title": model.__name__}
    return title | inlined | ({"$defs": kept} if kept else {})


def _inline(schema: Mapping[str, Any], definitions: Mapping[str, Any], names: set[str]) -> Any:
    """Return a copy of a schema without titles and with the named definitions inlined."""

    def change(part: Any, _place: str) -> Any:
        return _inline(part, definitions, names) if isinstance(part, Mapping) else part

    name = definition_name(schema.get("$ref"))
    if name is not None and name in names:
        siblings = {key: value for key, value in schema.items() if key != "$ref"}
        return _inline(definitions[name], definitions, names) | siblings
    untitled = {
        key: value
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
    }
    return rebuild(untitled, change)
