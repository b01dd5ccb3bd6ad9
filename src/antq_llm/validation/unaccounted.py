"""Figures, dates and names of an article that are in no item of its record."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import to_json

from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.numbers_and_dates import Mention

_CHARACTERS_AFTER = 40
"""Characters after a figure that are read for a unit of time."""
_DURATION = re.compile(
    r"\s*(?:năm|tháng|ngày|giờ|phút|giây|tuần|tuổi|thập kỷ|thế kỷ|buổi sáng|ngày đêm)\b",
    re.IGNORECASE,
)


def unaccounted_figures(data: Mapping[str, Any], analyzed: AnalyzedArticle) -> list[Mention]:
    """Return the quantities of an article that no indicator and no award states; durations and links to other stories are left out."""
    stated = {indicator["value"] for indicator in data["indicators"]} | {
        indicator["total"] for indicator in data["indicators"]
    }
    stated |= {award["count"] for award in data["awards"]}
    return [
        mention
        for mention in analyzed.numbers
        if mention.value not in stated
        and mention.start < analyzed.boilerplate_start
        and not _DURATION.match(analyzed.plain_text(mention.end, mention.end + _CHARACTERS_AFTER))
    ]


def unaccounted_mentions(
    data: Mapping[str, Any], spans: Sequence[Span], analyzed: AnalyzedArticle
) -> list[tuple[str, str, int]]:
    """Return the dates, ranked names and quoted names that stand in no item's quote and in no value: what each is, its words, and its offset.

    Years alone, dates of the publication stamp's line, page furniture, and what a value of the record holds are left out.
    """
    covered = _Covered(spans)
    told = {person["name"] for person in data["people"]}
    dates = [
        date
        for date in analyzed.dates
        if len(str(date.value)) > len("2000-01") and date.start not in covered
    ]
    names = [name for name in analyzed.names if name.name not in told and name.start not in covered]
    if not dates and not names:
        return []
    values = to_json(data).decode()
    # Quotes are as the article spells them, names in plain form.
    quotes = (
        [analyzed.plain_text(*span) for span in spans] if analyzed.plain is not analyzed else []
    )
    found = [("date", date.text, date.start) for date in dates if str(date.value)[5:] not in values]
    found += [
        ("person" if name.rank else "name", name.name, name.start)
        for name in names
        if to_json(name.name)[1:-1].decode() not in values
        and all(name.name not in quote for quote in quotes)
    ]
    return sorted(
        (one for one in found if one[2] < analyzed.boilerplate_start), key=lambda one: one[2]
    )


class _Covered:
    """The positions that lie in any of some spans."""

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
