"""Dates and periods in the subset of EDTF (ISO 8601-2:2019) that news articles need.

Source of the notation: https://www.loc.gov/standards/datetime/ (levels 0 and 1).
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

_YEAR = "[0-9]{4}"
_MONTH = "(0[1-9]|1[0-2])"
_DAY = "(0[1-9]|[12][0-9]|3[01])"
_SETTLED = f"{_YEAR}(-{_MONTH}(-{_DAY})?)?"
_YEARLESS = f"XXXX-{_MONTH}-{_DAY}"
_END = rf"({_SETTLED}|\.\.)"
_LEAP_YEAR = 2000
_TIME_OF_DAY = re.compile(r"(?<=\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}.*", re.ASCII | re.DOTALL)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


class _EdtfText(str):
    """A string that is validated as EDTF when parsed."""

    pattern: ClassVar[str]
    expected: ClassVar[str]

    @classmethod
    @lru_cache(maxsize=4096)
    def parse(cls, text: str) -> Self:
        """Return the text as this type.

        Raises a ValueError that says which form is expected or why the value is impossible.
        """
        if not _compiled(cls.pattern).fullmatch(text):
            # Sent to the model, as are ``expected`` and the messages below: do not edit.
            raise ValueError(f"{text!r} is not {cls.expected}")
        cls._check(text)
        return cls(text)

    @classmethod
    def _check(cls, text: str) -> None:
        raise NotImplementedError

    @classmethod
    def _validate(cls, text: str) -> Self:
        try:
            return cls.parse(text)
        except ValueError as error:
            raise PydanticCustomError("edtf", "{reason}", {"reason": str(error)}) from error

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls._validate,
            core_schema.str_schema(strip_whitespace=True),
            serialization=core_schema.to_string_ser_schema(),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "pattern": cls.pattern}


class Date(_EdtfText):
    """A day, month or year, or a day whose year is unknown.

    Examples are ``2021-09-30``, ``2021-09``, ``2021`` and ``XXXX-09-30``.
    """

    pattern = f"^({_SETTLED}|{_YEARLESS})$"
    expected = (
        "a date: write 2021-09-30, 2021-09, 2021, or XXXX-09-30 where the year is not settled"
    )

    @classmethod
    def _check(cls, text: str) -> None:
        check_calendar(text)

    @property
    def year(self) -> int | None:
        """The year; None if it is unknown."""
        return None if self.startswith("XXXX") else int(self[:4])


class Period(_EdtfText):
    """An interval, which may be open at one end (``2017-06/..``), or a single date."""

    pattern = f"^({_SETTLED}|{_YEARLESS}|{_END}/{_END})$"
    expected = (
        "a period: write START/END such as 2016/2020, 2016-05/.. where an end is open, "
        "or a single date"
    )

    @classmethod
    def _check(cls, text: str) -> None:
        ends = text.split("/")
        for end in ends:
            if end != "..":
                check_calendar(end)
        if ends == ["..", ".."]:
            raise ValueError(f"{text!r} has neither a start nor an end: write null")
        if len(ends) == 2 and ".." not in ends and _earliest(ends[0]) > _latest(ends[1]):
            raise ValueError(f"{text!r} ends before it starts")


def check_calendar(date: str) -> None:
    """Raise ValueError if a well-formed date is not in the calendar."""
    if not is_in_calendar(date):
        raise ValueError(f"{date!r} is no day of the calendar")


def is_in_calendar(date: str) -> bool:
    """Return whether a date is in the calendar; the year of a full date can be XXXX.

    A date without a day is not checked, and the result is True. If a part of a full date is not a
    number (except the year XXXX), the result is False.
    """
    year, *rest = date.split("-")
    if len(rest) < 2:
        return True
    try:
        month, day = (int(part) for part in rest)
        return 1 <= day <= _days_in(_LEAP_YEAR if year == "XXXX" else int(year), month)
    except ValueError:
        return False


def _days_in(year: int, month: int) -> int:
    # Year 0000 is a leap year in the proleptic calendar; the standard library starts at year 1.
    return calendar.monthrange(year or _LEAP_YEAR, month)[1]


def _earliest(date: str) -> str:
    return date + "-01-01"[len(date) - 4 :] if len(date) < 10 else date


def _latest(date: str) -> str:
    return date + "-12-31"[len(date) - 4 :] if len(date) < 10 else date


@dataclass(frozen=True, slots=True)
class DateParts:
    """The first and last day of an EDTF date or period, and its year and month.

    An unknown part is None: for example, the first and last day of ``XXXX-07-24``, the last day
    of ``2017-06/..`` and the year of a period that spans several years.
    """

    earliest: str | None = None
    latest: str | None = None
    year: int | None = None
    month: int | None = None


def date_parts(text: str) -> DateParts:
    """Return the parts of a date or period, or of the day in an ISO 8601 date and time.

    For any other text, all parts are None.
    """
    text = _TIME_OF_DAY.sub("", text)
    ends = [end for end in text.split("/") if end != ".."]
    if not _compiled(Period.pattern).fullmatch(text) or not all(map(is_in_calendar, ends)):
        return DateParts()
    first, _, last = text.partition("/")
    if first.startswith("XXXX"):
        return DateParts(month=int(first[5:7]))
    start = None if first == ".." else _real_day(_earliest(first))
    last = last or first
    end = None if last == ".." else _real_day(_latest(last))
    is_one_year = ".." not in (first, last) and first[:4] == last[:4]
    is_one_month = is_one_year and len(first) >= 7 and first[:7] == last[:7]
    return DateParts(
        start,
        end,
        int(first[:4]) if is_one_year else None,
        int(first[5:7]) if is_one_month else None,
    )


def _real_day(day: str) -> str | None:
    """Return a day, but at most the last day of its month; None if the year is 0000."""
    year, month, number = (int(part) for part in day.split("-"))
    if year == 0:
        return None
    return f"{year:04}-{month:02}-{min(number, _days_in(year, month)):02}"
