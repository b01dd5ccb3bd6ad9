"""Deciding whether a refusal (429) is about the rate of all requests or about one request."""

from __future__ import annotations

from collections import deque
from typing import Literal, NamedTuple

INITIAL_HOLD = 0.25
"""Seconds to hold requests after a 429 without Retry-After.

The hold doubles with each further episode of refusals until an answer arrives.
"""
MAX_HOLD = 60.0

MIN_REFUSED_SHARE = 0.2
"""Share of the requests in flight that must be refused for an episode to be about the rate."""
MIN_ACCEPTED_BETWEEN = 4
"""Average number of answers between episodes below which even a single refusal is about the rate.

The average is taken over the last four episodes.
"""
MIN_ACCEPTED_SINCE = 8
"""Minimum number of answers after which a request's second refusal is about the request alone.

With fewer answers between the two refusals, the second is about the rate. The number is used once
the rate is known to be limited.
"""

Scope = Literal["request", "first", "rate", "further"]
"""The scope of a refusal:

- ``request``: only the refused request
- ``first``: perhaps the rate; later refusals decide
- ``rate``: the rate
- ``further``: the rate, but its episode has already been counted
"""


class Refusal(NamedTuple):
    """A refused try of a request."""

    number: int
    """The number of the try, counting all tries in the order they were sent."""
    answered: int
    """The number of answers received before the refusal."""


class RefusalEpisodes:
    """A record of refusals, grouped into episodes, that decides what each refusal is about.

    An episode begins with a refusal and includes later refusals of requests sent before that
    refusal. A server that refuses a few requests while it accepts many is assumed not to limit the
    rate. In that case, all requests wait after the first refusal of a request, but only briefly or
    as long as the server says. If the request is refused again, it waits alone.
    """

    def __init__(self) -> None:
        self.latest = 0
        """The number of the last request sent before the current episode began."""
        self._previous = 0
        self._accepted = self._answered = 0
        self._in_flight: set[int] = set()
        self._in_flight_then = self._refused = 0
        self._is_limited = False
        self._without_answer = 0
        self._answered_before: deque[int] = deque(maxlen=3)

    def record_sent(self, number: int) -> None:
        """Record that a request was sent."""
        self._in_flight.add(number)

    def record_end(self, number: int) -> None:
        """Record the end of a request."""
        self._in_flight.discard(number)

    def record_answer(self, number: int) -> None:
        """Record that a request was accepted and answered."""
        self._answered += 1
        self._accepted = max(self._accepted, number)
        if number > self._previous:
            self._without_answer = 0

    def record_refusal(self, number: int, earlier: Refusal | None, sent: int) -> Scope:
        """Record a refusal and return what it is about.

        ``earlier`` is the previous refusal of the same request, if any, and ``sent`` is the number
        of the last request sent.
        """
        if earlier is not None and self._is_about(earlier):
            return "request"
        if number <= self.latest:
            return self._further()
        # Requests sent since the last refusal and not answered yet may still be accepted.
        is_open = any(other > self.latest for other in self._in_flight if other != number)
        self._previous, self.latest = self.latest, sent
        self._in_flight_then, self._refused = len(self._in_flight), 1
        self._note_frequency(is_open=is_open)
        return "rate" if self._is_limited else "first"

    def refusal(self, number: int) -> Refusal:
        """Return the refusal of a request, to pass to its next try."""
        return Refusal(number, self._answered)

    @property
    def hold(self) -> float:
        """Seconds to hold all requests after a refusal if the server does not say how long."""
        return float(min(MAX_HOLD, INITIAL_HOLD * 2 ** min(max(0, self._without_answer - 1), 20)))

    def _is_about(self, earlier: Refusal) -> bool:
        """Return whether a second refusal is about the request, given the answers in between."""
        if self._is_limited:
            return self._answered - earlier.answered >= MIN_ACCEPTED_SINCE
        return self._accepted > earlier.number

    def _further(self) -> Scope:
        self._refused += 1
        if self._is_limited:
            return "further"
        self._is_limited = self._refused >= MIN_REFUSED_SHARE * self._in_flight_then
        return "rate" if self._is_limited else "first"

    def _note_frequency(self, *, is_open: bool) -> None:
        full = len(self._answered_before) == self._answered_before.maxlen
        is_frequent = full and (
            self._answered - self._answered_before[0] < 3 * MIN_ACCEPTED_BETWEEN
        )
        self._answered_before.append(self._answered)
        if is_frequent or (self._without_answer and not is_open):
            self._is_limited = True
        if not is_open:
            self._without_answer += 1
