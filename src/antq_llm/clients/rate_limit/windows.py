"""Limits on requests and tokens, set by the user or reported in a server's headers."""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

MINUTE = 60.0
BURST = 10.0
"""Length of a burst, in seconds; the amount allowed in this time may be sent without a pause."""
MAX_RESET = 600.0
"""Maximum time until a reset, in seconds.

A later reset is ignored: requests are sent until the server refuses one.
"""

_DURATION_PARTS = re.compile(r"(\d+(?:\.\d+)?)(d|h|ms|m|s)")
_UNIT_SECONDS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def seconds_of(value: str) -> float | None:
    """Return the seconds in a reset header's value, such as ``1s``, ``6m0s``, ``20ms`` or ``0.5``.

    Returns None if the value has another form.
    """
    value = value.strip()
    if re.fullmatch(r"\d+(\.\d+)?", value, re.ASCII):
        return float(value)
    if value and not _DURATION_PARTS.sub("", value):
        parts = _DURATION_PARTS.findall(value)
        return sum(float(number) * _UNIT_SECONDS[unit] for number, unit in parts)
    return None


@dataclass(slots=True)
class WindowEntry:
    """An amount counted against a limit until a given time."""

    amount: float
    until: float
    counted: bool = True


class SlidingWindowLimit:
    """A limit on the requests or tokens in any period of one minute.

    The amount allowed in ``burst`` seconds may be sent without a pause.
    """

    def __init__(self, limit: int, burst: float = BURST) -> None:
        self._limit = limit
        self._burst = burst
        self._entries: deque[WindowEntry] = deque()
        self._sum = 0.0
        # The time by which everything spent so far would have been sent at an even rate.
        self._even = -math.inf

    def ready_at(self, amount: float, now: float) -> float:
        """Return the earliest time at which an amount may be spent.

        An amount above the limit may be spent only if nothing was spent in the previous minute.
        """
        while self._entries and self._entries[0].until <= now:
            expired = self._entries.popleft()
            expired.counted = False
            self._sum -= expired.amount
        excess = self._sum + min(amount, self._limit) - self._limit
        ready = self._even - self._burst
        for entry in self._entries:
            if excess <= 0:
                break
            excess -= entry.amount
            ready = max(ready, entry.until)
        return max(ready, now)

    def spend(self, amount: float, now: float) -> WindowEntry:
        """Count an amount against the limit for one minute, and return its entry."""
        entry = WindowEntry(amount, now + MINUTE)
        self._entries.append(entry)
        self._sum += amount
        self._even = max(self._even, now) + amount * MINUTE / self._limit
        return entry

    def settle(self, entry: WindowEntry, used: float) -> None:
        """Replace the amount of an entry with the amount actually used."""
        difference = used - entry.amount
        entry.amount = used
        self._even += difference * MINUTE / self._limit
        if entry.counted:
            self._sum += difference


class ServerQuota:
    """The requests or tokens left until the next reset, as reported by the server."""

    def __init__(self, kind: str) -> None:
        self._remaining_header = f"x-ratelimit-remaining-{kind}"
        self._reset_header = f"x-ratelimit-reset-{kind}"
        self._spent = 0.0
        # The amount remaining after the response at the mark, valid until the reset. Unknown at
        # first.
        self._remaining = -math.inf
        self._reset_at = -math.inf
        self._mark = 0.0

    def ready_at(self, amount: float, now: float) -> float:
        """Return the earliest time at which an amount may be sent."""
        remaining = self._remaining - (self._spent - self._mark)
        return now if remaining >= amount else max(now, self._reset_at)

    def spend(self, amount: float) -> float:
        """Count an amount as sent; return a mark that increases from request to request."""
        self._spent += amount
        return self._spent

    def read_headers(self, headers: Mapping[str, str], mark: float, now: float) -> None:
        """Update the quota from a response's headers; ``mark`` is the mark of its request.

        Until the reset, the headers are ignored if those of a later request have already been read.
        """
        remaining, reset = headers.get(self._remaining_header), headers.get(self._reset_header)
        is_outdated = mark < self._mark and now < self._reset_at
        if remaining is None or reset is None or is_outdated:
            return
        seconds = seconds_of(reset)
        if seconds is not None and seconds <= MAX_RESET and remaining.strip().isdecimal():
            self._remaining, self._reset_at, self._mark = float(remaining), now + seconds, mark
