"""The text of an article with marked spans, which may overlap."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from antq_llm.pages.untrusted_text import escaped, visible


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked span of an article, in code points."""

    start: int
    end: int
    style: str
    """The class of the mark, for a list's colour (``colour_class``) or a warning."""
    target: str = ""
    """The target of the mark, such as the JSON Pointer of an item; empty if there is none."""
    title: str = ""
    """The tooltip of the mark."""
    is_on_top: bool = False
    """Whether the style of the mark is shown even where other marks cover the text."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text with its marks: those on top before others, shorter before longer."""

    start: int
    end: int
    marks: tuple[Mark, ...]


def segments(length: int, marks: Iterable[Mark]) -> list[Segment]:
    """Split a text of ``length`` code points where its marks start and end.

    Marks are cut off at the ends of the text, and empty marks are left out.
    """
    inside = [mark for mark in marks if max(mark.start, 0) < min(mark.end, length)]
    ends = {0, length}
    opening: dict[int, list[Mark]] = {}
    for mark in inside:
        start = max(mark.start, 0)
        ends |= {start, min(mark.end, length)}
        opening.setdefault(start, []).append(mark)
    places = sorted(ends)
    found: list[Segment] = []
    covering: list[Mark] = []
    for start, end in itertools.pairwise(places):
        covering = [mark for mark in covering if mark.end > start] + opening.get(start, [])
        shortest_first = sorted(
            covering, key=lambda mark: (not mark.is_on_top, mark.end - mark.start)
        )
        found.append(Segment(start, end, tuple(shortest_first)))
    return found


def marked_text(text: str, marks: Sequence[Mark]) -> Markup:
    """Return a text with its marks as HTML, for an element with ``white-space: pre-wrap``.

    Each marked stretch is a ``mark`` with the class ``antq-mark`` and the style of its first mark.
    The attribute ``data-targets`` has the targets of all marks of the stretch, separated by spaces.
    """
    return Markup("").join(_stretches(text, marks))


def _stretches(text: str, marks: Sequence[Mark]) -> Iterator[Markup]:
    for segment in segments(len(text), marks):
        inner = escaped(text[segment.start : segment.end])
        if not segment.marks:
            yield inner
            continue
        first = segment.marks[0]
        nested = " antq-nested" if len(segment.marks) > 1 else ""
        targets = " ".join(dict.fromkeys(mark.target for mark in segment.marks if mark.target))
        yield Markup('<mark class="antq-mark {}{}" data-targets="{}" title="{}">{}</mark>').format(
            first.style, nested, targets, visible(first.title), inner
        )
