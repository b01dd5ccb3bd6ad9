"""The request rate that a server accepts, learned from its refusals.

After a refusal, sending restarts a little below the rate that the server accepted. At first, the
sending rate then grows by a fixed factor per second; this search usually ends with the third
refusal. Later, the sending rate follows the curve of CUBIC (RFC 9438): it approaches the learned
rate, stays near it and only then exceeds it.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

LATENESS = 0.02
"""Seconds by which a timer may be late without lowering the sending rate."""
MIN_EPISODE_REQUESTS = 5
"""Number of accepted requests below which a single episode does not change a learned rate."""
MAX_RATE_TO_SENDING = 1.5
"""Maximum ratio of the intended to the actual sending rate at which the intended rate grows."""
RECOVERY = 30.0
"""Seconds of sending after a refusal until the known rate is reached again."""
MIN_RATE = 0.2
"""Minimum learned rate in requests per second.

Slower servers are expected to say how long to wait.
"""
FORGET_FACTOR = 1000.0
"""Ratio of the sending rate to the learned rate above which the learned rate is forgotten."""


@dataclass(frozen=True, slots=True)
class Search:
    """The parameters of a search for the rate that the server accepts."""

    growth: float
    """Growth factor per second; smaller in the second search, which starts nearer the goal."""
    agreement: float
    """Fraction of the intended rate that the server must accept for this search to end."""


@dataclass(frozen=True, slots=True)
class Restart:
    """The fraction of a learned rate to restart with, which depends on how soon a refusal came."""

    soon: float
    """Seconds after sending resumes within which a refusal counts as early."""
    fraction_if_soon: float
    fraction_if_late: float

    def fraction_after(self, observation: _Observation) -> float:
        """Return the fraction to restart with after a refusal."""
        came_soon = observation.active < self.soon and math.isfinite(observation.intended)
        return self.fraction_if_soon if came_soon else self.fraction_if_late


FIRST_SEARCH = Search(growth=2.0, agreement=0.6)
SECOND_SEARCH = Search(growth=1.2, agreement=0.8)
SEARCH_RESTART = Restart(soon=2.0, fraction_if_soon=0.8, fraction_if_late=0.93)
SEARCH_SPAN = 1.0
"""Seconds over which accepted requests are counted during a search, when the rate changes fast."""
KNOWN_AGREEMENT = 0.85
"""Accepted fraction of the intended rate below which a new search begins."""
KNOWN_RESTART = Restart(soon=6.0, fraction_if_soon=0.94, fraction_if_late=0.97)
KNOWN_SPAN = 4.0
"""Seconds over which accepted requests are counted once a rate is known."""


@dataclass(slots=True)
class _Unlimited:
    """The state before the first refusal, and after a learned rate is forgotten."""

    age: float = 0.0
    span = SEARCH_SPAN
    current = math.inf

    def next_search(self, _observation: _Observation, _accepted: float) -> Search | None:
        return FIRST_SEARCH


@dataclass(slots=True)
class _Searching:
    """The state during a search, in which the rate grows by a fixed factor per second."""

    rate: float
    """The requests per second that the server accepted before the latest refusal."""
    fraction: float
    """The fraction of ``rate`` to restart with."""
    search: Search
    age: float = 0.0
    """Seconds of growth since the latest refusal."""
    span = SEARCH_SPAN

    @property
    def current(self) -> float:
        return self.rate * self.fraction * math.pow(self.search.growth, min(self.age, 1000.0))

    def next_search(self, observation: _Observation, accepted: float) -> Search | None:
        if accepted < self.search.agreement * observation.intended:
            return self.search
        return SECOND_SEARCH if self.search is FIRST_SEARCH else None


@dataclass(slots=True)
class _Known:
    """The state after refusals at consistent rates; the sending rate follows the curve of CUBIC."""

    rate: float
    fraction: float
    age: float = 0.0
    span = KNOWN_SPAN

    @property
    def current(self) -> float:
        return self.rate * (1 + (1 - self.fraction) * math.pow(self.age / RECOVERY - 1, 3))

    def next_search(self, observation: _Observation, accepted: float) -> Search | None:
        """Return a new search if too little of the intended rate was accepted, else None."""
        return None if accepted >= KNOWN_AGREEMENT * observation.intended else SECOND_SEARCH


@dataclass(slots=True)
class _Period:
    """A period of sending between refusals, with a count of the accepted requests."""

    began: float
    accepted: int = 0


@dataclass(slots=True)
class _Observation:
    """The sending rate and the number of accepted requests when a refusal came."""

    intended: float
    """The intended requests per second; infinity if not limited."""
    active: float
    """Seconds since sending began or resumed."""
    span: float
    accepted: int
    """The number of requests accepted in the last ``span`` seconds."""
    is_too_few: bool


class LearnedRate:
    """The rate that a server accepts; unlimited before the first refusal."""

    def __init__(self) -> None:
        self._state: _Unlimited | _Searching | _Known = _Unlimited()
        self._recent: deque[float] = deque()
        self._period, self._previous = _Period(0.0), _Period(0.0)
        self._observation: _Observation | None = None
        self._resting = True
        self._last = self._paused_until = self._next = -math.inf

    @property
    def current(self) -> float:
        """The intended requests per second; infinity while there is no learned rate."""
        return self._state.current

    def ready_at(self, now: float) -> float:
        """Return the time at which the next request may be sent."""
        return max(self._next, now)

    def record_request(self, now: float) -> None:
        """Count a request that is sent at ``now``."""
        if self._resting:
            self._resume(now)
        self._period.accepted += 1
        self._recent.append(now)
        while self._recent[0] <= now - KNOWN_SPAN:
            self._recent.popleft()
        if not isinstance(self._state, _Unlimited):
            self._grow(self._state, now)
            self._next = max(self._next, now - LATENESS) + 1 / self._state.current
        self._last = now

    def record_refusal(self, now: float) -> None:
        """Record the first refusal of an episode; the rate changes once sending resumes."""
        intended, active = self._state.current, now - self._period.began
        self._state.age, self._resting = 0.0, True
        if self._period.accepted <= 1 and self._previous.accepted:
            # Sending resumed too early and nothing was accepted, so the earlier pause continues.
            self._period = self._previous
            self._observation = None
            return
        span = self._state.span
        span = span if math.isinf(intended) else min(span, max(active, 0.1))
        self._observation = _Observation(
            intended=intended,
            active=active,
            span=span,
            accepted=sum(1 for at in self._recent if at > now - span),
            is_too_few=(
                self._period.accepted < MIN_EPISODE_REQUESTS
                and math.isfinite(intended)
                and not (self._observation and self._observation.is_too_few)
            ),
        )
        self.record_further_refusal()

    def record_further_refusal(self) -> None:
        """Record another refusal in the same episode; its request no longer counts as accepted."""
        if self._resting and self._observation is not None:
            self._period.accepted = max(0, self._period.accepted - 1)
            self._observation.accepted = max(0, self._observation.accepted - 1)
            if self._recent:
                self._recent.pop()

    def discount_request(self) -> None:
        """Stop counting a request as accepted after a refusal that may not be about the rate."""
        self._period.accepted = max(0, self._period.accepted - 1)
        if self._recent:
            self._recent.pop()

    def pause_growth(self, until: float) -> None:
        """Keep the rate from growing before the time ``until``."""
        self._paused_until = max(self._paused_until, until)

    def _resume(self, now: float) -> None:
        # Servers count by the second or minute, so a burst includes the pause after it.
        overall = self._period.accepted / max(now - self._period.began, 1e-3)
        if self._observation is None:
            if not isinstance(self._state, _Unlimited):
                self._state.rate = max(MIN_RATE, min(self._state.rate, overall))
        elif self._period.accepted and not self._observation.is_too_few:
            self._learn(self._observation, overall)
        self._previous, self._period = self._period, _Period(now)
        self._last, self._next, self._resting = now, now, False

    def _learn(self, observation: _Observation, overall: float) -> None:
        accepted = max(observation.accepted / observation.span, overall)
        rate = max(MIN_RATE, min(observation.intended, accepted))
        search = self._state.next_search(observation, accepted)
        if search is None:
            self._state = _Known(rate, KNOWN_RESTART.fraction_after(observation))
        else:
            self._state = _Searching(rate, SEARCH_RESTART.fraction_after(observation), search)

    def _grow(self, state: _Searching | _Known, now: float) -> None:
        required = math.ceil(state.current / MAX_RATE_TO_SENDING) - 1
        is_used = len(self._recent) >= required and self._recent[-required] > now - 1
        if required < 1 or is_used:
            # Time without sending or growth does not count.
            state.age += min(1.0, max(0.0, now - max(self._last, self._paused_until)))
        if state.current > FORGET_FACTOR * state.rate:
            self._state = _Unlimited()
