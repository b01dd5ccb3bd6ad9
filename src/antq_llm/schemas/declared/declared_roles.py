"""The fields of a schema with their roles, by path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from antq_llm.core.digest import digest_of
from antq_llm.schemas.roles import Quote, Role

Path = tuple[str, ...]
"""Keys from the root of a record; ``*`` stands for each item of a list and each value of a map."""
R = TypeVar("R", bound=Role)

QUOTE_KEY = "quote"
"""The only key with a meaning by its name: its value is a quote in every schema."""
EACH = "*"


@dataclass
class DeclaredField:
    """A field of a schema: where it is, what it may hold, and its roles."""

    path: Path
    types: set[str] = field(default_factory=set)
    """JSON types, ``null`` left out."""
    formats: set[str] = field(default_factory=set)
    """Formats of its text, such as ``date-time``."""
    values: list[Any] = field(default_factory=list)
    """The values of an enumeration, in the schema's order."""
    roles: list[Role] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The field in readable form: ``people.*.name``."""
        return ".".join(self.path) or "the root"

    def get(self, kind: type[R]) -> R | None:
        """Return the field's role of a kind, or None."""
        return next((role for role in self.roles if isinstance(role, kind)), None)


class DeclaredRoles:
    """All fields of a schema with their roles, in the schema's order."""

    def __init__(self, fields: Mapping[Path, DeclaredField]) -> None:
        self._fields = fields
        self.all_fields = tuple(fields.values())
        """All fields, with or without a role."""
        self.fields = tuple(declared for declared in fields.values() if declared.roles)
        """The fields that have a role."""

    def __bool__(self) -> bool:
        return bool(self.fields)

    def at(self, path: Path) -> DeclaredField | None:
        """Return the field at a path, or None."""
        return self._fields.get(path)

    def has_fields(self, path: Path) -> bool:
        """Return whether the value at a path has named fields."""
        return any(inner[:-1] == path and inner[-1] != EACH for inner in self._fields if inner)

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

    @cached_property
    def quote_key_of(self) -> Mapping[Path, str]:
        """The key of the quote of each object that has one, by the object's path."""
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
        """Return the path of the nearest object with a quote around a field, else its own path."""
        for length in range(len(path) - 1, -1, -1):
            if path[:length] in self.quote_key_of:
                return path[:length]
        return path


NO_ROLES = DeclaredRoles({})
"""The roles of a schema without fields."""
