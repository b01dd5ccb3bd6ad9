"""Replacing stretches of a text, with a map from the new positions back to the original ones."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import chain


class OffsetMap:
    """A map from each character of a rewritten text to its position in the original.

    If nothing was replaced, positions are unchanged.
    """

    __slots__ = ("_from", "_to", "_wide")

    def __init__(
        self, starts: Sequence[int] = (), ends: Sequence[int] = (), replaced: Sequence[str] = ()
    ) -> None:
        """Create the map for a text that ``rewritten`` returned, from the same replacements."""
        # From ``_from[i]`` on, original positions count up from ``_to[i]``.
        self._from: list[int] = []
        self._to: list[int] = []
        # For each character that replaces a stretch, the end of the stretch in the original.
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
        """Whether every character is at its original position."""
        return not self._from

    def start_of(self, position: int) -> int:
        """Return the start of a character in the original."""
        index = bisect_right(self._from, position) - 1
        return position if index < 0 else self._to[index] + position - self._from[index]

    def end_of(self, position: int) -> int:
        """Return the end in the original of a character, or of the stretch that it replaces."""
        return self._wide.get(position) or self.start_of(position) + 1

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the original that corresponds to a non-empty stretch."""
        return self.start_of(start), self.end_of(end - 1)


def rewritten(
    text: str, starts: Sequence[int], ends: Sequence[int], replaced: Sequence[str]
) -> str:
    """Return the text with each stretch replaced; ``starts`` and ``ends`` must be in order."""
    kept = [text[end:start] for end, start in zip((0, *ends), (*starts, len(text)), strict=True)]
    return "".join(chain.from_iterable(zip(kept, (*replaced, ""), strict=True)))
