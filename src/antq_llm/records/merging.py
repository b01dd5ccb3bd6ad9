"""Merging the records of an article's chunks, so that nothing is in the record twice."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from antq_llm.core.json_pointer import child_pointer
from antq_llm.evidence.grounding import QUOTE
from antq_llm.evidence.spans import Span
from antq_llm.text.comparison_form import comparison_form

_SPEAKER = "speaker"
"""The key of items whose quote is a passage: all that was said, not only where the item is read."""

_RELEVANCES = ("movement", "related", "unrelated")
"""The strongest first: of two, the first in this order is kept."""


@dataclass(frozen=True)
class ChunkRecord:
    """The data of one chunk's record.

    ``spans`` are those of its items in the whole article, by pointer.
    """

    data: Any
    spans: Mapping[str, Span]


@dataclass
class _LocatedItem:
    """An item of a list, with the span of its quote in the article."""

    item: Any
    span: Span | None


_SameItem = Callable[[_LocatedItem, _LocatedItem], bool]


def merge_records(chunks: Sequence[ChunkRecord], kind: str | None, text: str) -> Any:
    """Return the data of one record for the chunks of an article, given in order.

    Items of two chunks are the same if the rule for their list says so; without a rule, if they
    agree in all but the quote and their quotes overlap (items without a quote: if they are equal).
    Objects are merged key by key; a scalar is taken from the first chunk that has it.
    """
    rules = _SAME_ITEM.get(kind or "", {})
    merged = _with_spans(chunks[0].data, "", chunks[0].spans)
    for chunk in chunks[1:]:
        merged = _merge(merged, _with_spans(chunk.data, "", chunk.spans), "", rules)
    return unify_names(_in_order(merged, text), kind)


def unify_names(data: Any, kind: str | None) -> Any:
    """Spell speakers as the people of the record are spelled, in place, and return the data.

    Chunks and samples may spell a name differently. Data of other schemas stays as it is.
    """
    if kind not in _SAME_ITEM:
        return data
    names = [person["name"] for person in data["people"]]
    for statement in data["statements"]:
        speaker = statement[_SPEAKER]
        statement[_SPEAKER] = next(
            (name for name in names if _is_same_name(name, speaker)), speaker
        )
    return data


def _with_spans(data: Any, pointer: str, spans: Mapping[str, Span]) -> Any:
    """Return data with the items of its lists located; lists inside items stay as they are."""
    if isinstance(data, dict):
        return {
            key: _with_spans(value, child_pointer(pointer, key), spans)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [
            _LocatedItem(copy.deepcopy(item), spans.get(f"{pointer}/{index}"))
            for index, item in enumerate(data)
        ]
    return data


def _in_order(data: Any, text: str) -> Any:
    """Return data with plain items again, in the order of their quotes in the article."""
    if isinstance(data, dict):
        return {key: _in_order(value, text) for key, value in data.items()}
    if isinstance(data, list):
        return [_quoted(located, text) for located in sorted(data, key=_start)]
    return data


def _merge(old: Any, new: Any, name: str, rules: Mapping[str, _SameItem]) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return {key: _merge(old.get(key), new.get(key), key, rules) for key in {**old, **new}}
    if isinstance(old, list) and isinstance(new, list):
        return _merge_items(old, new, rules.get(name, _equal_but_for_quote))
    if name == "relevance" and old in _RELEVANCES and new in _RELEVANCES:
        return min(old, new, key=_RELEVANCES.index)
    return new if old is None else old


def _merge_items(
    earlier: list[_LocatedItem], later: list[_LocatedItem], is_same: _SameItem
) -> list[_LocatedItem]:
    merged = list(earlier)
    for new in later:
        # Only an item of an earlier chunk can be the same: a chunk names each item once.
        twin = next((old for old in earlier if is_same(old, new)), None)
        if twin is None:
            merged.append(new)
        else:
            _complete(twin, new)
    return merged


def _complete(old: _LocatedItem, new: _LocatedItem) -> None:
    """Complete an item, in place, from the same item of a later chunk.

    Lists are united, nulls are filled, and a passage that was cut between chunks is joined.
    """
    if not isinstance(old.item, dict):
        return
    for key, value in new.item.items():
        known = old.item[key]
        if isinstance(value, list):
            old.item[key] = known + [element for element in value if element not in known]
        elif known is None:
            old.item[key] = value
    if old.span and new.span and _SPEAKER in new.item and _shared_characters(old, new) > 0:
        old.span = min(old.span[0], new.span[0]), max(old.span[1], new.span[1])


def _start(located: _LocatedItem) -> tuple[bool, int]:
    return located.span is None, located.span[0] if located.span else 0


def _quoted(located: _LocatedItem, text: str) -> Any:
    """Return an item; a passage is quoted anew from its span."""
    if located.span and isinstance(located.item, dict) and _SPEAKER in located.item:
        return {**located.item, QUOTE: text[slice(*located.span)]}
    return located.item


def _shared_characters(old: _LocatedItem, new: _LocatedItem) -> int:
    """Return how many characters of the article the quotes of two items share."""
    if old.span is None or new.span is None:
        return 0
    return min(old.span[1], new.span[1]) - max(old.span[0], new.span[0])


def _overlap(old: _LocatedItem, new: _LocatedItem) -> bool:
    """Whether two quotes share at least half of the shorter one."""
    if old.span is None or new.span is None:
        return False
    shorter = min(end - start for start, end in (old.span, new.span))
    return shorter > 0 and _shared_characters(old, new) * 2 >= shorter


def _is_same_name(name: str | None, other: str | None) -> bool:
    """Whether two names are the same words in any spelling."""
    if not name or not other:
        return False
    form = comparison_form(name.strip())
    return (0, len(form.letters)) in form.find_all(comparison_form(other.strip()))


def _equal_but_for_quote(old: _LocatedItem, new: _LocatedItem) -> bool:
    if not isinstance(new.item, dict) or not isinstance(old.item, dict):
        return bool(old.item == new.item)
    return _without_quote(old.item) == _without_quote(new.item) and (
        QUOTE not in new.item or _overlap(old, new)
    )


def _without_quote(item: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in item.items() if key != QUOTE}
    return json.dumps(rest, sort_keys=True)


def _any_same_name(*fields: str) -> _SameItem:
    def is_same(old: _LocatedItem, new: _LocatedItem) -> bool:
        return any(_is_same_name(old.item[field], new.item[field]) for field in fields)

    return is_same


def _same_place(*fields: str) -> _SameItem:
    def is_same(old: _LocatedItem, new: _LocatedItem) -> bool:
        return _overlap(old, new) and all(old.item[field] == new.item[field] for field in fields)

    return is_same


def _same_passage(old: _LocatedItem, new: _LocatedItem) -> bool:
    # Of a passage that was cut between chunks, each chunk quotes what it has.
    return bool(old.item[_SPEAKER] == new.item[_SPEAKER]) and _shared_characters(old, new) > 0


_SAME_ITEM: Mapping[str, Mapping[str, _SameItem]] = {
    "movement_report/1": {
        "events": _same_place("kind"),
        "people": _any_same_name("name"),
        "statements": _same_passage,
        "indicators": _same_place("value", "total"),
        "community_models": _any_same_name("name"),
        "awards": _same_place("recipients", "form", "count"),
        "documents": _any_same_name("number", "title"),
    }
}
"""When two items of a list are the same: an equal name, or overlapping quotes with equal fields."""
