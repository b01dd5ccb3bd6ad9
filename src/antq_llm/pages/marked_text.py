"""The text of an article as HTML with marked spans, which can overlap."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from antq_llm.pages.untrusted_text import escaped, visible


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of an article to mark, with offsets in code points."""

    start: int
    end: int
    style: str
    """The CSS class of the mark, such as the colour class of a list (see ``colour_class``)."""
    target: str = ""
    """The item or passage that the mark refers to, as a JSON Pointer or HTML id; empty if none."""
    title: str = ""
    """The tooltip of the mark."""
    is_on_top: bool = False
    """Whether the style of the mark takes precedence where marks overlap."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text with the marks that cover it.

    Marks with ``is_on_top`` come first. Otherwise, shorter marks precede longer ones.
    """

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

    Each marked stretch is a ``mark`` element with the class ``antq-mark`` and the style of its
    first mark. The attribute ``data-targets`` contains the targets of all marks on the stretch,
    separated by spaces.
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
