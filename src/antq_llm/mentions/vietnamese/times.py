"""Clock times in digits: ``20h30``, ``19:30`` and ``3 giờ 30 phút``."""

from __future__ import annotations

import re

from antq_llm.mentions.mention import Mention

_CLOCK = re.compile(
    r"(?<![\d.,:])\d{1,2}(?::[0-5]\d(?::[0-5]\d)?|h(?:[0-5]\d)?(?![^\W\d_])"
    r"|\sgiờ\s[0-5]?\d(?:\sphút)?\b)"
)
_DIGITS = re.compile(r"\d+")


def read_time(text: str, start: int) -> Mention | None:
    """Return the clock time that starts at a digit; None if there is none."""
    match = _CLOCK.match(text, start)
    time = read_clock(match[0]) if match else None
    return Mention("time", start, match.end(), match[0], time) if match and time else None


def read_clock(text: str) -> str | None:
    """Return a clock time as ``HH:MM``, or None past 23 hours."""
    hours, *minutes = _DIGITS.findall(text)
    return f"{int(hours):02d}:{int(minutes[0]) if minutes else 0:02d}" if int(hours) < 24 else None
