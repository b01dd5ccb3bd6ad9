"""Items of a record as single lines of text, with names and identifying fields first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from antq_llm.pages.schema_words import SchemaWords
from antq_llm.schemas.declared.declared_roles import EACH, DeclaredField, DeclaredRoles
from antq_llm.schemas.roles import Identity, Name, Passage, Printed

_LAST = 2


class ItemLines:
    """A formatter for items of one schema's records; fields without roles keep their order."""

    def __init__(self, roles: DeclaredRoles, words: SchemaWords | None = None) -> None:
        """Use the roles of a schema; ``words``, if given, replace the schema's keys and values."""
        self._words = words
        self._quote_keys = roles.quote_keys
        self._choices = {
            _dotted(list(declared.path)) for declared in roles.all_fields if declared.values
        }
        self._fields: dict[str, dict[str, DeclaredField]] = defaultdict(dict)
        for declared in roles.fields:
            *parents, key = declared.path or ("",)
            self._fields[_dotted(parents)][key] = declared

    def title(self, record: Any) -> str:
        """Return a record's first text with the role ``printed`` or ``name``, such as a headline.

        Returns an empty string if there is none.
        """
        if not isinstance(record, Mapping):
            return ""
        titles = (
            record.get(key)
            for key, declared in self._fields.get("", {}).items()
            if declared.get(Printed) or declared.get(Name)
        )
        return next((title for title in titles if isinstance(title, str)), "")

    def line(self, item: Any, field: str) -> str:
        """Return an item of a field, such as ``people``, as one line.

        A quote is included if it is the item's content, or if all other values are from
        enumerations.
        """
        if not isinstance(item, Mapping):
            return _value(self._worded(field, item))
        declared = self._fields.get(field, {})
        shown = {
            key: value
            for key, value in item.items()
            if value not in (None, [], {}) and not self._is_mere_quote(key, declared)
        }
        if all(self._path(field, key) in self._choices for key in shown):
            shown |= {
                key: value
                for key, value in item.items()
                if value is not None and (not shown or key in self._quote_keys)
            }
        ordered = sorted(shown.items(), key=lambda part: _rank(declared.get(part[0])))
        return " · ".join(self._part(self._path(field, key), key, value) for key, value in ordered)

    def _part(self, path: str, key: str, value: Any) -> str:
        if self._words is None:
            return f"{key}: {_value(value)}"
        return f"{self._words.name(path)}: {_value(self._worded(path, value))}"

    def _worded(self, path: str, value: Any) -> Any:
        """Return the words for a value of an enumeration or for a list of such values."""
        values = value if isinstance(value, list) else [value]
        if self._words is None or not all(isinstance(one, str) for one in values):
            return value
        return [self._words.value(path, one) for one in values]

    @staticmethod
    def _path(field: str, key: str) -> str:
        return f"{field}.{key}" if field else key

    def _is_mere_quote(self, key: str, declared: Mapping[str, DeclaredField]) -> bool:
        if key not in self._quote_keys:
            return False
        return key not in declared or declared[key].get(Passage) is None


def _rank(declared: DeclaredField | None) -> tuple[int, float]:
    """Return the sort key of a field: names first, then fields by descending identity weight."""
    if declared is None:
        return _LAST, 0.0
    if declared.get(Name):
        return 0, 0.0
    identity = declared.get(Identity)
    return (1, -identity.weight) if identity else (_LAST, 0.0)


def _dotted(path: list[str]) -> str:
    return ".".join(part for part in path if part != EACH)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(_value(part) for part in value.values() if part is not None)
    return ", ".join(map(_value, value)) if isinstance(value, list) else str(value)
