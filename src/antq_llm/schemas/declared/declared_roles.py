"""The fields of a schema and their roles, by path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self, TypeVar

from antq_llm.core.digest import digest_of
from antq_llm.schemas.roles import Quote, Role

Path = tuple[str, ...]
"""Keys from the root of a record; ``*`` stands for each list item or each value of a map."""
R = TypeVar("R", bound=Role)

QUOTE_KEY = "quote"
"""The only key with a fixed meaning: in every schema, its value is a quote."""
EACH = "*"


class OtherKeys(str):
    """The part ``*`` of a path for the values of a map, except those under ``named`` keys."""

    named: frozenset[str]

    def __new__(cls, named: frozenset[str]) -> Self:
        """Return the part for an object with properties of its own."""
        part = super().__new__(cls, EACH)
        part.named = named
        return part


@dataclass
class DeclaredField:
    """A field of a schema, with its path, possible values and roles."""

    path: Path
    types: set[str] = field(default_factory=set)
    """The JSON types of the field, except ``null``."""
    formats: set[str] = field(default_factory=set)
    """The formats of the field's text, such as ``date-time``."""
    values: list[Any] = field(default_factory=list)
    """The values of an enumeration, in the order of the schema."""
    roles: list[Role] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The path in readable form, such as ``people.*.name``."""
        return ".".join(self.path) or "the root"

    def get(self, kind: type[R]) -> R | None:
        """Return the field's role of a given type, or None."""
        return next((role for role in self.roles if isinstance(role, kind)), None)


class DeclaredRoles:
    """All fields of a schema and their roles, in the order of the schema."""

    def __init__(self, fields: Mapping[Path, DeclaredField]) -> None:
        self._fields = fields
        named: dict[Path, set[str]] = {}
        for path in fields:
            if path and path[-1] != EACH:
                named.setdefault(path[:-1], set()).add(path[-1])
        for path, declared in fields.items():
            declared.path = tuple(
                OtherKeys(frozenset(named[path[:place]]))
                if part == EACH and path[:place] in named
                else part
                for place, part in enumerate(path)
            )
        self.all_fields = tuple(fields.values())
        """All fields, with or without roles."""
        self.fields = tuple(declared for declared in fields.values() if declared.roles)
        """The fields that have roles."""

    def __bool__(self) -> bool:
        return bool(self.fields)

    def at(self, path: Path) -> DeclaredField | None:
        """Return the field at a path, or None."""
        return self._fields.get(path)

    def has_fields(self, path: Path) -> bool:
        """Return whether the value at a path has named fields."""
        return any(inner[:-1] == path and inner[-1] != EACH for inner in self._fields if inner)

    def having(self, *kinds: type[Role]) -> list[DeclaredField]:
        """Return the fields that have a role of any of the given types."""
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
        """The SHA-256 of the roles.

        It is part of a run's identity but not of a request's digest.
        """
        return digest_of(
            [
                [*declared.path, [role.as_json() for role in declared.roles]]
                for declared in self.fields
            ]
        )

    @cached_property
    def quote_key_of(self) -> Mapping[Path, str]:
        """The key of each object's quote, by the object's path."""
        return {
            path[:-1]: path[-1]
            for path, declared in self._fields.items()
            if path
            and (
                (path[-1] == QUOTE_KEY and (not declared.types or "string" in declared.types))
                or declared.get(Quote)
            )
        }

    def item_of(self, path: Path) -> Path:
        """Return the path of the nearest enclosing object with a quote, or else the path itself."""
        for length in range(len(path) - 1, -1, -1):
            if path[:length] in self.quote_key_of:
                return path[:length]
        return path


NO_ROLES = DeclaredRoles({})
"""No fields and no roles, for a schema that is unknown or has no roles."""
