"""Rejection of pydantic models whose answers could not be checked and corrected.

Rules check the written record but make corrections in the answer from which it was parsed. A field
that a rule needs must therefore have the same key in the written record and in the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import AliasChoices, AliasPath, BaseModel
from pydantic.errors import PydanticInvalidForJsonSchema, PydanticUserError
from pydantic.fields import FieldInfo

from antq_llm.errors import SchemaError
from antq_llm.schemas.base import Aliases
from antq_llm.schemas.declared.declared_roles import QUOTE_KEY, DeclaredField, DeclaredRoles, Path
from antq_llm.schemas.declared.role_collection import collected_fields
from antq_llm.schemas.roles import KEYWORD, Quote
from antq_llm.schemas.walk import definition_name


def check_model(model: type[BaseModel], roles: DeclaredRoles) -> None:
    """Raise SchemaError for a field that cannot be checked or that no answer can contain.

    ``roles`` are the roles in the model's JSON Schema.
    """
    for part in _models_in(model):
        for name, field in part.model_fields.items():
            if problem := _alias_problem(part, name, field):
                raise SchemaError(f"{part.__name__}.{name} {problem}")
    try:
        written = collected_fields(model.model_json_schema(mode="serialization"), model.__name__)
    except (PydanticInvalidForJsonSchema, PydanticUserError):
        return
    for declared, problem in _written_otherwise(roles, written):
        raise SchemaError(f"{model.__name__}: {declared.name} {problem}")


def aliases_of(model: type[BaseModel]) -> Aliases:
    """Return the aliases of each field that has several, by the field's key in a dumped record."""
    return {
        field.serialization_alias or name: _single_keys(field.validation_alias)
        for part in _models_in(model)
        for name, field in part.model_fields.items()
        if isinstance(field.validation_alias, AliasChoices | AliasPath)
    }


def _models_in(model: type[BaseModel]) -> list[type[BaseModel]]:
    """Return a model and the models in its fields, at any depth."""
    found: dict[type[BaseModel], None] = {}
    stack: list[Any] = [model.__pydantic_core_schema__]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            part = node.get("cls")
            if isinstance(part, type) and issubclass(part, BaseModel):
                found[part] = None
            # Metadata and the functions of validators contain no schemas.
            stack.extend(value for key, value in node.items() if key != "metadata")
        elif isinstance(node, list | tuple):
            stack.extend(node)
    return list(dict.fromkeys([model, *reversed(found)]))


def _alias_problem(model: type[BaseModel], name: str, field: FieldInfo) -> str | None:
    alias = field.validation_alias
    if not isinstance(alias, AliasChoices | AliasPath):
        if (field.serialization_alias or name) != (alias or field.alias or name):
            return "is read under one alias and written under another: give it a single alias"
        if (
            isinstance(alias, str)
            and alias != name
            and _reads_names(model)
            and _is_corrected(model, (name, alias))
        ):
            return (
                f"has a role, is a quote or contains quotes, but is read both as {name} and as "
                f"{alias}: remove its alias, or the settings populate_by_name and validate_by_name"
            )
        return None
    keys = _single_keys(alias)
    if _reads_names(model):
        keys.append(name)
    if not keys:
        return (
            f"is read only from inside another key ({alias}), but the model's JSON Schema does "
            "not show this: give the field an alias that is a single key"
        )
    if _is_corrected(model, (name, *keys)):
        return (
            "has a role, is a quote or contains quotes, but is read under several keys: "
            "give it only one alias"
        )
    return None


def _is_corrected(model: type[BaseModel], keys: Iterable[str]) -> bool:
    """Return whether a field with one of the keys has a role, is a quote or contains quotes."""
    schema = model.model_json_schema()
    properties = _properties_of(schema)
    return any(key == QUOTE_KEY or _has_role_or_quote(properties.get(key), schema) for key in keys)


def _single_keys(alias: AliasChoices | AliasPath) -> list[str]:
    """Return the aliases that are single keys rather than paths."""
    choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
    paths = [choice.path if isinstance(choice, AliasPath) else [choice] for choice in choices]
    return [path[0] for path in paths if len(path) == 1 and isinstance(path[0], str)]


def _reads_names(model: type[BaseModel]) -> bool:
    config = model.model_config
    return bool(config.get("validate_by_name") or config.get("populate_by_name"))


def _properties_of(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the properties in a model's JSON Schema, even if its root is a reference."""
    name = definition_name(schema.get("$ref"))
    properties: Mapping[str, Any] = (schema["$defs"][name] if name else schema).get(
        "properties", {}
    )
    return properties


def _has_role_or_quote(schema: Any, root: Mapping[str, Any]) -> bool:
    """Return whether a schema or a definition it refers to contains a role or a quote."""
    entered: set[str] = set()
    stack = [schema]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(node)
        if not isinstance(node, Mapping):
            continue
        if KEYWORD in node or QUOTE_KEY in (node.get("properties") or {}):
            return True
        name = definition_name(node.get("$ref"))
        if name is not None and name not in entered:
            entered.add(name)
            stack.append(root["$defs"].get(name))
        stack.extend(node.values())
    return False


def _written_otherwise(
    read: DeclaredRoles, written: DeclaredRoles
) -> Iterator[tuple[DeclaredField, str]]:
    """Yield the fields that are not written as they are read, each with a message.

    Only quotes and fields with roles are compared.
    """
    quotes = {(*path, key) for path, key in read.quote_key_of.items()}
    for declared in read.all_fields:
        if not declared.roles and declared.path not in quotes:
            continue
        what = "is a quote" if declared.path in quotes or declared.get(Quote) else "has a role"
        there = written.at(declared.path)
        if there is None:
            if not _is_open(written, declared.path):
                yield (
                    declared,
                    (
                        f"{what} but is not in the written record under that key: "
                        "do not exclude it, and use the same alias for reading and writing"
                    ),
                )
        elif there.types and declared.types and not there.types <= _kinds(declared.types):
            types = " or ".join(sorted(there.types))
            yield declared, f"{what} but is written as {types}: remove its serializer"
    for path, key in written.quote_key_of.items():
        declared_there = written.at((*path, key))
        if (
            declared_there is not None
            and path not in read.quote_key_of
            and not _is_open(read, (*path, key))
        ):
            yield (
                declared_there,
                (
                    "is a quote but is read from elsewhere, for example from JSON in a string: "
                    "make the model read it in the form in which it is written, because quotes "
                    "are corrected in the answer"
                ),
            )


def _kinds(types: set[str]) -> set[str]:
    return types | {"integer"} if "number" in types else types


def _is_open(roles: DeclaredRoles, path: Path) -> bool:
    """Return whether a path is inside an object or list whose contents are not declared."""
    for length in range(len(path) - 1, -1, -1):
        around = roles.at(path[:length])
        if around is not None:
            has_fields = any(
                len(field.path) > length and field.path[:length] == path[:length]
                for field in roles.all_fields
            )
            return not has_fields and around.types <= {"object", "array"}
    return True
