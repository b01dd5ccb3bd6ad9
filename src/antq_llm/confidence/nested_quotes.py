"""Finding quotes that are part of a longer quote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from antq_llm.evidence.spans import Span


@dataclass(frozen=True, slots=True)
class NestedQuotes:
    """The nested quotes of a list, as pointers to their items."""

    inner: frozenset[str] = field(default_factory=frozenset)
    """The items whose quote is part of a longer quote."""
    outer: frozenset[str] = field(default_factory=frozenset)
    """The items whose quote contains a shorter quote."""


def nested_quotes(spans: Mapping[str, Span]) -> NestedQuotes:
    """Return the nested quotes of a list, given the spans of its quotes by item pointer."""
    distinct = sorted(set(spans.values()), key=lambda span: (span[0], -span[1]))
    inner = set(_reaching((span, span[1]) for span in distinct))
    outer = set(_reaching((span, -span[1]) for span in reversed(distinct)))
    return NestedQuotes(
        frozenset(pointer for pointer, span in spans.items() if span in inner),
        frozenset(pointer for pointer, span in spans.items() if span in outer),
    )


def _reaching(ends: Iterable[tuple[Span, int]]) -> Iterator[Span]:
    """Yield the spans whose number in ``ends`` does not exceed that of an earlier span."""
    highest: int | None = None
    for span, end in ends:
        if highest is not None and end <= highest:
            yield span
        highest = end if highest is None else max(highest, end)
