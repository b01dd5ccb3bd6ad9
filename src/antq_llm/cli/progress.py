"""The progress of a run on standard error: a bar on a terminal, or lines at intervals elsewhere."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from antq_llm.cli.printing import say
from antq_llm.runs.totals import RunTotals

SECONDS_BETWEEN_LINES = 30.0
_BAR_WIDTH = 20
RATE_SECONDS = 60.0
"""Seconds over which the rate is measured."""

Advance = Callable[[], None]
Clock = Callable[[], float]


class ProgressState:
    """The figures in the progress display, such as finished articles, rate, cost and time left."""

    def __init__(
        self,
        total: int,
        totals: RunTotals,
        window: Callable[[], int | None],
        clock: Clock = time.monotonic,
    ) -> None:
        self.total = total
        self._totals = totals
        self._window = window
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque([(clock(), 0)])

    @property
    def done(self) -> int:
        """The number of articles with an outcome."""
        return self._totals.records + self._totals.failures.total()

    @property
    def failed(self) -> int:
        """The number of failed articles."""
        return self._totals.failures.total()

    @property
    def _counted(self) -> int:
        # Stored answers take no time, so they would distort the rate.
        return self._totals.asked or self.done

    def mark(self) -> None:
        """Record the current number of finished articles, to measure the rate."""
        now = self._clock()
        if self._counted < self._marks[-1][1]:
            # This is the first article that needed a request; earlier ones no longer count.
            self._marks = deque([(now, self._counted)])
        if now - self._marks[-1][0] >= 1:
            self._marks.append((now, self._counted))
        while len(self._marks) > 1 and now - self._marks[1][0] >= RATE_SECONDS:
            self._marks.popleft()

    def words(self) -> str:
        """Return all figures on one line."""
        return f"{self.done} of {self.total} done, {self.failed} failed; {self.details()}"

    def details(self, width: int | None = None) -> str:
        """Return the time left, the rate, the cost, the tokens and the concurrency on one line.

        ``width`` is the number of characters available. Figures that do not fit are left out, but
        the time left is always included.
        """
        at, before = self._marks[0]
        seconds = self._clock() - at
        rate = max(0, self._counted - before) / seconds if seconds > 0 else 0.0
        usage, cost = self._totals.sent, self._totals.spent_usd
        left = f"{_duration((self.total - self.done) / rate)} left" if rate else None
        parts = [left or "time left unknown", f"{rate:.1f}/s"]
        parts.append("cost unknown" if cost is None else f"${cost:.4f}")
        if usage.input_tokens is not None and usage.output_tokens is not None:
            parts.append(
                f"tokens {_short(usage.input_tokens)} in, {_short(usage.output_tokens)} out"
            )
        if (window := self._window()) is not None:
            parts.append(f"{window} at a time")
        while width is not None and len(parts) > 1 and len("; ".join(parts)) > width:
            parts.pop()
        return "; ".join(parts)


@contextmanager
def progress(state: ProgressState) -> Iterator[Advance]:
    """Show progress, and yield a function to call after each article."""
    with (_bar if sys.stderr.isatty() else _lines)(state) as advance:
        yield advance


@contextmanager
def _lines(state: ProgressState) -> Iterator[Advance]:
    last_line = time.monotonic()

    def advance() -> None:
        nonlocal last_line
        state.mark()
        if time.monotonic() - last_line >= SECONDS_BETWEEN_LINES:
            last_line = time.monotonic()
            say(state.words())

    yield advance


@contextmanager
def _bar(state: ProgressState) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.table import Column

    console = Console(stderr=True)
    columns = (
        BarColumn(bar_width=_BAR_WIDTH, table_column=Column(no_wrap=True)),
        MofNCompleteColumn(table_column=Column(no_wrap=True)),
        TextColumn("{task.fields[words]}", table_column=Column(no_wrap=True), markup=False),
    )

    def words() -> str:
        # On a narrow terminal, the counts and the time left stay visible.
        count = f"{state.failed} failed; "
        total = len(str(state.total))
        room = console.width - _BAR_WIDTH - 2 * total - len("/  ") - len(count)
        return count + state.details(max(room, 0))

    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task("articles", total=state.total, words=words())

    def advance() -> None:
        state.mark()
        with _terminal_may_go():
            bar.update(task, completed=state.done, words=words())

    with _terminal_may_go():
        bar.start()
    try:
        yield advance
    finally:
        with _terminal_may_go():
            bar.stop()


def _terminal_may_go() -> AbstractContextManager[None]:
    """Return a context manager that ignores the errors caused by a closed terminal."""
    return suppress(OSError, ValueError)


def _short(number: int) -> str:
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return f"{number / size:.1f}{letter}"
    return str(number)


def _duration(seconds: float) -> str:
    minutes, hours = round(seconds / 60), int(seconds // 3600)
    if hours:
        return f"{hours} h {minutes - 60 * hours} min"
    return f"{minutes} min" if seconds >= 90 else f"{round(seconds)} s"
