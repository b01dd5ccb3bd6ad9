"""The progress of a run on standard error: a bar on a terminal, lines at intervals on a pipe."""

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
"""The period over which the rate is measured."""

Advance = Callable[[], None]
Clock = Callable[[], float]


class ProgressState:
    """Done and failed articles, rate, tokens, cost, time left, and the rate limiter's window."""

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
        """Articles with an outcome."""
        return self._totals.records + self._totals.failures.total()

    @property
    def failed(self) -> int:
        """Articles without a record."""
        return self._totals.failures.total()

    @property
    def _counted(self) -> int:
        # Stored answers take no time, so that they would distort the rate.
        return self._totals.asked or self.done

    def mark(self) -> None:
        """Note the number of finished articles at this time."""
        now = self._clock()
        if self._counted < self._marks[-1][1]:
            # The first article that needed a request: earlier ones do not count any more.
            self._marks = deque([(now, self._counted)])
        if now - self._marks[-1][0] >= 1:
            self._marks.append((now, self._counted))
        while len(self._marks) > 1 and now - self._marks[1][0] >= RATE_SECONDS:
            self._marks.popleft()

    def words(self) -> str:
        """Return everything in one line."""
        return f"{self.done} of {self.total} done, {self.failed} failed; {self.details()}"

    def details(self, width: int | None = None) -> str:
        """Return what the bar does not show, the time left first.

        ``width`` is the number of characters available; parts that do not fit are left out.
        """
        at, before = self._marks[0]
        seconds = self._clock() - at
        rate = max(0, self._counted - before) / seconds if seconds > 0 else 0.0
        usage, cost = self._totals.sent, self._totals.spent_usd
        left = f"{_duration((self.total - self.done) / rate)} left" if rate else None
        parts = [left or "time left not known", f"{rate:.1f}/s"]
        parts.append("cost not known" if cost is None else f"${cost:.4f}")
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
    """Show progress; yields a function to call after each article."""
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
        # On a narrow terminal the count and the time left stay visible.
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
    """Ignore errors of a terminal that was closed: the run goes on without a bar."""
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
