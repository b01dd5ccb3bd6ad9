"""Collecting the roles of a JSON Schema and removing them from the schema that is sent."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from antq_llm.core.json_pointer import pointer_to
from antq_llm.errors import SchemaError
from antq_llm.schemas.declared.declared_roles import EACH, DeclaredField, DeclaredRoles, Path
from antq_llm.schemas.declared.role_checks import problems_of
from antq_llm.schemas.roles import KEYWORD, role_from_json
from antq_llm.schemas.walk import (
    Alternative,
    alternatives,
    definition_name,
    rebuild,
    schemas_in,
    target_of,
    with_plain_references,
)

_OWN_KEYWORDS = "x-antq"
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_SHARED = "declare the same roles in each alternative of a union"
_WITHOUT_PATH = (
    *("prefixItems", "patternProperties", "contains", "dependentSchemas"),
    *("not", "if", "then", "else"),
)
"""Keywords under which subschemas have no fixed path."""


def declared_roles(json_schema: Mapping[str, Any], reference: str) -> DeclaredRoles:
    """Return the roles that a JSON Schema declares with ``x-antq-role``.

    Raises SchemaError for an unknown keyword that begins with ``x-antq``, and for a role that is
    invalid, is in an unsupported place or does not belong to a field.
    """
    _check_keywords(json_schema, reference)
    collected = _Collector(json_schema, reference)
    collected.collect()
    collected.check_all_reached()
    roles = DeclaredRoles(collected.fields)
    for declared, problem in problems_of(roles):
        raise SchemaError(f"{reference}: {declared.name}: {problem}")
    return roles


def collected_fields(json_schema: Mapping[str, Any], reference: str) -> DeclaredRoles:
    """Return the fields and roles of a JSON Schema, with fewer checks than ``declared_roles``."""
    collected = _Collector(json_schema, reference)
    collected.collect()
    return DeclaredRoles(collected.fields)


def _check_keywords(json_schema: Mapping[str, Any], reference: str) -> None:
    """Raise SchemaError for an unknown keyword that begins with ``x-antq``."""
    for node, path in schemas_in(json_schema):
        for keyword in node:
            if keyword.lower().startswith(_OWN_KEYWORDS) and keyword != KEYWORD:
                raise SchemaError(
                    f"{reference}: {pointer_to((*path, keyword))}: unknown keyword {keyword!r}: "
                    f"declare roles with {KEYWORD}"
                )


def without_roles(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a JSON Schema without roles; a property named ``x-antq-role`` is kept."""

    def change(part: Any, _place: str) -> Any:
        return without_roles(part) if isinstance(part, Mapping) else part

    return rebuild({key: value for key, value in schema.items() if key != KEYWORD}, change)


class _Collector:
    def __init__(self, root: Mapping[str, Any], reference: str) -> None:
        self._root, self._pointers = with_plain_references(root)
        self._definitions = self._root["$defs"]
        self._reference = reference
        self._reached: set[int] = set()
        self.compares_alternatives = True
        self.fields: dict[Path, DeclaredField] = {}

    def collect(self) -> None:
        """Collect the fields of the whole document."""
        self.visit(self._root, ())

    def visit(self, schema: Any, path: Path, entered: frozenset[str] = frozenset()) -> None:
        """Collect the fields of a schema at a path; ``entered`` names the enclosing definitions."""
        declared = self.fields.setdefault(path, DeclaredField(path))
        found = list(alternatives(schema, self._definitions, entered))
        for alternative in found:
            self._reached.add(id(alternative.schema))
            self._add_roles(declared, alternative.schema.get(KEYWORD, ()))
            _add_types(declared, alternative.schema)
            self._check_reachable(declared, alternative)
        if self.compares_alternatives:
            for alternative in found:
                self._check_union(alternative, path)
        for alternative in found:
            node = alternative.schema
            for name, part in (node.get("properties") or {}).items():
                self.visit(part, (*path, name), alternative.entered)
            for keyword in ("items", "additionalProperties"):
                if isinstance(node.get(keyword), Mapping):
                    self.visit(node[keyword], (*path, EACH), alternative.entered)

    def _check_union(self, alternative: Alternative, path: Path) -> None:
        """Raise SchemaError if a field has different roles in the alternatives of a union."""
        for keyword in ("anyOf", "oneOf"):
            members = [
                member for member in alternative.schema.get(keyword, ()) if not _is_null(member)
            ]
            if len(members) < 2:
                continue
            seen: dict[Path, DeclaredField] = {}
            for member in members:
                for inner, declared in self._fields_of(member, path, alternative.entered).items():
                    known = seen.setdefault(inner, declared)
                    if inner != path and not _have_same_roles(known, declared):
                        raise self._error(
                            declared,
                            f"the roles of this field differ between alternatives: {_SHARED}",
                        )

    def _fields_of(
        self, schema: Any, path: Path, entered: frozenset[str]
    ) -> dict[Path, DeclaredField]:
        """Return the fields of one schema, collected separately."""
        alone = copy.copy(self)
        alone.fields = {}
        alone.compares_alternatives = False
        alone.visit(schema, path, entered)
        return alone.fields

    def check_all_reached(self) -> None:
        """Raise SchemaError if a role in the document does not belong to a field."""
        for node, path in schemas_in(self._root):
            if KEYWORD in node and id(node) not in self._reached:
                place = pointer_to((*path, KEYWORD))
                if path[:1] == ("$defs",):
                    place = self._pointers[path[1]] + pointer_to((*path[2:], KEYWORD))
                raise SchemaError(
                    f"{self._reference}: {place}: this role does not belong to a field: "
                    "remove it, or declare it under properties or items (directly, or in a "
                    "definition that a $ref there names as #/$defs/NAME)"
                )

    def _check_reachable(self, declared: DeclaredField, alternative: Alternative) -> None:
        """Raise SchemaError if an unsupported keyword or reference leads to roles."""
        node = alternative.schema
        for keyword in _WITHOUT_PATH:
            if self._leads_to_roles({keyword: node[keyword]} if keyword in node else {}):
                raise self._error(
                    declared,
                    f"roles inside {keyword} are not supported: declare them under properties "
                    "or items",
                )
        for keyword in _REFERENCES:
            if keyword not in node or (keyword == "$ref" and alternative.kind == "reference"):
                continue
            target = node[keyword]
            name = definition_name(target)
            if not self._leads_to_roles(target_of(self._root, target) or self._named(name)):
                continue
            if name in alternative.entered or target == "#":
                what = name if target != "#" else "the schema"
                raise self._error(
                    declared,
                    f"{what} contains itself, so roles inside it are not supported: "
                    "remove them from the recursive part",
                )
            raise self._error(
                declared,
                f"roles behind {keyword} {target} are not supported: put that schema under $defs "
                "and refer to it with $ref as #/$defs/NAME",
            )

    def _named(self, name: str | None) -> Any:
        return self._definitions.get(name) if name is not None else None

    def _leads_to_roles(self, schema: Any) -> bool:
        """Return whether a schema, or any schema that it contains or refers to, has roles."""
        seen: set[int] = set()
        waiting = [schema]
        while waiting:
            part = waiting.pop()
            if not isinstance(part, Mapping) or id(part) in seen:
                continue
            seen.add(id(part))
            for node, _ in schemas_in(part):
                if KEYWORD in node:
                    return True
                for keyword in _REFERENCES:
                    if keyword in node:
                        target = node[keyword]
                        waiting.append(
                            self._named(definition_name(target)) or target_of(self._root, target)
                        )
        return False

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
                raise self._error(
                    declared,
                    f"the role {role.role!r} is declared twice with different arguments: {_SHARED}",
                )

    def _error(self, declared: DeclaredField, message: str) -> SchemaError:
        return SchemaError(f"{self._reference}: {declared.name}: {message}")


def _is_null(schema: Any) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "null"


def _have_same_roles(one: DeclaredField, other: DeclaredField) -> bool:
    return len(one.roles) == len(other.roles) and all(role in other.roles for role in one.roles)


def _add_types(declared: DeclaredField, schema: Mapping[str, Any]) -> None:
    given = schema.get("type")
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    declared.values += [
        value for value in values if value is not None and value not in declared.values
    ]
    declared.types.update({given} if isinstance(given, str) else given or ())
    declared.types.update(_type_of(value) for value in values)
    if isinstance(schema.get("format"), str):
        declared.formats.add(schema["format"])
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
