"""Figures, dates and names of an article that are in no item of its record."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic_core import to_json

from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.mention import Mention

_CHARACTERS_AFTER = 40
"""Characters after a figure among which a unit of time is looked for."""


@dataclass(frozen=True, slots=True)
class UnaccountedMention:
    """A date or a name of an article that is in no item."""

    noun: Literal["date", "person", "name"]
    text: str
    start: int


def unaccounted_figures(data: Mapping[str, Any], analyzed: AnalyzedArticle) -> list[Mention]:
    """Return the quantities of an article that no indicator and no award states.

    Durations and boilerplate are left out.
    """
    stated = {indicator["value"] for indicator in data["indicators"]} | {
        indicator["total"] for indicator in data["indicators"]
    }
    stated |= {award["count"] for award in data["awards"]}
    return [
        mention
        for mention in analyzed.numbers
        if mention.value not in stated
        and mention.start < analyzed.boilerplate_start
        and not analyzed.language.duration.match(
            analyzed.plain_text(mention.end, mention.end + _CHARACTERS_AFTER)
        )
    ]


def unaccounted_mentions(
    data: Mapping[str, Any], spans: Sequence[Span], analyzed: AnalyzedArticle
) -> list[UnaccountedMention]:
    """Return the dates, ranked names and quoted names in no item's quote and in no value.

    Years alone, dates on the line of the publication stamp and boilerplate are left out.
    """
    covered = _Covered(spans)
    people = {person["name"] for person in data["people"]}
    dates = [
        date
        for date in analyzed.dates
        if len(str(date.value)) > len("2000-01") and date.start not in covered
    ]
    names = [
        name for name in analyzed.names if name.name not in people and name.start not in covered
    ]
    if not dates and not names:
        return []
    values = to_json(data).decode()
    # Quotes are as the article spells them, names in plain form.
    quotes = (
        [analyzed.plain_text(*span) for span in spans] if analyzed.plain is not analyzed else []
    )
    found = [
        UnaccountedMention("date", date.text, date.start)
        for date in dates
        if str(date.value)[5:] not in values
    ]
    found += [
        UnaccountedMention("person" if name.rank else "name", name.name, name.start)
        for name in names
        if to_json(name.name)[1:-1].decode() not in values
        and all(name.name not in quote for quote in quotes)
    ]
    before_boilerplate = [
        mention for mention in found if mention.start < analyzed.boilerplate_start
    ]
    return sorted(before_boilerplate, key=lambda mention: mention.start)


class _Covered:
    """The positions inside any of some spans."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __contains__(self, position: int) -> bool:
        index = bisect_right(self._starts, position) - 1
        return index >= 0 and position < self._ends[index]
