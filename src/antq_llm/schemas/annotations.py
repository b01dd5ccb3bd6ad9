"""The titles and descriptions in a JSON Schema, which explain its fields to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antq_llm.schemas.declared.declared_roles import EACH, Path
from antq_llm.schemas.walk import alternatives, with_plain_references


class SchemaAnnotations:
    """The titles, descriptions and schemas of a JSON Schema's fields, by path."""

    def __init__(self, json_schema: Mapping[str, Any]) -> None:
        self._document, _ = with_plain_references(json_schema)

    def description(self, path: Path) -> str:
        """Return the description of the field at a path, or else that of its type.

        The result is empty if neither has a description.
        """
        nodes = self._nodes(path)
        found = (*nodes, *self._expanded(nodes))
        return next((str(node["description"]) for node in found if "description" in node), "")

    def title(self, path: Path) -> str:
        """Return the title of the field at a path, or an empty string if only its type has one."""
        return next((str(node["title"]) for node in self._nodes(path) if "title" in node), "")

    def alternatives(self, path: Path) -> list[Mapping[str, Any]]:
        """Return the schemas that may apply to the value at a path."""
        return self._expanded(self._nodes(path))

    def _nodes(self, path: Path) -> list[Mapping[str, Any]]:
        """Return the schemas at a path without following their references or alternatives."""
        nodes: list[Mapping[str, Any]] = [self._document]
        for key in path:
            children = [_child(outer, key) for outer in self._expanded(nodes)]
            nodes = [child for child in children if isinstance(child, Mapping)]
        return nodes

    def _expanded(self, nodes: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        definitions = self._document["$defs"]
        return [found.schema for node in nodes for found in alternatives(node, definitions)]


def _child(node: Mapping[str, Any], key: str) -> Any:
    return node.get("items") if key == EACH else (node.get("properties") or {}).get(key)
