"""Texts rewritten here and there, and the map from every position back to the original."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import chain


class OffsetMap:
    """Where each character of a rewritten text stands in the original; without rewritten places, where it stands itself."""

    __slots__ = ("_from", "_to", "_wide")

    def __init__(
        self, starts: Sequence[int] = (), ends: Sequence[int] = (), replaced: Sequence[str] = ()
    ) -> None:
        """Make the map of a text ``rewritten`` with the same stretches."""
        # From a position in ``_from`` on, the original is counted on from that in ``_to``, one by one.
        self._from: list[int] = []
        self._to: list[int] = []
        # The original end of each character that stands for a stretch.
        self._wide: dict[int, int] = {}
        position = done = 0
        for start, end, characters in zip(starts, ends, replaced, strict=True):
            position += start - done
            for _ in characters:
                self._from.append(position)
                self._to.append(start)
                self._wide[position] = end
                position += 1
            self._from.append(position)
            self._to.append(end)
            done = end

    @property
    def is_identity(self) -> bool:
        """Whether every character stands where it stands in the original."""
        return not self._from

    def start_of(self, position: int) -> int:
        """Return where a character begins in the original."""
        index = bisect_right(self._from, position) - 1
        return position if index < 0 else self._to[index] + position - self._from[index]

    def end_of(self, position: int) -> int:
        """Return where a character ends in the original, its combining marks included."""
        return self._wide.get(position) or self.start_of(position) + 1

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the original of a stretch of at least one character."""
        return self.start_of(start), self.end_of(end - 1)


def rewritten(
    text: str, starts: Sequence[int], ends: Sequence[int], replaced: Sequence[str]
) -> str:
    """Return a text with stretches of it replaced; their starts and ends in order, and what stands there instead."""
    kept = [text[end:start] for end, start in zip((0, *ends), (*starts, len(text)), strict=True)]
    return "".join(chain.from_iterable(zip(kept, (*replaced, ""), strict=True)))
