"""Quotes abbreviated as ``first words … last words``."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

MAX_ELISION = 6000
"""Maximum number of characters omitted between the first words and the last words."""
MIN_ELIDED_CHARACTERS = 8
"""Minimum number of characters of a quote on each side of the omission."""

_ELISION = re.compile(r"\s*(?:\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\.\.)\s*")

Span = tuple[int, int]


def split_at_elision(quote: str) -> tuple[str, str] | None:
    """Return the first and last words of an abbreviated quote; None for other quotes."""
    parts = [part for part in _ELISION.split(quote) if part]
    if len(parts) != 2 or min(map(len, parts)) < MIN_ELIDED_CHARACTERS:
        return None
    return parts[0], parts[1]


def join_elided(heads: Sequence[Span], tails: Sequence[Span]) -> list[Span]:
    """Return the spans from each head to its tail.

    ``heads`` and ``tails`` are the spans of the first and the last words, in order. If two tails
    follow a head or two heads precede a tail, it is unclear which belong together, and the list is
    empty.
    """
    starts = [start for start, _ in tails]
    reachable = [
        (head, tails[bisect_left(starts, head[1]) : bisect_right(starts, head[1] + MAX_ELISION)])
        for head in heads
    ]
    reachable = [(head, followers) for head, followers in reachable if followers]
    passages = []
    for number, (head, followers) in enumerate(reachable, 1):
        own = followers
        if number < len(reachable):
            next_head = reachable[number][0]
            own = [tail for tail in followers if tail[0] < next_head[0]]
        if len(own) != 1:
            return []
        passages.append((head[0], own[0][1]))
    return passages
