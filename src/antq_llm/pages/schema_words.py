"""Display names of a schema's lists, fields and values, in the language of a page.

They come from the schema's ``page_words`` hook. If the hook gives no name for a list or field, its
title is displayed, or its key if it has no title.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from antq_llm.pages.strings import PageLanguage
from antq_llm.schemas.annotations import SchemaAnnotations
from antq_llm.schemas.base import Schema
from antq_llm.schemas.declared.declared_roles import EACH


class PageWordsHook(Protocol):
    """The signature of the ``page_words`` hook."""

    def __call__(self, language: PageLanguage) -> Mapping[str, Mapping[str, Any]]:
        """Return the display texts of fields, by dotted path such as ``people.rank``.

        Each field can have a ``name``, an explanation of its contents (``about``) and ``values``,
        which maps the values of an enumeration to display names. If the schema has no texts in the
        language, the result is empty.
        """
        ...


class SchemaWords:
    """The display texts of one schema's fields, by dotted path without indices."""

    def __init__(self, schema: Schema[Any] | None, language: PageLanguage) -> None:
        hook: PageWordsHook | None = None if schema is None else schema.hooks.get("page_words")
        self._words = {} if hook is None else hook(language)
        self._schema = schema

    def name(self, path: str) -> str:
        """Return the display name of the list or field at a path."""
        own = self._words.get(path, {}).get("name") or self._titles.get(path)
        return own or path.rpartition(".")[2].replace("_", " ")

    def inner_name(self, outer: str, keys: Sequence[str]) -> str:
        """Return the name of a field in the object at ``outer``, such as ``place: district``."""
        paths = [".".join(filter(None, (outer, *keys[: end + 1]))) for end in range(len(keys))]
        if not paths or paths[-1] in self._words:
            return self.name(paths[-1] if paths else "value")
        return ": ".join(self.name(path) for path in paths)

    def full_name(self, path: str) -> str:
        """Return a field's name, preceded by the name of its outermost list or object, if any."""
        head, _, rest = path.partition(".")
        return f"{self.name(head)}: {self.name(path)}" if rest else self.name(head)

    def value(self, path: str, value: str) -> str:
        """Return the display name of an enumeration's value, or the value itself if it has none."""
        return str(self._words.get(path, {}).get("values", {}).get(value, value))

    def about(self, path: str, description: str) -> str:
        """Return an explanation of what belongs in a field, or ``description`` if there is none."""
        return str(self._words.get(path, {}).get("about", description))

    def as_json(self) -> dict[str, dict[str, Any]]:
        """Return the names, explanations and value names of fields, keyed by path."""
        return {
            "names": self._titles
            | {path: own["name"] for path, own in self._words.items() if "name" in own},
            "abouts": {path: own["about"] for path, own in self._words.items() if "about" in own},
            "values": {path: own["values"] for path, own in self._words.items() if "values" in own},
        }

    @cached_property
    def _titles(self) -> dict[str, str]:
        if self._schema is None:
            return {}
        annotations = SchemaAnnotations(self._schema.json_schema)
        found: dict[str, str] = {}
        for declared in self._schema.roles.all_fields:
            dotted = ".".join(part for part in declared.path if part != EACH)
            title = annotations.title(declared.path) if declared.path[-1:] != (EACH,) else ""
            if dotted and title:
                found.setdefault(dotted, title)
        return found
