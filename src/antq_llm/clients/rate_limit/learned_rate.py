"""The request rate that a server accepts, learned from its refusals."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

SPANS = (1.0, 1.0, 1.0, 4.0)
"""Seconds: how far back the rate of sending is measured, at the first refusals and at later ones: while it is searched it changes fast."""
LATENESS = 0.02
"""Seconds: timers ring late, and what was late by no more is caught up."""
SEARCH = (2.0, 1.2)
"""How many times as fast a second later, after the first refusals: what a burst teaches says little, and each time it is known better."""
SEARCH_PARTS = (2.0, 0.8, 0.93)
KNOWN_PARTS = (6.0, 0.94, 0.97)
"""The part of a learned rate to begin with, while it is searched and once it is known: after a refusal within so many seconds, and after a later one."""
MIN_EPISODE_REQUESTS = 5
"""Requests: a single episode after so few of them says nothing of the rate."""
USED = 1.5
"""A rate grows while it is no more than so many times the present one of sending."""
AGREED = (0.6, 0.8, 0.85)
"""The least part of the rate that was meant that must have been taken, for the rate to count as better known: at the first refusals and at later ones."""
RECOVERY = 30.0
"""Seconds until a known rate is reached again."""
FORGOTTEN = 1000.0
"""A learned rate that was exceeded so many times over without a refusal is none."""


class LearnedRate:
    """The requests a second that a server takes, as its refusals teach it; none before the first.

    After a refusal, sending begins a little below the rate at which it came. The first times it grows from there by a factor a second;
    later it nears that rate, stays about it, and only then tries for more, by the curve of CUBIC (RFC 9438).
    """

    def __init__(self) -> None:
        self._rate: float | None = None
        self._refusals = 0
        self._age, self._part = 0.0, 1.0
        self._recent: deque[float] = deque()
        # Requests that were taken since sending last began, and when that was; and the same of the time before.
        self._taken, self._began = 0, 0.0
        self._before = (0, 0.0)
        self._lesson: _Lesson | None = None
        self._resting = True
        self._last = self._paused = self._next = -math.inf

    @property
    def present(self) -> float:
        """The requests a second that are meant to be sent, infinity before anything was learned."""
        if self._rate is None:
            return math.inf
        if self._refusals <= len(SEARCH):
            return (
                self._rate
                * self._part
                * math.pow(SEARCH[self._refusals - 1], min(self._age, 1000.0))
            )
        return self._rate * (1 + (1 - self._part) * math.pow(self._age / RECOVERY - 1, 3))

    def ready_at(self, now: float) -> float:
        """Return when the next request may go out."""
        return max(self._next, now)

    def sent(self, now: float) -> None:
        """Count a request that goes out now."""
        if self._resting:
            self._resume(now)
        self._taken += 1
        self._recent.append(now)
        while self._recent[0] <= now - SPANS[-1]:
            self._recent.popleft()
        if self._rate is not None:
            self._grow(now)
            self._next = max(self._next, now - LATENESS) + 1 / self.present
        self._last = now

    def refused(self, now: float) -> None:
        """Learn from the first refusal of an episode; when sending begins again, the lesson is drawn."""
        meant, active = self.present, now - self._began
        self._age, self._resting = 0.0, True
        if self._taken <= 1 and self._before[0]:
            # Sending began too early and nothing was taken: its time belongs to the rest before.
            self._taken, self._began = self._before
            self._lesson = None
            return
        span = SPANS[min(self._refusals, len(SPANS) - 1)]
        span = span if math.isinf(meant) else min(span, max(active, 0.1))
        sent = sum(1 for at in self._recent if at > now - span)
        few = (
            self._taken < MIN_EPISODE_REQUESTS
            and math.isfinite(meant)
            and not (self._lesson and self._lesson.few)
        )
        self._lesson = _Lesson(meant, active, span, sent, few)
        self.refused_again()

    def refused_again(self) -> None:
        """Count a further refusal of the same episode: not all that was sent was taken."""
        if self._resting and self._lesson is not None:
            self._taken = max(0, self._taken - 1)
            self._lesson.sent = max(0, self._lesson.sent - 1)
            if self._recent:
                self._recent.pop()

    def pause(self, until: float) -> None:
        """Do not grow before a time."""
        self._paused = max(self._paused, until)

    def _resume(self, now: float) -> None:
        # A burst is taken for the rest after it as well: servers count by the second or the minute.
        over_all = self._taken / max(now - self._began, 1e-3)
        if self._lesson is None:
            self._rate = None if self._rate is None else min(self._rate, over_all)
        elif self._taken and not self._lesson.few:
            self._draw(self._lesson, over_all)
        self._before = (self._taken, self._began)
        self._taken, self._began, self._last, self._next, self._resting = 0, now, now, now, False

    def _draw(self, lesson: _Lesson, over_all: float) -> None:
        taken = max(lesson.sent / lesson.span, over_all)
        self._rate = min(lesson.meant, taken)
        if (
            taken >= AGREED[min(self._refusals, len(AGREED)) - 1] * lesson.meant
            or not self._refusals
        ):
            self._refusals += 1
        else:
            # Something other than this rate was refused: it is searched again.
            self._refusals = min(self._refusals, len(SEARCH))
        soon, after_soon, after_late = (
            SEARCH_PARTS if self._refusals <= len(SEARCH) else KNOWN_PARTS
        )
        self._part = (
            after_soon if lesson.active < soon and math.isfinite(lesson.meant) else after_late
        )

    def _grow(self, now: float) -> None:
        least = math.ceil(self.present / USED) - 1
        if least < 1 or (len(self._recent) >= least and self._recent[-least] > now - 1):
            # Time in which nothing is sent, or growth is paused, teaches nothing.
            self._age += min(1.0, max(0.0, now - max(self._last, self._paused)))
        if self._rate is not None and self.present > FORGOTTEN * self._rate:
            self._rate, self._refusals = None, 0


@dataclass(slots=True)
class _Lesson:
    """What was seen at a refusal."""

    meant: float
    """The requests a second that were to be sent, infinity for as many as possible."""
    active: float
    """The seconds since sending had begun."""
    span: float
    sent: int
    """The requests of the latest seconds, as many as the span has, that were taken."""
    few: bool
