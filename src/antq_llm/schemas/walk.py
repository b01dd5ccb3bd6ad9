"""Functions that walk through a JSON Schema, follow its references and make changed copies.

``alternatives`` follows references that name a definition in the root, such as
``#/$defs/Person``. ``with_plain_references`` converts other references to definitions to this form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from urllib.parse import unquote, urljoin

from antq_llm.core.json_pointer import find_value, parts_of, pointer_to

_DEFINITION_KEYWORDS = ("$defs", "definitions")
_DEFINITIONS = "#/$defs/"
_COMBINATORS = ("anyOf", "oneOf", "allOf")
_LITERALS = frozenset({"const", "default", "enum", "examples"})
_NAMED_SCHEMAS = frozenset({"properties", "patternProperties", "$defs", "definitions"})
"""Keywords whose values map names to schemas; the names are not keywords."""

AlternativeKind = Literal["leaf", "combined", "reference", "unresolved"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of the schemas that can apply to a value."""

    schema: Mapping[str, Any]
    kind: AlternativeKind
    """A ``combined`` schema has ``anyOf``, ``oneOf`` or ``allOf``. A ``reference`` has a ``$ref``
    that was followed; an ``unresolved`` schema has a ``$ref`` to a definition that is unknown or
    already entered. A ``leaf`` has none of these keywords."""
    entered: frozenset[str]
    """The names of the definitions entered on the way to this schema."""
    depth: int
    """The number of references and combinators followed on the way to this schema."""


def alternatives(
    schema: Any,
    definitions: Mapping[str, Any],
    entered: frozenset[str] = frozenset(),
    *,
    beside_references: bool = True,
    depth: int = 0,
) -> Iterator[Alternative]:
    """Yield the schemas that can apply to a value.

    A schema is yielded after the schemas that it refers to or combines. A definition in ``entered``
    is not entered again, so the walk of a recursive schema ends. With ``beside_references=False``,
    combinators next to a ``$ref`` are ignored. A boolean schema yields nothing.
    """
    if not isinstance(schema, Mapping):
        return
    name = definition_name(schema.get("$ref"))
    is_followed = name in definitions and name not in entered
    next_alternatives = partial(
        alternatives,
        definitions=definitions,
        beside_references=beside_references,
        depth=depth + 1,
    )
    if name is not None and is_followed:
        yield from next_alternatives(definitions[name], entered=entered | {name})
    has_reference = "$ref" in schema
    parts = [part for keyword in _COMBINATORS for part in schema.get(keyword, ())]
    if not has_reference or beside_references:
        for part in parts:
            yield from next_alternatives(part, entered=entered)
    if has_reference:
        kind: AlternativeKind = "reference" if is_followed else "unresolved"
    else:
        kind = "combined" if parts else "leaf"
    yield Alternative(schema, kind, entered, depth)


def definition_name(reference: Any) -> str | None:
    """Return the name of the definition in the root to which a ``$ref`` points, or None."""
    if isinstance(reference, str) and reference.startswith(_DEFINITIONS):
        return reference.removeprefix(_DEFINITIONS)
    return None


def with_plain_references(root: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a copy of a document in which definitions are referred to as ``#/$defs/NAME``.

    ``#/definitions/NAME`` and escaped names are converted, and ``definitions`` is merged into
    ``$defs``. The second result maps the name of each definition to its pointer in the
    original document.
    """
    definitions: dict[str, Any] = {}
    names: dict[str, str] = {}
    pointers: dict[str, str] = {}
    for keyword in _DEFINITION_KEYWORDS:
        for name, part in (root.get(keyword) or {}).items():
            unique = name
            while unique in definitions:
                unique = f"{keyword} {unique}"
            definitions[unique] = part
            pointers[unique] = pointer_to([keyword, name])
            names[pointers[unique]] = unique

    def plain(part: Any, _place: str = "") -> Any:
        if not isinstance(part, Mapping):
            return part
        copied = rebuild(part, plain)
        reference = part.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/"):
            name = names.get(pointer_to(parts_of(unquote(reference[1:]))))
            if name is not None:
                copied["$ref"] = _DEFINITIONS + name
        return copied

    rest = {key: value for key, value in root.items() if key not in _DEFINITION_KEYWORDS}
    return {
        **plain(rest),
        "$defs": {name: plain(part) for name, part in definitions.items()},
    }, pointers


def target_of(root: Mapping[str, Any], reference: Any) -> Any:
    """Return the part of a document to which a reference points, or None.

    The part is found by its pointer, anchor or ``$id``.
    """
    if not isinstance(reference, str):
        return None
    base, _, fragment = reference.partition("#")
    if base:
        own = str(root.get("$id", ""))
        wanted = urljoin(own, base)
        root = next(
            (
                node
                for node, _ in schemas_in(root)
                if isinstance(node.get("$id"), str) and urljoin(own, node["$id"]) == wanted
            ),
            {},
        )
    if fragment and not fragment.startswith("/"):
        return next(
            (
                node
                for node, _ in schemas_in(root)
                if fragment in (node.get("$anchor"), node.get("$dynamicAnchor"))
                or node.get("$id") == f"#{fragment}"
            ),
            None,
        )
    return find_value(root, unquote(fragment))


def schemas_in(schema: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], tuple[str, ...]]]:
    """Yield a schema and all schemas inside it, at any depth, with their paths relative to it."""
    waiting: list[tuple[Mapping[str, Any], tuple[str, ...]]] = [(schema, ())]
    while waiting:
        node, path = waiting.pop(0)
        yield node, path
        for keyword, value in node.items():
            if keyword in _LITERALS:
                continue
            if keyword in _NAMED_SCHEMAS and isinstance(value, Mapping):
                parts = [((*path, keyword, name), part) for name, part in value.items()]
            else:
                parts = [((*path, keyword), value)]
            while parts:
                place, part = parts.pop(0)
                if isinstance(part, list):
                    parts += [((*place, str(index)), inner) for index, inner in enumerate(part)]
                elif isinstance(part, Mapping):
                    waiting.append((part, place))


def count_references(nodes: Iterable[Any]) -> Counter[str]:
    """Count the references to each definition, including those in a discriminator's mapping."""
    uses: Counter[str] = Counter()
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if (name := definition_name(node)) is not None:
            uses[name] += 1
        elif isinstance(node, Mapping):
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    return uses


def is_recursive(name: str, definitions: Mapping[str, Any]) -> bool:
    """Return whether a definition refers to itself, directly or through other definitions."""
    seen: set[str] = set()
    waiting = list(count_references([definitions[name]]))
    while waiting:
        reached = waiting.pop()
        if reached == name:
            return True
        if reached not in seen:
            seen.add(reached)
            waiting.extend(count_references([definitions.get(reached)]))
    return False


def rebuild(schema: Mapping[str, Any], change: Callable[[Any, str], Any]) -> dict[str, Any]:
    """Return a copy of a schema with the parts directly inside it changed.

    ``change`` receives each part and its place, such as ``properties/name``, ``anyOf/0`` or
    ``description``, and returns the new part. Literal values (``const``, ``default``, ``enum``,
    ``examples``) are kept.
    """
    return {
        keyword: value if keyword in _LITERALS else _rebuild_value(keyword, value, change)
        for keyword, value in schema.items()
    }


def _rebuild_value(keyword: str, value: Any, change: Callable[[Any, str], Any]) -> Any:
    if keyword in _NAMED_SCHEMAS and isinstance(value, Mapping):
        return {name: change(part, f"{keyword}/{name}") for name, part in value.items()}
    return _rebuild_part(value, keyword, change)


def _rebuild_part(part: Any, place: str, change: Callable[[Any, str], Any]) -> Any:
    if isinstance(part, list):
        return [
            _rebuild_part(element, f"{place}/{index}", change) for index, element in enumerate(part)
        ]
    return change(part, place)
