"""Conversion of hours from the 12-hour clock."""

from __future__ import annotations

_HALF_DAY = 12


def hour_of_day(hour: int, half: str) -> int:
    """Return an hour with ``am`` or ``pm`` on the 24-hour clock; an hour above 12 is unchanged.

    Only the first letter of ``half`` counts, in either case.
    """
    if hour > _HALF_DAY:
        return hour
    return hour % _HALF_DAY + (_HALF_DAY if half[:1] in "pP" else 0)
