"""Reporting a run on standard error: its progress, failures and messages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from antq_llm.cli.printing import say
from antq_llm.cli.progress import Advance, ProgressState, progress
from antq_llm.errors import AnswerDeleted, BudgetExceeded, RunStopped
from antq_llm.records.result import Failure
from antq_llm.runs.processes.garbage import collect_rarely
from antq_llm.runs.totals import Outcome, RunTotals


class RunReporter:
    """An observer that reports a run on standard error.

    As a context manager, it ends the progress display on exit. During the run, the garbage
    collector runs less often.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._advance: Advance | None = None
        self._has_reported_budget = False
        self._has_reported_stop = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def start(self, articles: int, totals: RunTotals, window: Callable[[], int | None]) -> None:
        """Start showing the progress of a run."""
        self._advance = self._stack.enter_context(progress(ProgressState(articles, totals, window)))
        self._stack.enter_context(collect_rarely())

    def outcome(self, outcome: Outcome) -> None:
        """Update the progress display and, if an article failed, print the reason."""
        if isinstance(outcome, Failure):
            self._report(outcome)
        self.judged()

    def judged(self) -> None:
        """Update the progress display."""
        if self._advance is not None:
            self._advance()

    def message(self, text: str) -> None:
        """Print a line on standard error."""
        say(text)

    def _report(self, failure: Failure) -> None:
        if isinstance(failure.error, RunStopped | AnswerDeleted):
            # Only an unreachable endpoint is reported here. Other reasons for a stop are printed as
            # errors of the command or of an article; deleted answers are counted in the summary.
            self._report_stop(failure.error)
            return
        if isinstance(failure.error, BudgetExceeded):
            # Report it once, not for every article in progress.
            if not self._has_reported_budget:
                say(f"stopping the run: {failure.error}")
            self._has_reported_budget = True
            return
        say(f"{failure.article_id}: {failure.error}")

    def _report_stop(self, error: RunStopped | AnswerDeleted) -> None:
        """Report once that the endpoint is unreachable."""
        if not isinstance(error, RunStopped) or error.kind != "unreachable":
            return
        if not self._has_reported_stop:
            say(f"stopping the run: {error.reason}")
            self._has_reported_stop = True
