"""Learns from refusals how much an account may have enqueued in batches."""

from __future__ import annotations

from antq_llm.errors import RunStopped
from antq_llm.store.rows import BatchFile

FIRST_HOLD = 60.0
"""Seconds to wait if not even a single request can be enqueued; doubled each time."""
MAX_HOLD = 3600.0
MAX_HOLDS = 24
"""Number of holds before the run stops: most of a day, which is how long a batch may take."""


class EnqueuedLimit:
    """The bytes of requests that may be pending at a time.

    The provider limits enqueued tokens and does not say how many are left, so the limit is
    halved around each refusal, and doubled after each round without one.
    """

    def __init__(self) -> None:
        self.size: int | None = None
        """Bytes; None until the account refused a file."""
        self._smallest_refused: int | None = None
        """Requests in the smallest file refused in this round."""
        self._holds = 0

    def note_refusal(self, file: BatchFile, pending_size: int) -> None:
        """Lower the limit: a file was refused while ``pending_size`` other bytes were pending."""
        size = pending_size + file.size // 2
        self.size = size if self.size is None else min(size, self.size)
        self._smallest_refused = min(file.requests, self._smallest_refused or file.requests)

    def end_round(self) -> float | None:
        """End a round: raise the limit if nothing was refused in it.

        Returns the seconds to wait if a single request was refused, else None. Raises RunStopped
        if that happened for most of a day.
        """
        refused, self._smallest_refused = self._smallest_refused, None
        if refused is None:
            self._holds = 0
            self.size = self.size and 2 * self.size
            return None
        if refused > 1:
            return None
        if self._holds == MAX_HOLDS:
            raise RunStopped(
                "the account had no room for a single request for most of a day: "
                "raise its limit of enqueued tokens",
                kind="quota",
            )
        hold: float = min(FIRST_HOLD * 2**self._holds, MAX_HOLD)
        self._holds += 1
        return hold
