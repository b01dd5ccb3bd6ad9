"""The several keys under which an answer may give a field with ``AliasChoices``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Aliases = Mapping[str, Sequence[str]]
"""By the key of a dump, the other keys under which an answer may give the same value."""
NO_ALIASES: Aliases = {}


def aliases_of(core_schema: Any) -> Aliases:
    """Return the aliases in a pydantic core schema, at any depth."""
    found: dict[str, list[str]] = {}
    for name, field in _fields(core_schema):
        choices = field.get("validation_alias")
        if not isinstance(choices, list):
            continue
        known = found.setdefault(field.get("serialization_alias") or name, [])
        for choice in choices:
            key = choice[0] if isinstance(choice, list) else choice
            if isinstance(key, str) and key not in known:
                known.append(key)
    return found


def _fields(node: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the fields of models, dataclasses and typed dictionaries, with their names."""
    stack = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            fields = node.get("fields")
            if isinstance(fields, Mapping):
                yield from ((str(name), field) for name, field in fields.items())
            elif isinstance(fields, list):
                yield from ((str(field.get("name")), field) for field in fields)
            stack.extend(node.values())
        elif isinstance(node, list | tuple):
            stack.extend(node)
