"""Deciding whether an article could still print a date or time that the rules do not find."""

from __future__ import annotations

import re

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.mention import Mention

_DATE = re.compile(r"[\dX]{4}(?:-\d\d){0,2}")
_DAY_LENGTH = len("2017-12-31")
_TIME = re.compile(r"\d\d?:\d\d")


def may_print_date(date: str, analyzed: AnalyzedArticle) -> bool:
    """Return whether an article may print a date; its day and month suffice, without the year."""
    if not _DATE.fullmatch(date):
        return False
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
    """Return whether a mention is a range around a date, or is uncertain and may state it."""
    values = [str(value) for value in mention.values]
    if not mention.is_certain and date[-5:] in [value[-5:] for value in values]:
        return True
    if len(values) < 2 or {len(text) for text in (date, values[0], values[-1])} != {_DAY_LENGTH}:
        return False
    day, first, last = (text[-5:] for text in (date, values[0], values[-1]))
    # A range may cross the end of a year.
    return first <= day <= last if first <= last else day >= first or day <= last


def has_year(year: str, analyzed: AnalyzedArticle) -> bool:
    """Return whether an article has a year's four digits, or the last two after a separator."""
    text = analyzed.plain.text
    return bool(
        re.search(rf"(?<!\d){re.escape(year)}(?!\d)", text)
        or re.search(rf"(?<=\d[/–-]){re.escape(year[2:])}(?!\d)", text)
    )


def may_print_time(time: str, analyzed: AnalyzedArticle) -> bool:
    """Return whether a time of day (``HH:MM``) may be printed in an article.

    An afternoon time may be printed in 12-hour notation.
    """
    if not _TIME.fullmatch(time):
        return False
    hour, _, minute = time.partition(":")
    on_either_clock = {time, f"{int(hour) - 12:02d}:{minute}"}
    if time in analyzed.possible_times or any(
        not on_either_clock.isdisjoint(mention.values)
        for mention in analyzed.mentions
        if mention.kind == "time"
    ):
        return True
    minutes = rf" ?{minute}(?!\d)" if minute != "00" else r"(?: ?00)?(?![\w:]| ?\d)"
    pattern = rf"(?<![\d.,:])0?{int(hour)} ?(?:h|g|giờ|:){minutes}"
    return re.search(pattern, analyzed.plain.text) is not None
