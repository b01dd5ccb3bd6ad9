"""Merging the records of an article's chunks into one record without duplicate items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from antq_llm.core.json_pointer import child_pointer
from antq_llm.evidence.spans import Span
from antq_llm.records.answered import (
    Answered,
    AnsweredRecord,
    fields_of,
    items_of,
    list_of,
    object_of,
)
from antq_llm.records.located import (
    HALF,
    IsSame,
    ListNode,
    Node,
    ObjectNode,
    ValueNode,
    any_same_name,
    dumped,
    is_equal,
    is_null,
    quotes_overlap,
    same_place,
    shared_characters,
    start_of,
    text_without,
)
from antq_llm.schemas.base import NO_ALIASES, Aliases
from antq_llm.schemas.declared.declared_roles import EACH, QUOTE_KEY, DeclaredRoles, Path
from antq_llm.schemas.declared.references import is_same_name, step_into
from antq_llm.schemas.roles import Passage, Refers, Role, SameItem, Strongest


@dataclass(frozen=True)
class ChunkRecord:
    """The record of one chunk.

    ``spans`` maps the pointers of items to the spans of their quotes in the whole article. Without
    an ``answer``, the merged record is built from ``data``, the dump of the record.
    """

    data: Any
    spans: Mapping[str, Span]
    answer: Any = None


R = TypeVar("R", bound=Role)


def merge_records(
    chunks: Sequence[ChunkRecord],
    roles: DeclaredRoles,
    text: str,
    aliases: Aliases = NO_ALIASES,
) -> AnsweredRecord:
    """Return one record for an article, merged from the records of its chunks in order.

    The role ``SameItem`` of a list decides whether items of two chunks are the same. Without this
    role, the rule depends on the items:

    - References are the same if they name the same item.
    - Items with a quote, in a list that is not inside an item, are the same if their other fields
      are equal and their quotes overlap by at least half of the shorter one.
    - All other items are the same if they are equal.

    Objects are merged key by key. A scalar is taken from the first chunk that has it or, with the
    role ``Strongest``, from the chunk with the strongest value. Passages that were cut between
    chunks are joined, and each reference is spelled like the name of the item to which it refers.
    """
    merger = _Merger(roles, aliases)
    merged = merger.node(chunks[0])
    for chunk in chunks[1:]:
        merged = merger.merge(merged, merger.node(chunk))
    record = AnsweredRecord(merger.finished(merged, text), roles, aliases)
    record.respell_references()
    return record


class _Merger:
    """A merger of records that follows the roles of their schema."""

    def __init__(self, roles: DeclaredRoles, aliases: Aliases) -> None:
        self._roles = roles
        self._aliases = aliases
        self._passages = {
            declared.path[:-1]: declared.path[-1] for declared in roles.having(Passage)
        }
        self._deep = {
            declared.path[:length]
            for declared in roles.having(SameItem, Strongest, Passage)
            for length in range(len(declared.path))
        }
        """The paths of all ancestors of fields with ``SameItem``, ``Strongest`` or ``Passage``."""

    def node(self, chunk: ChunkRecord) -> Node:
        """Return the tree of a chunk's record, with the spans of its items."""
        answer = chunk.data if chunk.answer is None else chunk.answer
        return self._node(Answered(chunk.data, answer), (), "", chunk.spans, nested=False)

    def _node(
        self, part: Answered, path: Path, pointer: str, spans: Mapping[str, Span], *, nested: bool
    ) -> Node:
        if part.is_parted(dict):
            fields = {
                name: self._node(
                    inner,
                    step_into(path, name, self._roles),
                    child_pointer(pointer, name),
                    spans,
                    nested=nested,
                )
                for name, inner in fields_of(part, self._aliases).items()
            }
            return ObjectNode(path, part.key, fields, spans.get(pointer))
        if part.is_parted(list):
            items = [
                self._node(inner, (*path, EACH), f"{pointer}/{index}", spans, nested=True)
                for index, inner in enumerate(items_of(part))
            ]
            return ListNode(path, part.key, items, nested)
        return ValueNode(path, part)

    def merge(self, old: Node, new: Node) -> Node:
        """Merge the values of two chunks at a place outside lists; return the result."""
        if isinstance(old, ObjectNode) and isinstance(new, ObjectNode):
            for name, inner in new.fields.items():
                known = old.fields.get(name)
                old.fields[name] = inner if known is None else self.merge(known, inner)
            self._join_passage(old, new)
            return old
        if isinstance(old, ListNode) and isinstance(new, ListNode):
            return self._merge_lists(old, new)
        return self._strongest(old, new) or (new if is_null(old) else old)

    def _merge_lists(self, old: ListNode, new: ListNode) -> ListNode:
        is_same = self._rule_for(old)
        # Only an item of an earlier chunk can be the same, because a chunk names each item once.
        earlier = list(old.items)
        for item in new.items:
            twin = next((known for known in earlier if is_same(known, item)), None)
            if twin is None:
                old.items.append(item)
            else:
                self._complete(twin, item)
        return old

    def _complete(self, old: Node, new: Node, *, whole: bool = True) -> None:
        """Complete an item, in place, from the same item of a later chunk.

        Lists are combined, nulls are filled and passages that were cut between chunks are joined.
        In an object inside an item (``whole`` is false), nulls and lists without ``SameItem`` are
        left as they are.
        """
        if not (isinstance(old, ObjectNode) and isinstance(new, ObjectNode)):
            return
        for name, inner in new.fields.items():
            known = old.fields.get(name)
            if known is None or (is_null(known) and whole):
                old.fields[name] = inner
            elif isinstance(known, ListNode) and isinstance(inner, ListNode):
                if whole or self._role_of(inner, SameItem):
                    self._merge_lists(known, inner)
            elif isinstance(inner, ObjectNode):
                if inner.path in self._deep:
                    self._complete(known, inner, whole=False)
            elif strongest := self._strongest(known, inner):
                old.fields[name] = strongest
        self._join_passage(old, new)

    def _join_passage(self, old: ObjectNode, new: ObjectNode) -> None:
        if old.path in self._passages and old.span and new.span and shared_characters(old, new) > 0:
            old.span = min(old.span[0], new.span[0]), max(old.span[1], new.span[1])

    def _strongest(self, old: Node, new: Node) -> Node | None:
        """Return the stronger of two values, or None if they are not ranked."""
        declared = self._roles.at(old.path)
        if declared is None or declared.get(Strongest) is None:
            return None
        ranks = [
            declared.values.index(value)
            for value in (dumped(old), dumped(new))
            if value in declared.values
        ]
        if len(ranks) < 2:
            return None
        return old if ranks[0] <= ranks[1] else new

    def _role_of(self, node: Node, kind: type[R]) -> R | None:
        declared = self._roles.at(node.path)
        return None if declared is None else declared.get(kind)

    def _rule_for(self, items: ListNode) -> IsSame:
        """Return the rule that decides whether two items of a list are the same."""
        role = self._role_of(items, SameItem)
        if role is None:
            element = self._roles.at((*items.path, EACH))
            if element is not None and element.get(Refers) is not None:
                return _is_same_reference
            return is_equal if items.nested else self._is_equal_but_for_quote
        if role.overlap is None:
            return any_same_name(role.any_of)
        references = {
            declared.path[-1]
            for declared in self._roles.having(Refers)
            if declared.path[:-1] == (*items.path, EACH)
        }
        return same_place(role.overlap, role.equal, references)

    def _is_equal_but_for_quote(self, old: Node, new: Node) -> bool:
        if not (isinstance(old, ObjectNode) and isinstance(new, ObjectNode)):
            return is_equal(old, new)
        key = self._quote_key(new)
        if text_without(old, key) != text_without(new, key):
            return False
        return key not in new.fields or quotes_overlap(old, new, HALF)

    def _quote_key(self, item: ObjectNode) -> str:
        return self._roles.quote_key_of.get(item.path, QUOTE_KEY)

    def finished(self, node: Node, text: str) -> Answered:
        """Return a part of the merged record, with sorted items and passages read from ``text``."""
        if isinstance(node, ObjectNode):
            fields = {name: self.finished(inner, text) for name, inner in node.fields.items()}
            passage = self._passages.get(node.path)
            if passage in fields and node.span:
                quote = text[slice(*node.span)]
                fields[passage] = Answered(quote, quote, fields[passage].key)
            return object_of(fields, key=node.key)
        if isinstance(node, ListNode):
            items = node.items
            if not node.nested or self._role_of(node, SameItem):
                items = sorted(items, key=start_of)
            return list_of([self.finished(item, text) for item in items], key=node.key)
        return node.part


def _is_same_reference(old: Node, new: Node) -> bool:
    """Return whether two references name the same item, in any spelling."""
    return is_equal(old, new) or is_same_name(dumped(old), dumped(new))
