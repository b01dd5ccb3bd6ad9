"""Putting the records of an article's parts together, so that nothing is in the whole twice."""

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

_PASSAGE = "speaker"
"""The key of items whose quote is a passage, that is what was said, and not only where an item is read."""

_RELEVANCE = ("movement", "related", "unrelated")


@dataclass(frozen=True)
class ChunkRecord:
    """The data of one part's record, and the spans of its items in the whole article, by pointer."""

    data: Any
    spans: Mapping[str, Span]


@dataclass
class _Placed:
    item: Any
    span: Span | None


def merge_records(parts: Sequence[ChunkRecord], kind: str | None, text: str) -> Any:
    """Return one record's data for the parts of an article, in order, with items that two parts share once.

    Two items are the same if their schema's own identity says so, else if they agree in all but the quote and their quotes overlap
    (items without quotes: if they are equal). Objects are merged key by key; scalars are taken from the first part that has them.
    """
    whole = _placed(parts[0].data, "", parts[0].spans)
    for part in parts[1:]:
        whole = _merge(
            whole, _placed(part.data, "", part.spans), "", _IDENTITIES.get(kind or "", {})
        )
    return unify_names(_unplaced(whole, text), kind)


def _placed(data: Any, pointer: str, spans: Mapping[str, Span]) -> Any:
    """Return data with each item of its lists as a value that knows its place; lists inside items stay as they are."""
    if isinstance(data, dict):
        return {
            key: _placed(value, child_pointer(pointer, key), spans) for key, value in data.items()
        }
    if isinstance(data, list):
        return [
            _Placed(copy.deepcopy(item), spans.get(f"{pointer}/{index}"))
            for index, item in enumerate(data)
        ]
    return data


def _merge(
    old: Any, new: Any, name: str, same: Mapping[str, Callable[[_Placed, _Placed], bool]]
) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return {key: _merge(old.get(key), new.get(key), key, same) for key in {**old, **new}}
    if isinstance(old, list) and isinstance(new, list):
        return _join(old, new, same.get(name, _equal_but_for_quote))
    if name == "relevance" and old in _RELEVANCE and new in _RELEVANCE:
        return min(old, new, key=_RELEVANCE.index)
    return new if old is None else old


def _unplaced(data: Any, text: str) -> Any:
    if isinstance(data, dict):
        return {key: _unplaced(value, text) for key, value in data.items()}
    return (
        [_quoted(placed, text) for placed in sorted(data, key=_begin)]
        if isinstance(data, list)
        else data
    )


def unify_names(data: Any, kind: str | None) -> Any:
    """Return a record's data in which statements name their speakers as people are named, also where a part or a sample spelled them otherwise.

    Changed in place; a schema whose items do not name one another stays as it is.
    """
    if kind not in _IDENTITIES:
        return data
    names = [person["name"] for person in data["people"]]
    for statement in data["statements"]:
        statement["speaker"] = next(
            (name for name in names if _is_same_name(name, statement["speaker"])),
            statement["speaker"],
        )
    return data


def _join(
    whole: list[_Placed], more: list[_Placed], same: Callable[[_Placed, _Placed], bool]
) -> list[_Placed]:
    joined = list(whole)
    for new in more:
        # Only an item of an earlier part can be the same one: within a part the model has told them apart.
        twin = next((old for old in whole if same(old, new)), None)
        if twin is None:
            joined.append(new)
        else:
            _absorb(twin, new)
    return joined


def _absorb(old: _Placed, new: _Placed) -> None:
    """Complete an item by what a later part says of it: lists are united, nulls filled, and a passage that was cut is joined."""
    if not isinstance(old.item, dict):
        return
    for key, value in new.item.items():
        known = old.item[key]
        if isinstance(value, list):
            old.item[key] = known + [one for one in value if one not in known]
        elif known is None:
            old.item[key] = value
    if old.span and new.span and _PASSAGE in new.item and _shared(old, new) > 0:
        old.span = min(old.span[0], new.span[0]), max(old.span[1], new.span[1])


def _begin(placed: _Placed) -> tuple[bool, int]:
    return placed.span is None, placed.span[0] if placed.span else 0


def _quoted(placed: _Placed, text: str) -> Any:
    """Return an item; a passage is quoted whole again, from where it was placed."""
    if placed.span and isinstance(placed.item, dict) and _PASSAGE in placed.item:
        return {**placed.item, QUOTE: text[slice(*placed.span)]}
    return placed.item


def _shared(old: _Placed, new: _Placed) -> int:
    """Return how many characters the quotes of two items share in the article."""
    if old.span is None or new.span is None:
        return 0
    return min(old.span[1], new.span[1]) - max(old.span[0], new.span[0])


def _overlap(old: _Placed, new: _Placed) -> bool:
    shorter = (
        min(span[1] - span[0] for span in (old.span, new.span) if span)
        if old.span and new.span
        else 0
    )
    return shorter > 0 and _shared(old, new) * 2 >= shorter


def _is_same_name(first: str | None, second: str | None) -> bool:
    """Whether two names are the same words in any spelling."""
    if not first or not second:
        return False
    form, other = comparison_form(first.strip()), comparison_form(second.strip())
    return (0, len(form.letters)) in form.find_all(other)


def _equal_but_for_quote(old: _Placed, new: _Placed) -> bool:
    if not isinstance(new.item, dict) or not isinstance(old.item, dict):
        return bool(old.item == new.item)
    rest = [
        json.dumps(
            {key: value for key, value in placed.item.items() if key != QUOTE}, sort_keys=True
        )
        for placed in (old, new)
    ]
    return rest[0] == rest[1] and (QUOTE not in new.item or _overlap(old, new))


def _by_name(*fields: str) -> Callable[[_Placed, _Placed], bool]:
    def same(old: _Placed, new: _Placed) -> bool:
        return any(_is_same_name(old.item[field], new.item[field]) for field in fields)

    return same


def _by_place(*fields: str) -> Callable[[_Placed, _Placed], bool]:
    def same(old: _Placed, new: _Placed) -> bool:
        return _overlap(old, new) and all(old.item[field] == new.item[field] for field in fields)

    return same


def _by_passage(old: _Placed, new: _Placed) -> bool:
    # Of a passage that the cut went through, each part has quoted what it saw.
    return bool(old.item[_PASSAGE] == new.item[_PASSAGE]) and _shared(old, new) > 0


_IDENTITIES: Mapping[str, Mapping[str, Callable[[_Placed, _Placed], bool]]] = {
    "movement_report/1": {
        "events": _by_place("kind"),
        "people": _by_name("name"),
        "statements": _by_passage,
        "indicators": _by_place("value", "total"),
        "community_models": _by_name("name"),
        "awards": _by_place("recipients", "form", "count"),
        "documents": _by_name("number", "title"),
    }
}
"""What makes two items of a list the same one: an equal name, or overlapping quotes with equal fields."""
