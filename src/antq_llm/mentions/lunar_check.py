"""A check of whether a solar date may be the day of a lunar date printed in an article."""

from __future__ import annotations

from datetime import date, timedelta

_EARLIEST_NEW_YEAR = (1, 21)
_LATEST_NEW_YEAR = (2, 20)
"""The earliest and latest solar dates (month, day) on which the lunar year can begin."""
_MIN_MONTH, _MAX_MONTH = 29, 30
_MAX_LEAP_MONTH = 30
"""Maximum number of days in the leap month that about every third lunar year has."""


def may_be_lunar(solar: str, lunar: str) -> bool:
    """Return whether a solar date may be the day of a lunar date; both are in EDTF.

    Returns True if either date has no day or if the lunar date has no month. The lunar year of a
    day is its solar year or the year before.
    """
    if len(lunar) < len("XXXX-01-01") or "XX-" in lunar[5:] or len(solar) < len("2017-01-01"):
        return True
    try:
        day = date.fromisoformat(solar.replace("XXXX", "2000"))
    except ValueError:
        return False
    month_number, day_number = (int(part) for part in lunar.split("-")[1:])
    return any(
        first <= day <= last
        for year in (day.year - 1, day.year)
        for first, last in [_solar_days(year, month_number, day_number)]
    )


def _solar_days(year: int, month: int, day: int) -> tuple[date, date]:
    """Return the earliest and latest solar dates on which a day of a lunar year can fall."""
    first = date(year, *_EARLIEST_NEW_YEAR) + timedelta((month - 1) * _MIN_MONTH + day - 1)
    last = date(year, *_LATEST_NEW_YEAR) + timedelta(
        (month - 1) * _MAX_MONTH + day - 1 + (_MAX_LEAP_MONTH if month > 1 else 0)
    )
    return first, last
