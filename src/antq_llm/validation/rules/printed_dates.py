"""Whether an article may print a date or a time that no rule reads as such."""

from __future__ import annotations

import re

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.mention import Mention


def may_print_date(date: str, analyzed: AnalyzedArticle) -> bool:
    """Return whether an article may print the day and month, or month, or year of a date."""
    if any(_may_be(mention, date) for mention in analyzed.dates):
        return True
    year, *rest = date.split("-")
    if not rest:
        return has_year(year, analyzed)
    month, text = int(rest[0]), analyzed.plain.text
    if len(rest) == 1:
        return bool(re.search(rf"(?<!\d)0?{month}(?: ?[/.–-] ?| năm |, ){year}(?!\d)", text))
    day = int(rest[1])
    return bool(
        re.search(rf"(?<!\d)0?{day}(?: ?[/.–-] ?| tháng )0?{month}(?!\d)", text)
        or re.search(rf"(?<!\d)0?{month}/0?{day}/\d\d", text)
    )


def _may_be(mention: Mention, date: str) -> bool:
    """Return whether a date is in a mention's range, or in one that is not certain."""
    days = [str(value)[-5:] for value in mention.values]
    if not mention.is_certain and date[-5:] in days:
        return True
    first, *others = days
    return bool(others) and len(date) == 10 and first <= date[-5:] <= others[-1]


def has_year(year: str, analyzed: AnalyzedArticle) -> bool:
    """Return whether an article has the digits of a year, or its last two behind a sign."""
    text = analyzed.plain.text
    return bool(
        re.search(rf"(?<!\d){re.escape(year)}(?!\d)", text)
        or re.search(rf"(?<=\d[/–-]){re.escape(year[2:])}(?!\d)", text)
    )


def may_print_time(time: str, analyzed: AnalyzedArticle) -> bool:
    """Return whether an article may print a time of day (``HH:MM``), also on a 12-hour clock."""
    if any(
        time == mention.upper or (time == mention.value and not mention.is_certain)
        for mention in analyzed.mentions
        if mention.kind == "time"
    ):
        return True
    hour, _, minute = time.partition(":")
    hours = "|".join(f"0?{number}" for number in {int(hour), int(hour) % 12, int(hour) % 12 + 12})
    exact = rf"(?<![\d.,])(?:{hours}) ?(?:h|g|giờ|:|\.) ?{minute}(?!\d)"
    full_hour = rf"(?<![\d.,])(?:{hours}) ?(?:h|g|giờ|[ap]\.?m)\b(?! ?\d)"
    text = analyzed.plain.text
    return bool(re.search(exact, text) or (minute == "00" and re.search(full_hour, text)))
