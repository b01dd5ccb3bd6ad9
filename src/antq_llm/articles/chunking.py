"""Splitting a text that is too long for one request at its paragraphs, with overlap, and the way back to its offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD_CHARACTERS = 800
"""How much of the beginning goes before every later part: the title and the stamp settle what stands further down."""
OVERLAP_SHARE = 0.1
_GAP = "\n\n[…]\n\n"
_BREAKS = (re.compile(r"\n\s*"), re.compile(r"(?<=[.!?…])\s+"), re.compile(r"\s+"))


@dataclass(frozen=True, slots=True)
class Chunk:
    """One part of a text as it is sent: the head of the whole, then a stretch of it."""

    text: str
    head: int
    """How many characters of the whole's beginning stand first; 0 in the first part."""
    start: int
    """Where the stretch begins in the whole, in code points."""

    def offset_in_text(self, position: int) -> int:
        """Return a position of the part as a position of the whole."""
        return (
            position
            if position < self.head
            else position - (self.head + len(_GAP) if self.head else 0) + self.start
        )


def split_text(text: str, size: int) -> list[Chunk]:
    """Return a text in parts of at most ``size`` characters, cut between paragraphs, else sentences, else words; one part if it fits."""
    if len(text) <= size:
        return [Chunk(text, 0, 0)]
    head = _cut(text, 0, min(HEAD_CHARACTERS, size // 4))
    parts: list[Chunk] = []
    start = 0
    while True:
        room = size if not parts else size - head - len(_GAP)
        end = _cut(text, start, room)
        body = text[start:end]
        parts.append(
            Chunk(body, 0, 0) if not parts else Chunk(text[:head] + _GAP + body, head, start)
        )
        if end >= len(text):
            return parts
        start = max(_overlap_start(text, end, int(room * OVERLAP_SHARE)), start + 1)


def _cut(text: str, start: int, room: int) -> int:
    """Return where a part that begins at ``start`` ends."""
    limit = start + room
    if limit >= len(text):
        return len(text)
    for pattern in _BREAKS:
        ends = [match.start() for match in pattern.finditer(text, start + room // 2, limit)]
        if ends:
            return ends[-1]
    return limit


def _overlap_start(text: str, end: int, overlap: int) -> int:
    for pattern in _BREAKS:
        if match := pattern.search(text, end - overlap, end):
            return match.end()
    return end - overlap
