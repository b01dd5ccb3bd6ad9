"""Search for the quotes of a record in its article."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from antq_llm.core.json_pointer import child_pointer, parent_of, value_at
from antq_llm.evidence.alignment import Aligner, Occurrence
from antq_llm.evidence.spans import Evidence

QUOTE = "quote"
"""The key of a quote in any schema; a schema can also declare other keys."""
_EACH = "*"
_CONTAINERS = (dict, list)
"""The types of containers; a tuple, because ``isinstance`` is slower with a union."""


class QuotePaths:
    """A tree of paths to quotes whose keys are not ``quote``."""

    def __init__(self, paths: Iterable[tuple[str, ...]] = ()) -> None:
        """Build the tree; ``*`` in a path matches any item of a list and any value of a map."""
        self.key: str | None = None
        inside: dict[str, list[tuple[str, ...]]] = {}
        for first, *rest in paths:
            if rest:
                inside.setdefault(first, []).append(tuple(rest))
            else:
                self.key = first
        self._children = {key: QuotePaths(below) for key, below in inside.items()}

    def __bool__(self) -> bool:
        return self.key is not None or bool(self._children)

    def below(self, key: str) -> list[QuotePaths]:
        """Return the subtrees for the objects under a key."""
        steps = (key,) if key == _EACH else (key, _EACH)
        return [self._children[step] for step in steps if step in self._children]


NO_QUOTE_PATHS = QuotePaths()


class QuotedItem(NamedTuple):
    """An object with a quote, and the quote's key."""

    pointer: str
    item: dict[str, Any]
    key: str

    @property
    def quote(self) -> str:
        """The text of the quote."""
        return str(self.item[self.key])


@dataclass(frozen=True, slots=True)
class Grounding:
    """The result of the search for a record's quotes in its article."""

    original: Any
    """The record's data, with the quotes unchanged."""
    items: tuple[QuotedItem, ...]
    """The items with a quote, in document order."""
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]
    """Pointers to the items whose quotes were not found."""
    spellings: Mapping[str, str]
    """The article's text for quotes that the record spells differently, by pointer to the item."""

    @property
    def data(self) -> Any:
        """The record's data; the quotes that were found are spelled as in the article."""
        if not self.spellings:
            return self.original
        respelled = copy.deepcopy(self.original)
        for quoted in self.items:
            if quoted.pointer in self.spellings:
                value_at(respelled, quoted.pointer)[quoted.key] = self.spellings[quoted.pointer]
        return respelled


def ground(data: Any, aligner: Aligner, paths: QuotePaths = NO_QUOTE_PATHS) -> Grounding:
    """Find every item's quote in the article, without changing ``data``.

    If a quote occurs several times, an occurrence that keeps the order of the list is preferred. If
    there are several of these, the one nearest to a neighbouring item's quote is chosen.
    """
    items = quoted_items(data, paths)
    found = [aligner.find(quoted.item[quoted.key]) for quoted in items]
    evidence: list[Evidence] = []
    spellings: dict[str, str] = {}
    for index, (quoted, places) in enumerate(zip(items, found, strict=True)):
        if not places:
            continue
        place = (
            places[0]
            if len(places) == 1
            else _nearest(places, *_neighbours(index, items, found, evidence))
        )
        start, end, match = place
        evidence.append(Evidence(pointer=quoted.pointer, start=start, end=end, match=match))
        if match != "exact" or end - start != len(quoted.item[quoted.key]):
            spellings[quoted.pointer] = aligner.text[start:end]
    missing = (
        ()
        if len(evidence) == len(items)
        else tuple(
            quoted.pointer for quoted, places in zip(items, found, strict=True) if not places
        )
    )
    return Grounding(data, tuple(items), tuple(evidence), missing, spellings)


def items_with_quotes(data: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return the JSON Pointer and the object of each item with a ``quote``, in document order."""
    return [(quoted.pointer, quoted.item) for quoted in quoted_items(data)]


def quoted_items(data: Any, paths: QuotePaths = NO_QUOTE_PATHS) -> list[QuotedItem]:
    """Return the items with a quote, in document order."""
    found: list[QuotedItem] = []
    if isinstance(data, _CONTAINERS):
        _collect(data, "", [paths] if paths else [], found)
    return found


def _collect(data: Any, pointer: str, paths: list[QuotePaths], found: list[QuotedItem]) -> None:
    if isinstance(data, dict):
        key = QUOTE if isinstance(data.get(QUOTE), str) else _other_quote_key(data, paths)
        if key is not None:
            found.append(QuotedItem(pointer, data, key))
        for name, value in data.items():
            if isinstance(value, _CONTAINERS) and value:
                below = _below(paths, name) if paths else paths
                _collect(value, child_pointer(pointer, name), below, found)
    else:
        inner = _below(paths, _EACH) if paths else paths
        for index, value in enumerate(data):
            if isinstance(value, _CONTAINERS) and value:
                _collect(value, f"{pointer}/{index}", inner, found)


def _other_quote_key(data: dict[str, Any], paths: list[QuotePaths]) -> str | None:
    for path in paths:
        if path.key is not None and isinstance(data.get(path.key), str):
            return path.key
    return None


def _below(paths: list[QuotePaths], key: str) -> list[QuotePaths]:
    return [below for path in paths for below in path.below(key)]


def _neighbours(
    index: int, items: list[QuotedItem], found: list[list[Occurrence]], placed: list[Evidence]
) -> tuple[Evidence | None, Occurrence | None]:
    """Return the previous item's evidence and the occurrence of the next unambiguous quote.

    A quote is unambiguous if it occurs only once. Items of other lists are ignored.
    """
    group = parent_of(items[index].pointer)
    own = f"{group}/"
    before = placed[-1] if placed and placed[-1].pointer.startswith(own) else None
    after = next(
        (
            found[later][0]
            for later in range(index + 1, len(items))
            if parent_of(items[later].pointer) == group and len(found[later]) == 1
        ),
        None,
    )
    return before, after


def _nearest(
    places: list[Occurrence], before: Evidence | None, after: Occurrence | None
) -> Occurrence:
    def cost(place: Occurrence) -> tuple[bool, int, int]:
        out_of_order = (before is not None and place.start < before.start) or (
            after is not None and place.start > after.start
        )
        gaps = [abs(place.start - before.start)] if before else []
        gaps += [abs(after.start - place.start)] if after else []
        return out_of_order, min(gaps, default=0), place.start

    return min(places, key=cost)
