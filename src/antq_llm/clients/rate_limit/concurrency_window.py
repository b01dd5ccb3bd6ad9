"""A limit on requests in flight that adapts to the server's answers and refusals."""

from __future__ import annotations

import math

INITIAL_WINDOW = 32
"""Initial number of requests in flight, if the limit allows that many."""
DECREASE = 0.7
"""Factor applied to the window after an episode of refusals, as in CUBIC (RFC 9438)."""
LATENCY_WEIGHT = 0.1
"""Weight of the latest answer in the moving average of latencies."""
HEADROOM = 1.2
"""Size up to which the window grows fast, relative to the size that sustains the learned rate.

By Little's law, the latter size is the rate times the mean latency.
"""


class ConcurrencyWindow:
    """A window of at most ``limit`` requests, which grows on answers and shrinks on refusals.

    It starts at 32 requests, or ``limit`` if that is lower, and grows fast until the first episode
    of refusals.
    """

    def __init__(self, limit: int) -> None:
        self._limit = float(limit)
        self._window = float(min(INITIAL_WINDOW, limit))
        self._slow_start_threshold = math.inf
        self._no_growth_until = -math.inf
        self._mean_latency = 0.0

    @property
    def size(self) -> int:
        """The number of requests that may be in flight."""
        return int(self._window)

    def record_latency(self, seconds: float) -> None:
        """Update the mean latency with the latency of an answer."""
        self._mean_latency += LATENCY_WEIGHT * (seconds - self._mean_latency)

    def grow(self, rate: float, now: float) -> None:
        """Grow the window after an answer that arrived while the window was full.

        ``rate`` is the learned rate in requests per second; infinity if there is none.
        """
        if now < self._no_growth_until:
            return
        needed = 0.0 if math.isinf(rate) else HEADROOM * rate * self._mean_latency
        is_fast = self._window < max(self._slow_start_threshold, needed)
        grown = self._window + (1 if is_fast else 1 / self._window)
        self._window = min(self._limit, grown)

    def shrink(self) -> None:
        """Shrink the window after an episode of refusals."""
        self._slow_start_threshold = self._window
        self._window = max(1.0, self._window * DECREASE)

    def pause_growth(self, until: float) -> None:
        """Keep the window from growing before the time ``until``."""
        self._no_growth_until = until
