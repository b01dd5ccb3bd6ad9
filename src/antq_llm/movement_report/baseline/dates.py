"""Dates of calendar expressions, with missing years supplied by the publication stamp."""

from __future__ import annotations

import re

from antq_llm.mentions.mention import Mention
from antq_llm.schemas.edtf import Date, check_calendar


def resolve_date(mention: Mention, stamp: str | None) -> str | None:
    """Return the date that a calendar expression begins with, as EDTF.

    ``stamp`` is the day of publication, which supplies the missing year of a day. Returns None
    unless the expression begins with a day of a known month, a month of a known year or a year.
    """
    value = str(mention.value)
    if (
        value.startswith("XXXX-XX")
        or len(value) not in {4, 7, 10}
        or (value.startswith("XXXX") and len(value) < 10)
    ):
        return None
    if value.startswith("XXXX") and stamp and not stamp.startswith("XXXX"):
        days = (f"{int(stamp[:4]) - years_back:04d}{value[4:]}" for years_back in (0, 1))
        return next((day for day in days if day <= stamp and _is_in_calendar(day)), value)
    return value if re.fullmatch(Date.pattern, value) else None


def _is_in_calendar(day: str) -> bool:
    try:
        check_calendar(day)
    except ValueError:
        return False
    return True
