"""The strings of a record that may appear in its article, and their spelling in a copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antq_llm.schemas.declared.declared_roles import EACH, DeclaredRoles, Path


def printed_values(data: Any, roles: DeclaredRoles) -> Iterator[str]:
    """Yield the strings of a record that may appear in its article, in the record's order.

    Quotes are left out because they are searched for separately. Values of enumerations are left
    out because they come from the schema.
    """
    yield from _printed(data, roles, ())


def respell_values(data: Any, roles: DeclaredRoles, spellings: Mapping[str, str]) -> Any:
    """Return a record's data with its printed values replaced by their ``spellings``."""
    return _respelled(data, roles, spellings, ())


def with_changes(answer: Any, before: Any, after: Any) -> Any:
    """Return a JSON answer changed in the same way as the dump ``before`` was to ``after``."""
    if before == after:
        return answer
    match answer, before, after:
        case dict(), dict(), dict():
            return answer | {
                key: with_changes(answer.get(key), before.get(key), value)
                for key, value in after.items()
                if key in answer or value != before.get(key)
            }
        case list(), list(), list() if len(answer) == len(before) == len(after):
            return [with_changes(*parts) for parts in zip(answer, before, after, strict=True)]
        case _:
            return after


def _printed(data: Any, roles: DeclaredRoles, path: Path) -> Iterator[str]:
    match data:
        case str() if not _is_enumerated(data, roles, path):
            yield data
        case list():
            for value in data:
                yield from _printed(value, roles, (*path, EACH))
        case dict():
            for key, value in data.items():
                if key not in roles.quote_keys:
                    yield from _printed(value, roles, (*path, key))


def _respelled(data: Any, roles: DeclaredRoles, spellings: Mapping[str, str], path: Path) -> Any:
    match data:
        case str() if not _is_enumerated(data, roles, path):
            return spellings.get(data, data)
        case list():
            return [_respelled(value, roles, spellings, (*path, EACH)) for value in data]
        case dict():
            return {
                key: value
                if key in roles.quote_keys
                else _respelled(value, roles, spellings, (*path, key))
                for key, value in data.items()
            }
        case _:
            return data


def _is_enumerated(value: str, roles: DeclaredRoles, path: Path) -> bool:
    declared = roles.at(path)
    return declared is not None and value in declared.values
