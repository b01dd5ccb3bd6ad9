"""The interface through which a run reports its progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from antq_llm.runs.totals import Outcome, RunTotals


class RunObserver(Protocol):
    """Receives the progress of a run, in its event loop."""

    def start(self, articles: int, totals: RunTotals, window: Callable[[], int | None]) -> None:
        """Called once, before the first article.

        ``totals`` is updated before each outcome. ``window`` returns how many requests may be
        pending now, or None if nothing limits them.
        """
        ...

    def outcome(self, outcome: Outcome) -> None:
        """Called for each article, in completed order."""
        ...

    def message(self, text: str) -> None:
        """Called with a line for a person, such as the status of a batch."""
        ...


class SilentObserver:
    """Ignores everything."""

    def start(self, articles: int, totals: RunTotals, window: Callable[[], int | None]) -> None:
        """Do nothing."""

    def outcome(self, outcome: Outcome) -> None:
        """Do nothing."""

    def message(self, text: str) -> None:
        """Do nothing."""
