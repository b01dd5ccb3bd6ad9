"""The rules for dates, periods and times: each must be printed or implied in the article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date as calendar_date
from functools import cached_property

from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.date_check import DateReader
from antq_llm.schemas.edtf import Date, Period
from antq_llm.validation.findings import Verdict
from antq_llm.validation.rules.printed_dates import (
    has_year,
    may_print_date,
    may_print_time,
)
from antq_llm.validation.rules.printed_values import has_digits_of, mentions_in

Objection = tuple[str, Verdict]
"""A message about a value, and the verdict."""

_FULL_DATE = re.compile(r"(?!0000)\d{4}-\d\d-\d\d")
_ANY_YEARS = (2000, 2001)
"""A leap year and a common year, used for days without a year."""
_NEAR_DAYS = 8
_CHARACTERS_AROUND = 60
"""Number of characters before and after a quote that are searched for words such as
``yesterday``."""
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


class DateRules:
    """The checks of a record's dates, periods and times against its article."""

    def __init__(
        self, analyzed: AnalyzedArticle, stamps: Iterable[str], settling_no_year: frozenset[str]
    ) -> None:
        """Prepare the rules; dates in ``settling_no_year`` supply no years for other dates."""
        stamp = next((stamp for stamp in stamps if form_fault(Date, stamp) is None), None)
        self._analyzed = analyzed
        self._settling_no_year = settling_no_year
        self._reader = self._reader_with(stamp)
        published = analyzed.published if stamp is None else None
        self._by_metadata = None if published is None else self._reader_with(published)

    def _reader_with(self, stamp: str | None) -> DateReader:
        analyzed = self._analyzed
        return DateReader(
            analyzed.plain.text,
            analyzed.plain.dates,
            None if stamp is None else Date(stamp),
            self._settling_no_year,
            analyzed.language.sentence_end,
        )

    def check_stamp(self, stamp: str, span: Span | None, name: str) -> Objection | None:
        """Check a publication stamp; ``span`` is its quote's span, and ``name`` its key."""
        if message := form_fault(Date, stamp):
            return message, "contradicted"
        message = self._reader.stamp_fault(stamp, name)
        if not message or stamp in self._analyzed.possible_dates:
            return None
        is_open = not self._has_full_date(span) and may_print_date(stamp, self._analyzed)
        return message, _unless(is_open)

    def check_date(self, date: str, span: Span | None) -> Objection | None:
        """Check an item's date; ``span`` is the span of the item's quote."""
        if message := form_fault(Date, date):
            return message, "contradicted"
        message = self._date_fault(date)
        if not message or date in self._analyzed.possible_dates:
            return None
        return message, _unless(self._may_state(date, span))

    def is_settled_by_metadata(self, date: str) -> bool:
        """Return whether a date gets its year only from the publication date in the metadata."""
        return (
            self._by_metadata is not None
            and form_fault(Date, date) is None
            and date not in self._analyzed.possible_dates
            and self._reader.fault(date) is not None
            and self._by_metadata.fault(date) is None
        )

    def _date_fault(self, date: str) -> str | None:
        """Return any fault in a date; metadata counts only if the text leaves the year open."""
        fault = self._reader.fault(date)
        if self._by_metadata is None or (fault is None and not date.startswith("XXXX")):
            return fault
        return self._by_metadata.fault(date)

    def check_period(self, period: str) -> Objection | None:
        """Check the form of a period, and that its ends are printed or implied in the article."""
        if message := form_fault(Period, period):
            return message, "contradicted"
        message = self._reader.period_fault(period)
        if not message:
            return None
        printed_years = {year for date in self._printed for year in _YEAR.findall(date)}
        missing = set(_YEAR.findall(period)) - printed_years
        if missing:
            return message, _unless(all(has_year(year, self._analyzed) for year in missing))
        # The objection is to a month or day, which may be printed as a number of months or in
        # words.
        parts = {int(part) for end in period.split("/") for part in end.split("-")[1:]}
        return message, _unless(all(has_digits_of(part, self._analyzed) for part in parts - {1}))

    def check_time(self, time: str) -> Objection | None:
        """Check that a time of day is printed in the article."""
        analyzed = self._analyzed
        # The mentions have usually been read already, and possible times are slow to find.
        is_mentioned = any(
            mention.value == time for mention in analyzed.mentions if mention.kind == "time"
        )
        if is_mentioned or time in analyzed.possible_times:
            return None
        # Sent to the model: do not edit.
        message = "the article has no such time: write it as printed, or null"
        return message, _unless(may_print_time(time, analyzed))

    def _has_full_date(self, span: Span | None) -> bool:
        """Return whether a passage certainly contains a day with its year."""
        return span is not None and any(
            mention.is_certain and _FULL_DATE.fullmatch(str(mention.value))
            for mention in mentions_in(span, self._analyzed.dates)
        )

    def _may_state(self, date: str, span: Span | None) -> bool:
        """Return whether the article may state a date that the rules do not find in it."""
        analyzed = self._analyzed
        if span and not all(mention.is_certain for mention in mentions_in(span, analyzed.dates)):
            return True
        year, _, rest = date.partition("-")
        if not any(end[5:] == rest for end in self._printed):
            return (
                may_print_date(date, analyzed)
                or self._may_be_relative(date, span)
                or self._may_be_next_day(date)
            )
        # The day is printed, so the objection is to its year.
        return year != "XXXX" and self._may_settle(year)

    def _may_be_relative(self, date: str, span: Span | None) -> bool:
        """Return whether an expression such as ``yesterday`` may mean the given date.

        The expression must be in or near the quote, and the date within a few days of a printed
        date.
        """
        if span is None:
            return False
        start = max(0, span[0] - _CHARACTERS_AROUND)
        around = self._analyzed.plain_text(start, span[1] + _CHARACTERS_AROUND)
        return self._analyzed.language.relative_days.search(around) is not None and any(
            abs(days) <= _NEAR_DAYS for days in self._days_from_printed(date)
        )

    def _may_be_next_day(self, date: str) -> bool:
        """Return whether a day follows a printed day and the article mentions ``the next day``."""
        return self._analyzed.language.next_day.search(
            self._analyzed.plain.text
        ) is not None and 1 in self._days_from_printed(date)

    def _days_from_printed(self, date: str) -> Iterator[int]:
        """Yield the number of days from each printed day to the given date.

        If either has no year, they may be in the same year or in consecutive years.
        """
        for day in filter(None, (_day_of(date, year) for year in _ANY_YEARS)):
            for printed in self._printed:
                is_dated = not printed.startswith("XXXX") and not date.startswith("XXXX")
                years = [day.year] if is_dated else [day.year - 1, day.year, day.year + 1]
                for year in years:
                    other = _day_of(printed if is_dated else f"XXXX{printed[4:]}", year)
                    if other is not None:
                        yield (day - other).days

    def _may_settle(self, year: str) -> bool:
        """Return whether a year is printed alone or in a date that may supply it for other dates.

        Ranges, such as periods under review, and the dates of documents do not supply years.
        """
        return year in self._years_that_may_settle

    @cached_property
    def _years_that_may_settle(self) -> frozenset[str]:
        dates = self._analyzed.plain.dates
        years: set[str] = set()
        for match in _YEAR.finditer(self._analyzed.plain.text):
            settles_none = any(
                mention.upper is not None or mention.value in self._settling_no_year
                for mention in mentions_in(match.span(), dates)
            )
            if not settles_none:
                years.add(match[0])
        return frozenset(years)

    @cached_property
    def _printed(self) -> frozenset[str]:
        """The printed dates, including the ends of ranges."""
        return frozenset(str(value) for mention in self._analyzed.dates for value in mention.values)


def _day_of(date: str, year: int) -> calendar_date | None:
    """Return a day as a date, in ``year`` if it has no year; None if there is no such day."""
    try:
        return calendar_date.fromisoformat(date.replace("XXXX", f"{year:04d}", 1))
    except ValueError:
        return None


def form_fault(kind: type[Date | Period], text: str) -> str | None:
    """Return a message if a date or period is malformed; its schema may not check this."""
    try:
        kind.parse(text)
    except ValueError as error:
        return str(error)
    return None


def _unless(is_open: bool) -> Verdict:
    return "cannot_tell" if is_open else "contradicted"
