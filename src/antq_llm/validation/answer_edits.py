"""Editing an answer's JSON: spelling quotes as in the article, and removing items.

A record's validators may change, move or join parts of an answer, so an item may have different
pointers in the record's dump and in the answer. In a list, an item is found by its quote or, if it
has no quote, by its value or index. In an object, a value is found by its key.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable, Mapping
from typing import Any

from antq_llm.core.json_pointer import (
    child_pointer,
    find_value,
    last_part,
    parent_of,
    remove_items,
    value_at,
)
from antq_llm.errors import SchemaError
from antq_llm.evidence.grounding import Grounding, QuotedItem
from antq_llm.schemas.base import Schema
from antq_llm.schemas.declared.references import map_entries

_ABSENT = object()


class AnswerEditor:
    """A copy of an answer's JSON in which the items of its record can be edited."""

    def __init__(
        self, answer: Any, data: Any, items: Iterable[QuotedItem], schema_name: str
    ) -> None:
        """Copy an answer; ``data`` is its record's dump, and ``items`` are the quoted items."""
        self.answer = _copied(answer)
        self._data = data
        self._quote_keys = {quoted.pointer: quoted.key for quoted in items}
        self._name = schema_name

    def respell(self, spellings: Mapping[str, str]) -> None:
        """Replace quotes in the answer; ``spellings`` has the new quote for each item's pointer."""
        # Find all places before changing any, because items are found by their old quotes.
        places = [(self._place(pointer), pointer) for pointer in spellings]
        for place, pointer in places:
            value_at(self.answer, place)[self._quote_keys[pointer]] = spellings[pointer]

    def remove(self, pointers: Iterable[str], map_entries: Container[str] = frozenset()) -> None:
        """Remove the list items and ``map_entries`` at the pointers; set other values to null."""
        places = {pointer: self._place(pointer) for pointer in pointers}
        entries = {place for pointer, place in places.items() if pointer in map_entries}
        remove_items(self.answer, set(places.values()), entries)

    def has(self, pointer: str) -> bool:
        """Return whether the value at a pointer into the dump can be found in the answer."""
        try:
            self._place(pointer)
        except SchemaError:
            return False
        return True

    def _place(self, pointer: str) -> str:
        """Return the pointer in the answer that corresponds to a pointer into the dump."""
        wanted = value_at(self._data, pointer)
        key = self._quote_keys.get(pointer)
        place = ""
        if pointer:
            holder, last = self._place(parent_of(pointer)), last_part(pointer)
            around = find_value(self.answer, holder, _ABSENT)
            siblings = value_at(self._data, parent_of(pointer))
            if isinstance(around, list) and isinstance(siblings, list):
                index = self._index(around, siblings, int(last), key)
                if index is None:
                    raise self._not_found(pointer)
                return child_pointer(holder, index)
            if not isinstance(around, dict):
                raise self._not_found(pointer)
            place = child_pointer(holder, last)
        # A value without a quote is found by its key, even if a validator changed it.
        if key is not None and not _has_quote(
            find_value(self.answer, place, _ABSENT), wanted[key], key
        ):
            raise self._not_found(pointer)
        return place

    def _index(
        self, around: list[Any], siblings: list[Any], index: int, key: str | None
    ) -> int | None:
        """Return the index, in the answer's list, of the item at ``index`` in the dump's list.

        Of several items with the same quote, those with the most equal values are candidates. The
        candidate at ``index`` is chosen; if there is none, equal items are matched in order.
        Returns None if the answer does not contain the item.
        """
        wanted = siblings[index]
        same = _indices_of(wanted, around, key)
        if not same:
            is_in_place = key is None and len(siblings) == len(around)
            return index if is_in_place else None
        if len(same) == 1:
            return same[0]
        likeness = {place: _likeness(around[place], wanted) for place in same}
        best = [place for place in same if likeness[place] == max(likeness.values())]
        if index in best:
            return index
        before = sum(bool(sibling == wanted) for sibling in siblings[:index])
        return best[min(before, len(best) - 1)]

    def _not_found(self, pointer: str) -> SchemaError:
        return SchemaError(
            f"{self._name}: a validator moved the item {pointer or '/'} of a record or changed its "
            "quote, so the item cannot be found in the model's answer. Write validators that leave "
            "quotes unchanged and keep items in their lists"
        )


def respelled_answer(answer: Any, grounding: Grounding, schema: Schema[Any]) -> Any:
    """Return a copy of an answer with its quotes spelled as in the article."""
    editor = AnswerEditor(answer, grounding.original, grounding.items, schema.reference)
    editor.respell(grounding.spellings)
    return editor.answer


def answer_without(
    answer: Any,
    data: Any,
    items: Iterable[QuotedItem],
    pointers: Iterable[str],
    schema: Schema[Any],
) -> Any:
    """Return a copy of an answer without the items at the given pointers into its record.

    ``data`` is the record's dump, and ``items`` are its items with a quote.
    """
    editor = AnswerEditor(answer, data, items, schema.reference)
    removed = list(pointers)
    editor.remove(removed, map_entries(data, removed, schema.roles))
    return editor.answer


def _indices_of(wanted: Any, around: list[Any], key: str | None) -> list[int]:
    """Return the indices of values that match an item of the dump, by quote if the item has one."""
    if key is None:
        return [index for index, value in enumerate(around) if value == wanted]
    quote = wanted[key]
    return [
        index
        for index, value in enumerate(around)
        if isinstance(value, dict) and value.get(key) == quote
    ] or [index for index, value in enumerate(around) if _has_quote(value, quote, key)]


def _has_quote(found: Any, quote: str, key: str) -> bool:
    own = found.get(key) if isinstance(found, dict) else None
    return own == quote or (isinstance(own, str) and _same_words(own) == _same_words(quote))


def _same_words(quote: str) -> str:
    """Return a quote in the form in which models often repeat it: in NFC, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", quote).split())


def _likeness(found: Any, wanted: Any) -> int:
    if not (isinstance(found, dict) and isinstance(wanted, dict)):
        return int(found == wanted)
    return sum(found.get(name, _ABSENT) == value for name, value in wanted.items())


def _copied(data: Any) -> Any:
    """Return a deep copy of JSON data, several times faster than ``copy.deepcopy``."""
    if isinstance(data, dict):
        return {key: _copied(value) for key, value in data.items()}
    return [_copied(value) for value in data] if isinstance(data, list) else data
