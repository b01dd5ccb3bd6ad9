"""Checks of a record's dates, including their years, against its article."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property

from antq_llm.mentions.lunar_check import may_be_lunar
from antq_llm.mentions.mention import Mention
from antq_llm.schemas.edtf import Date, is_in_calendar
from antq_llm.text.lazy_patterns import lazy_re

_YEAR = lazy_re(r"(?<!\d)\d{4}(?!\d)")
_BIRTH = lazy_re(r"\b(?:SN|sinh(?: ngày| năm)?|born(?: on| in)?)[\s:,(]*\Z", re.IGNORECASE)
_DOCUMENT = lazy_re(
    r"(?:\b(?:số|no\.)\s?\d[\w/.-]*|\d/[\w/-]*[A-ZĐ][\w/-]*),?\s"
    r"(?:(?:ra|ban hành|ký|đề|of|dated|issued)\s)?(?:(?:ngày|on)\s)?\Z",
    re.IGNORECASE,
)
_LOOKBACK = 48
"""Number of characters before a date that are searched for a word such as ``born`` or a
document number."""
_PART_OF_YEAR = lazy_re(
    r"\b(?:quý|nửa|(?:đầu|cuối|giữa) năm|tháng (?:đầu|cuối)|năm học|quarter|half|months?|early|"
    r"late|mid|semester|term)\b",
    re.IGNORECASE,
)
_MONTHS_OF_PARTS = frozenset(("01", "03", "04", "06", "07", "09", "10", "12"))
"""The months in which a year, half-year or quarter begins or ends."""


class DateReader:
    """A checker that compares dates with the mentions in an article.

    If a date is printed without its year, other dates in the text or the publication stamp may
    settle the year. The dates of documents and periods of years never do. A fault is returned only
    if it is certain; if the article leaves the year open, there is no fault.
    """

    # Sent to the model: do not edit the texts of faults in this class.

    def __init__(
        self,
        text: str,
        mentions: Sequence[Mention],
        stamp: Date | None,
        of_documents: frozenset[str],
        sentence_end: re.Pattern[str],
    ) -> None:
        self._text = text
        self._dates = [mention for mention in mentions if mention.form is None]
        self._lunar = [mention for mention in mentions if mention.form is not None]
        self._stamp = stamp
        self._of_documents = of_documents
        self._sentence_end = sentence_end

    def stamp_fault(self, stamp: str, name: str) -> str | None:
        """Return the fault in a publication stamp, or None if the article has this date.

        ``name`` is the key of the stamp in the record.
        """
        if any(mention.value == stamp for mention in self._dates):
            return None
        # Sent to the model: do not edit.
        return f"the article has no such date: write the stamp as printed, or null for {name}"

    def fault(self, date: str) -> str | None:
        """Return the fault in an item's date, or None if there is none.

        A date is right if the article states or may state it, for example as a lunar date or with
        its year printed elsewhere. A date without a year is wrong if the article or the stamp
        supplies the year.
        """
        if date in self._values:
            # A date may lack its year only if the publication stamp does not settle the year.
            settled = self._by_stamp(date) if date.startswith("XXXX") else ()
            return (
                None
                if not settled
                else f"the publication stamp settles the year: write {' or '.join(settled)}"
            )
        year, _, day = date.partition("-")
        if year == "XXXX":
            printed = sorted(value for value in self._values if value[4:] == date[4:])
            return f"the article prints {printed[0]}: write that" if printed else self._unread(date)
        if not day:
            return None if year in self._printed_years else self._unread(date)
        bare = [
            mention
            for mention in self._dates
            if f"XXXX-{day}" in mention.values or _is_day_alone(mention, day)
        ]
        if not bare:
            return self._unread(date)
        stamped = self._by_stamp(f"XXXX-{day}")
        if date in stamped or self._may_be_of_account(date, bare, has_stamp=bool(stamped)):
            return None
        expected = " or ".join(stamped) if stamped else f"XXXX-{day}"
        return (
            f"no year {year} goes with this day "
            f"(a document's date and a period under review settle none): write {expected}"
        )

    def period_fault(self, period: str) -> str | None:
        """Return the fault in a period, or None if the article states or may state its ends."""
        missing = sorted(set(_YEAR.findall(period)) - self._printed_years) or [
            end for end in period.split("/") if not self._may_state(end)
        ]
        if not missing:
            return None
        return (
            f"the article does not print {', '.join(missing)}: "
            "write the period that it states, or null"
        )

    def _may_state(self, end: str) -> bool:
        """Return whether the article may state the month and day of a period's start or end."""
        rest = end.partition("-")[2]
        if not rest or self._lunar:
            return True
        if any(value[5:].startswith(rest) for value in self._values):
            return True
        if len(rest) > len("01"):
            return any(_is_day_alone(mention, rest) for mention in self._dates)
        is_of_part = rest in _MONTHS_OF_PARTS and bool(_PART_OF_YEAR.search(self._text))
        is_of_stamp = self._stamp is not None and self._stamp[:7] == end
        return (
            is_of_part or is_of_stamp or any(value.startswith("XXXX-XX") for value in self._values)
        )

    def _unread(self, date: str) -> str | None:
        if any(may_be_lunar(date, str(mention.value)) for mention in self._lunar):
            return None
        near = sorted(
            value for value in self._values if value[-5:] == date[-5:] or value[:7] == date[:7]
        )
        reads = f"; it has {', '.join(near[:3])}" if near else ""
        return f"the article has no such date{reads}: write the date that it states, or null"

    @cached_property
    def _values(self) -> frozenset[str]:
        return frozenset(str(value) for mention in self._dates for value in mention.values)

    @cached_property
    def _printed_years(self) -> frozenset[str]:
        return frozenset(
            year
            for mention in [*self._dates, *self._lunar]
            for text in (*map(str, mention.values), mention.text)
            for year in _YEAR.findall(text)
        )

    def _by_stamp(self, date: str) -> tuple[str, ...]:
        """Return the nearest dates before and after the stamp with this month and day."""
        if self._stamp is None or self._stamp.year is None or len(date) < 7:
            return ()
        years = range(self._stamp.year - 1, self._stamp.year + 2)
        days = [candidate for year in years if is_in_calendar(candidate := f"{year:04d}{date[4:]}")]
        past = [day for day in days if day <= self._stamp]
        future = [day for day in days if day >= self._stamp]
        return tuple(dict.fromkeys([*past[-1:], *future[:1]]))

    def _may_be_of_account(self, date: str, days: Sequence[Mention], *, has_stamp: bool) -> bool:
        """Return whether the year of ``date`` may come from the text around ``days``.

        ``days`` are the mentions of the date without a year. A year counts if it is in the same
        sentence, or printed with a month in the sentence before. If the stamp settles no year, a
        year anywhere in the article counts, except in dates of birth and of documents.
        """
        year = date[:4]
        sentences = {self._sentence_of(day) for day in days}
        if any(year in self._settling_years.get(sentence, ()) for sentence in sentences):
            return True
        if has_stamp:
            return any(
                year == earlier[:4]
                for sentence in sentences
                for earlier in self._settling_dates.get(sentence - 1, ())
            )
        return year in self._years_anywhere

    @cached_property
    def _settling(self) -> list[Mention]:
        """The dates that may settle the years of other dates."""
        return [mention for mention in self._dates if not self._settles_none(mention)]

    @cached_property
    def _settling_years(self) -> dict[int, set[str]]:
        """The years in each sentence that may settle the years of other dates."""
        years: dict[int, set[str]] = {}
        for mention in self._settling:
            found = _YEAR.findall(mention.edtf)
            years.setdefault(self._sentence_of(mention), set()).update(found)
        return years

    @cached_property
    def _settling_dates(self) -> dict[int, set[str]]:
        """The dates in each sentence that have a month and may settle the years of other dates."""
        dates: dict[int, set[str]] = {}
        for mention in self._settling:
            found = {str(value) for value in mention.values if len(str(value)) > len("2017")}
            dates.setdefault(self._sentence_of(mention), set()).update(found)
        return dates

    @cached_property
    def _years_anywhere(self) -> frozenset[str]:
        """The years of the dates in ``_settling``, except dates of birth and of documents."""
        return frozenset(
            year
            for mention in self._settling
            if not self._is_of_other_account(mention)
            for value in mention.values
            for year in _YEAR.findall(str(value))
        )

    def _settles_none(self, mention: Mention) -> bool:
        """Return whether a date is a period of years or the date of a document."""
        is_period = mention.upper is not None and all(
            len(str(value)) == len("2017") for value in mention.values
        )
        return is_period or mention.value in self._of_documents

    def _is_of_other_account(self, mention: Mention) -> bool:
        """Return whether a date is a date of birth or follows a document number."""
        before = self._text[max(0, mention.start - _LOOKBACK) : mention.start]
        return bool(_BIRTH.search(before) or _DOCUMENT.search(before))

    def _sentence_of(self, mention: Mention) -> int:
        return bisect_right(self._sentence_ends, mention.start)

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return [match.end() for match in self._sentence_end.finditer(self._text)]


def _is_day_alone(mention: Mention, day: str) -> bool:
    return any(
        str(value).startswith("XXXX-XX-") and str(value)[-2:] == day[-2:]
        for value in mention.values
    )
