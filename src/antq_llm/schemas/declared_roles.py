"""The roles that a JSON Schema declares: collected by path, checked, and taken out of what is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from antq_llm.core.digest import digest_of
from antq_llm.errors import SchemaError
from antq_llm.schemas.roles import (
    KEYWORD,
    CalendarDate,
    Figure,
    Identity,
    Items,
    Name,
    Passage,
    Printed,
    PrintedPeriod,
    PrintedTime,
    PublicationDate,
    Quote,
    Refers,
    Role,
    SameItem,
    Strongest,
    role_from_json,
)

Path = tuple[str, ...]
"""Keys from the root of a record; ``*`` stands for each item of a list and each value of a map."""
R = TypeVar("R", bound=Role)

QUOTE_KEY = "quote"
"""The one key that has a meaning by its name: its value is a quote in every schema."""
EACH = "*"
_VERBATIM = frozenset({"const", "default", "enum", "examples"})
_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
_TEXT_ROLES = (
    *(Quote, Printed, Name, CalendarDate, PrintedPeriod, PublicationDate, PrintedTime, Passage),
    Refers,
)


@dataclass
class DeclaredField:
    """A field of a schema: where it is, what it may hold, and its roles."""

    path: Path
    types: set[str] = field(default_factory=set)
    """JSON types, ``null`` left out."""
    values: list[Any] = field(default_factory=list)
    """Of an enumeration its values, in the schema's order."""
    roles: list[Role] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The field as a person writes it: ``people.*.name``."""
        return ".".join(self.path) or "the root"

    def get(self, kind: type[R]) -> R | None:
        """Return the field's role of a kind, None where it has none."""
        return next((role for role in self.roles if isinstance(role, kind)), None)


class DeclaredRoles:
    """All fields of a schema with their roles, in the schema's order."""

    def __init__(self, fields: Mapping[Path, DeclaredField]) -> None:
        self._fields = fields
        self.fields = tuple(declared for declared in fields.values() if declared.roles)
        """The fields that have a role."""

    def __bool__(self) -> bool:
        return bool(self.fields)

    def at(self, path: Path) -> DeclaredField | None:
        """Return the field at a path, None where the schema has none."""
        return self._fields.get(path)

    def having(self, *kinds: type[Role]) -> list[DeclaredField]:
        """Return the fields with a role of any of some kinds."""
        return [
            declared
            for declared in self.fields
            if any(isinstance(role, kinds) for role in declared.roles)
        ]

    @cached_property
    def quote_keys(self) -> frozenset[str]:
        """The keys whose values are quotes."""
        return frozenset({QUOTE_KEY, *(declared.path[-1] for declared in self.having(Quote))})

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the roles, for the identity of a run; no request's digest covers it."""
        return digest_of(
            [
                [*declared.path, [role.as_json() for role in declared.roles]]
                for declared in self.fields
            ]
        )

    def item_of(self, path: Path) -> Path:
        """Return the path of the nearest object around a field that has a quote, else the field's own path."""
        for length in range(len(path) - 1, -1, -1):
            if any((*path[:length], key) in self._fields for key in self.quote_keys):
                return path[:length]
        return path


def declared_roles(json_schema: Mapping[str, Any], reference: str) -> DeclaredRoles:
    """Return the roles that a JSON Schema declares with ``x-antq-role``; SchemaError for a wrong declaration."""
    collected = _Collector(json_schema, reference)
    collected.visit(json_schema, (), frozenset())
    roles = DeclaredRoles(collected.fields)
    for declared in roles.fields:
        for problem in _problems(declared, roles):
            raise SchemaError(f"{reference}: {declared.name}: {problem}")
    if len(stamps := roles.having(PublicationDate)) > 1:
        raise SchemaError(
            f"{reference}: {stamps[1].name}: only one field can be the publication date"
        )
    return roles


def without_roles(node: Any, *, of_names: bool = False) -> Any:
    """Return a JSON Schema without the keyword ``x-antq-role``; a property of that name stays."""
    if isinstance(node, list):
        return [without_roles(part) for part in node]
    if not isinstance(node, Mapping):
        return node
    if of_names:
        return {name: without_roles(value) for name, value in node.items()}
    return {
        key: value if key in _VERBATIM else without_roles(value, of_names=key in _NAMED)
        for key, value in node.items()
        if key != KEYWORD
    }


class _Collector:
    def __init__(self, root: Mapping[str, Any], reference: str) -> None:
        self._root = root
        self._reference = reference
        self.fields: dict[Path, DeclaredField] = {}

    def visit(self, node: Any, path: Path, inside: frozenset[str]) -> None:
        """Take in a schema at a path; ``inside`` are the references followed on the way."""
        if not isinstance(node, Mapping):
            return
        declared = self.fields.setdefault(path, DeclaredField(path))
        self._add_roles(declared, node.get(KEYWORD, ()))
        self._add_types(declared, node)
        pointer = node.get("$ref")
        if isinstance(pointer, str):
            self._follow(pointer, path, inside)
        for keyword in ("anyOf", "oneOf", "allOf"):
            for alternative in node.get(keyword, ()):
                self.visit(alternative, path, inside)
        for name, value in (node.get("properties") or {}).items():
            self.visit(value, (*path, name), inside)
        for keyword in ("items", "additionalProperties"):
            self.visit(node.get(keyword), (*path, EACH), inside)
        for keyword in (
            "prefixItems",
            "patternProperties",
            "not",
            "if",
            "then",
            "else",
            "contains",
        ):
            if _has_roles(node.get(keyword)):
                raise SchemaError(
                    f"{self._reference}: {declared.name}: roles inside {keyword} are not supported: "
                    "declare them under properties or items"
                )

    def _follow(self, pointer: str, path: Path, inside: frozenset[str]) -> None:
        target = self._target(pointer)
        if pointer not in inside:
            self.visit(target, path, inside | {pointer})
        elif _has_roles(target):
            raise SchemaError(
                f"{self._reference}: {pointer} contains itself, and roles inside it are not supported: "
                "leave them out there"
            )

    def _target(self, pointer: str) -> Any:
        node: Any = self._root
        for part in pointer.removeprefix("#").split("/")[1:]:
            node = (
                node.get(part.replace("~1", "/").replace("~0", "~"))
                if isinstance(node, Mapping)
                else None
            )
        return node

    def _add_roles(self, declared: DeclaredField, given: Any) -> None:
        for value in given if isinstance(given, list | tuple) else [given]:
            try:
                role = role_from_json(value)
            except ValueError as error:
                raise SchemaError(f"{self._reference}: {declared.name}: {error}") from error
            known = declared.get(type(role))
            if known is not None and known != role:
                raise SchemaError(
                    f"{self._reference}: {declared.name}: the role {role.role} is declared twice, differently"
                )
            if known is None:
                declared.roles.append(role)

    @staticmethod
    def _add_types(declared: DeclaredField, node: Mapping[str, Any]) -> None:
        given = node.get("type")
        values = node.get("enum", [node["const"]] if "const" in node else [])
        declared.values += [
            value for value in values if value is not None and value not in declared.values
        ]
        declared.types.update({given} if isinstance(given, str) else given or ())
        declared.types.update(_type_of(value) for value in values)
        if "properties" in node:
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


def _has_roles(node: Any) -> bool:
    return without_roles(node) != node


def _problems(declared: DeclaredField, roles: DeclaredRoles) -> Iterator[str]:
    """Yield what is wrong with the roles of a field, one sentence each."""
    for role in declared.roles:
        if isinstance(role, _TEXT_ROLES) and declared.types and declared.types != {"string"}:
            types = " or ".join(sorted(declared.types))
            yield f"the role {role.role} is for text, and this field is {types}"
        check = _CHECKS.get(type(role))
        if check is not None:
            yield from check(declared, role, roles)


def _check_quote(declared: DeclaredField, _: Any, roles: DeclaredRoles) -> Iterator[str]:
    if declared.path[-1:] in {(), (EACH,)}:
        yield "the role quote is for a field of an object"
    beside = [key for key in roles.quote_keys if roles.at((*declared.path[:-1], key))]
    if len(beside) > 1:
        yield f"an object has one quote, and this one has {', '.join(sorted(beside))}"


def _check_passage(declared: DeclaredField, _: Any, roles: DeclaredRoles) -> Iterator[str]:
    if not declared.path or declared.path[-1] not in roles.quote_keys:
        yield "the role passage is for a quote: name the field quote, or give it the role quote too"


def _check_figure(declared: DeclaredField, role: Any, roles: DeclaredRoles) -> Iterator[str]:
    if declared.types and not declared.types <= {"number", "integer"}:
        yield f"the role figure is for numbers, and this field is {' or '.join(sorted(declared.types))}"
    for argument in ("comparator", "total"):
        beside = getattr(role, argument)
        if beside is not None and roles.at((*declared.path[:-1], beside)) is None:
            yield f"{argument} names {beside!r}, and there is no such field beside this one"


def _check_refers(declared: DeclaredField, role: Any, roles: DeclaredRoles) -> Iterator[str]:
    path = tuple(role.to.split("/")[1:])
    if not role.to.startswith("/") or EACH not in path or path[-1] == EACH:
        yield f"to must be a field of a list's items, such as /people/*/name, not {role.to!r}"
    elif roles.at(path) is None:
        yield f"to names {role.to}, and the schema has no such field"
    elif len(declared.path) < 2:
        yield "the role refers is for a field of a list's items, which are dropped with what they name"


def _check_identity(declared: DeclaredField, _: Any, __: DeclaredRoles) -> Iterator[str]:
    # A model that is used in a list and by itself declares its identity for the list.
    if len(declared.path) < 2:
        yield "the role identity is for a field of a list's items"


def _check_items(declared: DeclaredField, role: Any, roles: DeclaredRoles) -> Iterator[str]:
    if "array" not in declared.types or "object" not in getattr(
        roles.at((*declared.path, EACH)), "types", ()
    ):
        yield f"the role {role.role} is for a list of objects"


def _check_same_item(declared: DeclaredField, role: Any, roles: DeclaredRoles) -> Iterator[str]:
    yield from _check_items(declared, role, roles)
    for name in (*role.any_of, *role.equal):
        if roles.at((*declared.path, EACH, name)) is None:
            yield f"the items have no field {name!r}"
    if role.overlap is not None and not any(
        roles.at((*declared.path, EACH, key)) for key in roles.quote_keys
    ):
        yield "overlap compares quotes, and the items have none"


def _check_strongest(declared: DeclaredField, _: Any, __: DeclaredRoles) -> Iterator[str]:
    if len(declared.values) < 2:
        yield "the role strongest is for an enumeration"


_CHECKS: Mapping[type[Role], Callable[[DeclaredField, Any, DeclaredRoles], Iterator[str]]] = {
    Quote: _check_quote,
    Passage: _check_passage,
    Figure: _check_figure,
    Refers: _check_refers,
    Identity: _check_identity,
    Items: _check_items,
    SameItem: _check_same_item,
    Strongest: _check_strongest,
}
