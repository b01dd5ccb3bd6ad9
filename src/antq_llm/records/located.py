"""The parts of a chunk's record with their spans, and rules that decide if items are the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from antq_llm.evidence.spans import Span
from antq_llm.records.answered import ABSENT, Answered
from antq_llm.schemas.declared.declared_roles import Path
from antq_llm.schemas.declared.references import is_same_name

HALF = 0.5
"""The default minimum overlap of two quotes of the same item, as a share of the shorter quote."""


@dataclass
class ObjectNode:
    """An object in a record, with the span of its quote in the article."""

    path: Path
    key: str
    fields: dict[str, Node]
    span: Span | None


@dataclass
class ListNode:
    """A list in a record; ``nested`` is true for a list inside an item of another list."""

    path: Path
    key: str
    items: list[Node]
    nested: bool


@dataclass
class ValueNode:
    """A value that is treated as a whole, such as a scalar."""

    path: Path
    part: Answered


Node = ObjectNode | ListNode | ValueNode
IsSame = Callable[[Node, Node], bool]


def dumped(node: Node) -> Any:
    """Return the dump of a part of a record, or ABSENT if the dump lacks the part."""
    if isinstance(node, ObjectNode):
        fields = {name: dumped(inner) for name, inner in node.fields.items()}
        return {name: value for name, value in fields.items() if value is not ABSENT}
    if isinstance(node, ListNode):
        return [dumped(item) for item in node.items]
    return node.part.value


def is_null(node: Node) -> bool:
    return isinstance(node, ValueNode) and node.part.is_null


def start_of(item: Node) -> tuple[bool, int]:
    span = _span_of(item)
    return span is None, span[0] if span else 0


def _span_of(node: Node) -> Span | None:
    return node.span if isinstance(node, ObjectNode) else None


def shared_characters(old: Node, new: Node) -> int:
    """Return how many characters of the article two quotes share; 0 or less if they share none."""
    first, second = _span_of(old), _span_of(new)
    if first is None or second is None:
        return 0
    return min(first[1], second[1]) - max(first[0], second[0])


def quotes_overlap(old: Node, new: Node, part: float) -> bool:
    """Return whether two quotes overlap by at least ``part`` (from 0 to 1) of the shorter one."""
    first, second = _span_of(old), _span_of(new)
    if first is None or second is None:
        return False
    shorter = min(end - start for start, end in (first, second))
    shared = shared_characters(old, new)
    return shared > 0 and shared >= part * shorter


def is_equal(old: Node, new: Node) -> bool:
    return bool(dumped(old) == dumped(new))


def text_without(item: ObjectNode, key: str) -> str:
    rest = {name: value for name, value in dumped(item).items() if name != key}
    return json.dumps(rest, sort_keys=True)


def _field(node: Node, name: str) -> Any:
    """Return a field of an item, or None if it is missing."""
    inner = node.fields.get(name) if isinstance(node, ObjectNode) else None
    return None if inner is None else dumped(inner)


def any_same_name(names: Sequence[str]) -> IsSame:
    def is_same(old: Node, new: Node) -> bool:
        return any(_is_same_value(_field(old, name), _field(new, name)) for name in names)

    return is_same


def _is_same_value(old: Any, new: Any) -> bool:
    """Return whether two values are equal and not null; strings are compared as names."""
    if isinstance(old, str) and isinstance(new, str):
        return is_same_name(old, new)
    return old is not None and bool(old == new)


def same_place(
    overlap: float, equal: Sequence[str], references: Collection[str] = frozenset()
) -> IsSame:
    """Return a rule: items are the same if their quotes overlap and their ``equal`` fields match.

    The quotes must overlap by at least ``overlap`` (from 0 to 1) of the shorter one. Fields that
    name another item (``references``) may spell the name differently.
    """

    def is_same(old: Node, new: Node) -> bool:
        return quotes_overlap(old, new, overlap) and all(
            _field(old, name) == _field(new, name)
            or (name in references and _is_same_value(_field(old, name), _field(new, name)))
            for name in equal
        )

    return is_same
