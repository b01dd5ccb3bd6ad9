"""Splitting a long text into overlapping chunks, and mapping chunk offsets back to the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD_CHARACTERS = 800
"""Maximum length, in characters, of the head (title and dateline) that later chunks repeat."""
OVERLAP_SHARE = 0.1
# Sent to the model: do not edit.
_GAP = "\n\n[…]\n\n"
_BREAKS = (re.compile(r"\n\s*"), re.compile(r"(?<=[.!?…])\s+"), re.compile(r"\s+"))


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk as sent: the head of the text (except in the first chunk), then a stretch of text."""

    text: str
    head: int
    """The length of the repeated head in characters; 0 in the first chunk."""
    start: int
    """The offset in the whole text, in code points, at which the stretch begins."""

    def offset_in_text(self, offset: int) -> int:
        """Return the offset in the whole text that corresponds to an offset in this chunk."""
        if offset < self.head:
            return offset
        skipped = self.head + len(_GAP) if self.head else 0
        return offset - skipped + self.start


def split_text(text: str, size: int) -> list[Chunk]:
    """Split a text into chunks of at most ``size`` characters; a text that fits is one chunk.

    The text is cut between paragraphs if possible, else between sentences, else between words,
    else at the size limit.
    """
    if len(text) <= size:
        return [Chunk(text, 0, 0)]
    head = _cut(text, 0, min(HEAD_CHARACTERS, size // 4))
    chunks: list[Chunk] = []
    start = 0
    while True:
        room = size if not chunks else size - head - len(_GAP)
        end = _cut(text, start, room)
        stretch = text[start:end]
        chunks.append(
            Chunk(stretch, 0, 0) if not chunks else Chunk(text[:head] + _GAP + stretch, head, start)
        )
        if end >= len(text):
            return chunks
        start = max(_overlap_start(text, end, int(room * OVERLAP_SHARE)), start + 1)


def _cut(text: str, start: int, room: int) -> int:
    """Return the end of a stretch of at most ``room`` characters that begins at ``start``."""
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
