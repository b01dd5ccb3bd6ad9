"""The limit on the size of an account's pending requests, estimated from refused batches."""

from __future__ import annotations

from antq_llm.errors import RunStopped
from antq_llm.store.rows import BatchFile

FIRST_HOLD = 60.0
"""Seconds to wait after the first refusal of a file with a single request.

Each later wait is twice as long as the one before, up to ``MAX_HOLD``.
"""
MAX_HOLD = 3600.0
MAX_HOLDS = 24
"""Number of waits before the run stops.

Together, they last most of a day, because a batch can take that long.
"""


class EnqueuedLimit:
    """The maximum total size, in bytes, of the requests that can be pending at a time.

    The provider limits enqueued tokens but does not say how many are left. Each refusal lowers the
    limit to the pending bytes plus half the size of the refused file. A round without a refusal
    doubles the limit.
    """

    def __init__(self) -> None:
        self.size: int | None = None
        """The limit in bytes; None until the account refuses a file."""
        self._smallest_refused: int | None = None
        """The number of requests in the smallest file refused in this round."""
        self._holds = 0

    def note_refusal(self, file: BatchFile, pending_size: int) -> None:
        """Lower the limit after a file was refused while ``pending_size`` bytes were pending."""
        size = pending_size + file.size // 2
        self.size = size if self.size is None else min(size, self.size)
        self._smallest_refused = min(file.requests, self._smallest_refused or file.requests)

    def end_round(self) -> float | None:
        """End a round, and raise the limit if nothing was refused in it.

        Returns the number of seconds to wait if a single request was refused, else None.
        Raises RunStopped if single requests have been refused for most of a day.
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
                "for most of a day, the account had no room for even one request: "
                "raise its limit on enqueued tokens",
                kind="quota",
            )
        hold: float = min(FIRST_HOLD * 2**self._holds, MAX_HOLD)
        self._holds += 1
        return hold
