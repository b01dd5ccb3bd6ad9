"""Checking dates of a record against those of its article, and against what settles their year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from antq_llm.mentions.mention import Mention
from antq_llm.schemas.edtf import Date, is_in_calendar

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


class DateReader:
    """Checks dates against the mentions of one article.

    The year of a day is settled by the text around it or by the publication stamp, and by nothing
    else: not by the dates of documents, nor by a period under review.
    """

    # Sent to the model: do not edit the texts of faults in this class.

    def __init__(
        self,
        text: str,
        mentions: Sequence[Mention],
        stamp: Date | None,
        of_documents: frozenset[str],
        sentence_end: re.Pattern[str],
        *,
        full_dates_settle: bool = False,
    ) -> None:
        self._text = text
        self._mentions = mentions
        self._stamp = stamp
        self._of_documents = of_documents
        self._sentence_end = sentence_end
        self._full_dates_settle = full_dates_settle

    def stamp_fault(self, stamp: str, name: str) -> str | None:
        """Return the fault of a publication stamp, or None if the article has it.

        ``name`` is the key that holds the stamp.
        """
        if any(mention.value == stamp for mention in self._mentions):
            return None
        # Sent to the model: do not edit.
        return f"the article has no such date: write the stamp as printed, or null for {name}"

    def fault(self, date: str) -> str | None:
        """Return the fault of an item's date.

        None if the article has the date and its year is settled.
        """
        if date in self._values:
            # A day stays without a year only if nothing settles it.
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
            for mention in self._mentions
            if f"XXXX-{day}" in _ends(mention) or _is_day_alone(mention, day)
        ]
        if not bare:
            return self._unread(date)
        stamped = self._by_stamp(f"XXXX-{day}")
        if date in stamped or any(
            year in self._years_of_account(mention, stamped) for mention in bare
        ):
            return None
        expected = " or ".join(stamped) if stamped else f"XXXX-{day}"
        return (
            f"no year {year} goes with this day "
            f"(a document's date and a period under review settle none): write {expected}"
        )

    def period_fault(self, period: str) -> str | None:
        """Return the fault of a period, or None if the article prints its years."""
        missing = sorted(set(_YEAR.findall(period)) - self._printed_years)
        if not missing:
            return None
        return (
            f"the article does not print {', '.join(missing)}: "
            "write the period that it states, or null"
        )

    def _unread(self, date: str) -> str:
        near = sorted(
            {
                value
                for mention in self._mentions
                for value in _ends(mention)
                if value[-5:] == date[-5:] or value[:7] == date[:7]
            }
        )
        reads = f"; it has {', '.join(near[:3])}" if near else ""
        return f"the article has no such date{reads}: write the date that it states, or null"

    @cached_property
    def _values(self) -> frozenset[str]:
        return frozenset(value for mention in self._mentions for value in _ends(mention))

    @cached_property
    def _printed_years(self) -> frozenset[str]:
        return frozenset(
            year for mention in self._mentions for year in _YEAR.findall(str(mention.value))
        )

    def _by_stamp(self, date: str) -> tuple[str, ...]:
        """Return the nearest such days that are not after the stamp and not before it."""
        if self._stamp is None or self._stamp.year is None or len(date) < 7:
            return ()
        years = range(self._stamp.year - 1, self._stamp.year + 2)
        days = [day for day in (f"{year:04d}{date[4:]}" for year in years) if is_in_calendar(day)]
        past = [day for day in days if day <= self._stamp]
        future = [day for day in days if day >= self._stamp]
        return tuple(dict.fromkeys([*past[-1:], *future[:1]]))

    def _years_of_account(self, mention: Mention, stamped: Sequence[str]) -> set[str]:
        """Return the years printed in a day's sentence and, without a stamp, those before it."""
        start, end = self._sentence(mention)
        years: set[str] = set()
        for candidate in self._mentions:
            in_sentence = start <= candidate.start < end
            is_range = _ends(candidate) != (str(candidate.value),)
            if (
                is_range
                or candidate.value in self._of_documents
                or not (in_sentence or (not stamped and candidate.start < mention.start))
            ):
                continue
            # The full date of another day, such as an anniversary, counts only in its sentence.
            is_full = len(str(candidate.value)) >= 10
            if in_sentence or self._full_dates_settle or not is_full:
                years.update(_YEAR.findall(str(candidate.value)))
        return years

    def _sentence(self, mention: Mention) -> tuple[int, int]:
        starts = [
            match.end() for match in self._sentence_end.finditer(self._text, 0, mention.start)
        ]
        end = self._sentence_end.search(self._text, mention.end)
        return (starts[-1] if starts else 0), (end.start() if end else len(self._text))


def _ends(mention: Mention) -> tuple[str, ...]:
    """Return the date of a mention, or the two ends of its range."""
    return tuple(str(mention.value).split("/"))


def _is_day_alone(mention: Mention, day: str) -> bool:
    return str(mention.value).startswith("XXXX-XX-") and str(mention.value)[-2:] == day[-2:]
