"""Collecting the roles of a JSON Schema, and taking them out of what is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antq_llm.errors import SchemaError
from antq_llm.schemas.declared_roles import EACH, DeclaredField, DeclaredRoles, Path
from antq_llm.schemas.role_checks import problems_of
from antq_llm.schemas.roles import KEYWORD, role_from_json
from antq_llm.schemas.walk import Alternative, alternatives, definition_name, rebuild

_WITHOUT_PATH = (
    *("prefixItems", "patternProperties", "contains", "dependentSchemas"),
    *("not", "if", "then", "else"),
)
"""Keywords under which a schema has no fixed path."""


def declared_roles(json_schema: Mapping[str, Any], reference: str) -> DeclaredRoles:
    """Return the roles that a JSON Schema declares with ``x-antq-role``.

    Raises SchemaError for a wrong declaration.
    """
    roles = collected_fields(json_schema, reference)
    for declared, problem in problems_of(roles):
        raise SchemaError(f"{reference}: {declared.name}: {problem}")
    return roles


def collected_fields(json_schema: Mapping[str, Any], reference: str) -> DeclaredRoles:
    """Return the fields of a JSON Schema with their roles, without checking these together."""
    collected = _Collector(json_schema, reference)
    collected.visit(json_schema, ())
    return DeclaredRoles(collected.fields)


def without_roles(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON Schema without the keyword ``x-antq-role``; a property of that name stays."""

    def change(part: Any, _place: str) -> Any:
        return without_roles(part) if isinstance(part, Mapping) else part

    return rebuild({key: value for key, value in schema.items() if key != KEYWORD}, change)


class _Collector:
    def __init__(self, root: Mapping[str, Any], reference: str) -> None:
        self._definitions = root.get("$defs", {})
        self._reference = reference
        self.fields: dict[Path, DeclaredField] = {}

    def visit(self, schema: Any, path: Path, entered: frozenset[str] = frozenset()) -> None:
        """Collect the fields of a schema at a path; ``entered`` are the definitions around it."""
        declared = self.fields.setdefault(path, DeclaredField(path))
        found = list(alternatives(schema, self._definitions, entered))
        for alternative in found:
            self._add_roles(declared, alternative.schema.get(KEYWORD, ()))
            _add_types(declared, alternative.schema)
            self._check_reachable(declared, alternative)
        for alternative in found:
            node = alternative.schema
            for name, part in (node.get("properties") or {}).items():
                self.visit(part, (*path, name), alternative.entered)
            for keyword in ("items", "additionalProperties"):
                if isinstance(node.get(keyword), Mapping):
                    self.visit(node[keyword], (*path, EACH), alternative.entered)

    def _check_reachable(self, declared: DeclaredField, alternative: Alternative) -> None:
        """Raise SchemaError for roles that have no fixed path."""
        node = alternative.schema
        for keyword in _WITHOUT_PATH:
            if _has_roles({keyword: node[keyword]} if keyword in node else {}):
                raise self._error(
                    declared,
                    f"roles inside {keyword} are not supported: declare them under properties "
                    "or items",
                )
        name = definition_name(node.get("$ref"))
        if alternative.kind == "unresolved" and _has_roles(self._definitions.get(name)):
            raise self._error(
                declared, f"{name} contains itself, and roles inside it are not supported"
            )

    def _add_roles(self, declared: DeclaredField, values: Any) -> None:
        for value in values if isinstance(values, list | tuple) else [values]:
            try:
                role = role_from_json(value)
            except ValueError as error:
                raise self._error(declared, str(error)) from error
            known = declared.get(type(role))
            if known is None:
                declared.roles.append(role)
            elif known != role:
                raise self._error(declared, f"the role {role.role} is declared twice, differently")

    def _error(self, declared: DeclaredField, message: str) -> SchemaError:
        return SchemaError(f"{self._reference}: {declared.name}: {message}")


def _add_types(declared: DeclaredField, schema: Mapping[str, Any]) -> None:
    given = schema.get("type")
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    declared.values += [
        value for value in values if value is not None and value not in declared.values
    ]
    declared.types.update({given} if isinstance(given, str) else given or ())
    declared.types.update(_type_of(value) for value in values)
    if "properties" in schema:
        declared.types.add("object")
    declared.types.discard("null")


def _type_of(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case None:
            return "null"
        case list():
            return "array"
        case _:
            return "object"


def _has_roles(schema: Any) -> bool:
    return isinstance(schema, Mapping) and without_roles(schema) != schema
