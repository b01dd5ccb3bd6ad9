"""Whether a date can be read in an article, and what settles its year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from antq_llm.mentions.numbers_and_dates import Mention
from antq_llm.schemas.edtf import Date, check_calendar

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_SENTENCE_END = re.compile(r"[.!?…](?=\s)|\n")


class DateReader:
    """The dates of one article, with what may settle a year: the text at the day, or the publication stamp; and nothing else."""

    def __init__(
        self,
        text: str,
        mentions: Sequence[Mention],
        stamp: Date | None,
        of_documents: frozenset[str],
    ) -> None:
        self._text = text
        self._mentions = mentions
        self._stamp = stamp
        self._of_documents = of_documents

    def stamp_fault(self) -> str | None:
        """Return what is wrong with the publication stamp, None if it is read in the text."""
        if any(mention.value == self._stamp for mention in self._mentions):
            return None
        return "the article has no such date: write the stamp as printed, or null for published"

    def fault(self, date: str) -> str | None:
        """Return what is wrong with an item's date, None if it is read in the text and its year is settled."""
        if date in self._values:
            # A day without a year must stay so only where nothing settles the year.
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
        return f"no year {year} goes with this day (a document's date and a period under review settle none): write {expected}"

    def period_fault(self, period: str) -> str | None:
        """Return what is wrong with a period, None if its years are printed in the article."""
        missing = sorted(set(_YEAR.findall(period)) - self._printed_years)
        return (
            f"the article does not print {', '.join(missing)}: write the period that it states, or null"
            if missing
            else None
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
        """Return the day with the years that the stamp gives it: the nearest not after it, and the nearest not before it."""
        if self._stamp is None or self._stamp.year is None or len(date) < 7:
            return ()
        years = range(self._stamp.year - 1, self._stamp.year + 2)
        days = [day for day in (f"{year:04d}{date[4:]}" for year in years) if _exists(day)]
        past, future = (
            [day for day in days if day <= self._stamp],
            [day for day in days if day >= self._stamp],
        )
        return tuple(dict.fromkeys([*past[-1:], *future[:1]]))

    def _years_of_account(self, mention: Mention, stamped: Sequence[str]) -> set[str]:
        """Return the years that the text gives a day: those of its own sentence and, without a stamp, those told before it."""
        start, end = self._sentence(mention)
        years: set[str] = set()
        for other in self._mentions:
            in_sentence = start <= other.start < end
            is_range = _ends(other) != (str(other.value),)
            if (
                is_range
                or other.value in self._of_documents
                or not (in_sentence or (not stamped and other.start < mention.start))
            ):
                continue
            # The full date of another day is a year of the same account only in the same sentence, as an anniversary is.
            if in_sentence or len(str(other.value)) < 10:
                years.update(_YEAR.findall(str(other.value)))
        return years

    def _sentence(self, mention: Mention) -> tuple[int, int]:
        starts = [match.end() for match in _SENTENCE_END.finditer(self._text, 0, mention.start)]
        end = _SENTENCE_END.search(self._text, mention.end)
        return (starts[-1] if starts else 0), (end.start() if end else len(self._text))


def _ends(mention: Mention) -> tuple[str, ...]:
    """Return the dates that a mention names: itself, or the two ends of a range."""
    return tuple(str(mention.value).split("/"))


def _is_day_alone(mention: Mention, day: str) -> bool:
    return str(mention.value).startswith("XXXX-XX-") and str(mention.value)[-2:] == day[-2:]


def _exists(date: str) -> bool:
    try:
        check_calendar(date)
    except ValueError:
        return False
    return True
