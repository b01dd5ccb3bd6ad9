"""When the next request may go out: by ceilings that were set, by what a server says is left, and by the rate at which it refuses."""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

MINUTE = 60.0
BURST = 10.0
"""Seconds: what of a ceiling falls to so much time may go out at once."""
MAX_RESET = 600.0
"""Seconds: a reset further off is left to the server's own refusal, which says what to do."""

_PARTS = re.compile(r"(\d+(?:\.\d+)?)(d|h|ms|m|s)")
_SECONDS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def seconds_of(value: str) -> float | None:
    """Return the seconds that a reset header says, as ``1s``, ``6m0s``, ``20ms`` or ``0.5``, None where it says none."""
    value = value.strip()
    if re.fullmatch(r"\d+(\.\d+)?", value, re.ASCII):
        return float(value)
    if value and not _PARTS.sub("", value):
        return sum(float(number) * _SECONDS[unit] for number, unit in _PARTS.findall(value))
    return None


@dataclass(slots=True)
class WindowEntry:
    """What was taken of a ceiling, until when it counts."""

    amount: float
    until: float
    counted: bool = True


class SlidingWindowLimit:
    """At most so many requests or tokens in any sliding minute, of which ten seconds' worth may go out at once."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._log: deque[WindowEntry] = deque()
        self._sum = 0.0
        # When all that was taken would have gone out at an even pace.
        self._even = -math.inf

    def ready_at(self, amount: float, now: float) -> float:
        """Return when an amount may be taken; one that is larger than the ceiling goes alone in its minute."""
        while self._log and self._log[0].until <= now:
            old = self._log.popleft()
            old.counted = False
            self._sum -= old.amount
        over = self._sum + min(amount, self._limit) - self._limit
        ready = self._even - BURST
        for spent in self._log:
            if over <= 0:
                break
            over -= spent.amount
            ready = max(ready, spent.until)
        return max(ready, now)

    def spend(self, amount: float, now: float) -> WindowEntry:
        """Take an amount."""
        spent = WindowEntry(amount, now + MINUTE)
        self._log.append(spent)
        self._sum += amount
        self._even = max(self._even, now) + amount * MINUTE / self._limit
        return spent

    def settle(self, spent: WindowEntry, used: float) -> None:
        """Put what was really used in the place of what was taken."""
        difference = used - spent.amount
        spent.amount = used
        self._even += difference * MINUTE / self._limit
        if spent.counted:
            self._sum += difference


class ServerQuota:
    """What a server says is left of requests or tokens until it counts anew."""

    def __init__(self, kind: str) -> None:
        self._left, self._reset = f"x-ratelimit-remaining-{kind}", f"x-ratelimit-reset-{kind}"
        self._spent = 0.0
        # What was left when the answer at the mark was read, and until when that holds; before the first answer nothing is known.
        self._known = -math.inf
        self._until = -math.inf
        self._mark = 0.0

    def ready_at(self, amount: float, now: float) -> float:
        """Return when an amount may be sent."""
        left = self._known - (self._spent - self._mark)
        return now if left >= amount else max(now, self._until)

    def spend(self, amount: float) -> float:
        """Count an amount that goes out; return the mark by which its answer is placed among the others."""
        self._spent += amount
        return self._spent

    def read(self, headers: Mapping[str, str], mark: float, now: float) -> None:
        """Take what the answer to a marked request says is left; the answer to an earlier one than the last says nothing new."""
        left, reset = headers.get(self._left), headers.get(self._reset)
        if left is None or reset is None or (mark < self._mark and now < self._until):
            return
        seconds = seconds_of(reset)
        if seconds is not None and seconds <= MAX_RESET and left.strip().isdecimal():
            self._known, self._until, self._mark = float(left), now + seconds, mark
