"""Finding the items of a record in their article, by their quotes."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from antq_llm.core.json_pointer import child_pointer, parent_of, value_at
from antq_llm.evidence.alignment import Aligner, Occurrence
from antq_llm.evidence.spans import Evidence

QUOTE = "quote"
"""The key that makes an object of a record an item with evidence, whatever the schema."""


@dataclass(frozen=True, slots=True)
class Grounding:
    """The result of finding the quotes of a record."""

    data: Any
    """The record's data with each quote in the article's own characters."""
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]
    """The pointers of the items whose quotes were not found."""


def ground(data: Any, aligner: Aligner) -> Grounding:
    """Find the quote of every item in an article, without changing ``data``.

    Of several occurrences of a quote, the one nearest to the neighbouring items of its list is
    taken, in their order if possible.
    """
    items = items_with_quotes(data)
    found = [aligner.find(item[QUOTE]) for _, item in items]
    evidence: list[Evidence] = []
    spellings: list[tuple[str, str]] = []
    for index, ((pointer, item), places) in enumerate(zip(items, found, strict=True)):
        if not places:
            continue
        place = (
            places[0]
            if len(places) == 1
            else _nearest(places, *_neighbours(index, items, found, evidence))
        )
        start, end, match = place
        evidence.append(Evidence(pointer=pointer, start=start, end=end, match=match))
        if match != "exact" or end - start != len(item[QUOTE]):
            spellings.append((pointer, aligner.text[start:end]))
    missing = (
        ()
        if len(evidence) == len(items)
        else tuple(pointer for (pointer, _), places in zip(items, found, strict=True) if not places)
    )
    return Grounding(_respelled(data, spellings), tuple(evidence), missing)


def items_with_quotes(data: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return the JSON Pointer and the object of each item with a quote, in document order."""
    found: list[tuple[str, dict[str, Any]]] = []
    _collect(data, "", found)
    return found


def _collect(data: Any, pointer: str, found: list[tuple[str, dict[str, Any]]]) -> None:
    if isinstance(data, dict):
        if isinstance(data.get(QUOTE), str):
            found.append((pointer, data))
        for key, value in data.items():
            if value and isinstance(value, dict | list):
                _collect(value, child_pointer(pointer, key), found)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            if isinstance(value, dict | list) and value:
                _collect(value, f"{pointer}/{index}", found)


def _neighbours(
    index: int,
    items: list[tuple[str, dict[str, Any]]],
    found: list[list[Occurrence]],
    placed: list[Evidence],
) -> tuple[Evidence | None, Occurrence | None]:
    """Return the evidence of the previous item of the list, and the next unambiguous occurrence.

    That of the next item of the list whose quote occurs only once.
    """
    group = parent_of(items[index][0])
    own = f"{group}/"
    before = placed[-1] if placed and placed[-1].pointer.startswith(own) else None
    after = next(
        (
            found[later][0]
            for later in range(index + 1, len(items))
            if parent_of(items[later][0]) == group and len(found[later]) == 1
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


def _respelled(data: Any, spellings: list[tuple[str, str]]) -> Any:
    if not spellings:
        return data
    respelled = copy.deepcopy(data)
    for pointer, quote in spellings:
        value_at(respelled, pointer)[QUOTE] = quote
    return respelled
