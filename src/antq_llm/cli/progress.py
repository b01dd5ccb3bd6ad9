"""How a run stands, on standard error: a bar on a terminal, and a line now and then on a pipe."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from antq_llm.cli.printing import say
from antq_llm.runs.totals import RunTotals

SECONDS_BETWEEN_LINES = 30.0
RATE_SECONDS = 60.0
"""How far back the rate looks."""

Advance = Callable[[], None]
Clock = Callable[[], float]


class ProgressState:
    """What is said of a run: done, failed, rate, tokens, cost, time left, and how many requests are sent at a time at present."""

    def __init__(
        self,
        total: int,
        tally: RunTotals,
        at_a_time: Callable[[], int | None],
        clock: Clock = time.monotonic,
    ) -> None:
        self.total = total
        self._tally = tally
        self._at_a_time = at_a_time
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque([(clock(), 0)])

    @property
    def done(self) -> int:
        """How many articles have an outcome."""
        return self._tally.records + self._tally.failures.total()

    @property
    def failed(self) -> int:
        """How many of them have no record."""
        return self._tally.failures.total()

    @property
    def _counted(self) -> int:
        # What was answered before takes no time that says anything of the rest.
        return self._tally.asked or self.done

    def mark(self) -> None:
        """Note how many are done by now."""
        now = self._clock()
        if self._counted < self._marks[-1][1]:
            # The first of those that are asked about now: what was done before them does not count.
            self._marks = deque([(now, self._counted)])
        if now - self._marks[-1][0] >= 1:
            self._marks.append((now, self._counted))
        while len(self._marks) > 1 and now - self._marks[1][0] >= RATE_SECONDS:
            self._marks.popleft()

    def words(self) -> str:
        """Return all of it in one line."""
        return f"{self.done} of {self.total} done, {self.failed} failed; {self.details()}"

    def details(self) -> str:
        """Return what a bar does not show."""
        at, before = self._marks[0]
        seconds = self._clock() - at
        rate = max(0, self._counted - before) / seconds if seconds > 0 else 0.0
        usage, cost = self._tally.sent, self._tally.spent_usd
        parts = [f"{rate:.1f}/s"]
        if usage.input_tokens is not None and usage.output_tokens is not None:
            parts.append(
                f"tokens {_short(usage.input_tokens)} in, {_short(usage.output_tokens)} out"
            )
        parts.append("cost not known" if cost is None else f"${cost:.4f}")
        parts.append(
            f"{_duration((self.total - self.done) / rate)} left" if rate else "time left not known"
        )
        if (window := self._at_a_time()) is not None:
            parts.append(f"{window} at a time")
        return "; ".join(parts)


@contextmanager
def progress(standing: ProgressState) -> Iterator[Advance]:
    """Yield a function that is to be called after each article."""
    with (_bar if sys.stderr.isatty() else _lines)(standing) as advance:
        yield advance


@contextmanager
def _lines(standing: ProgressState) -> Iterator[Advance]:
    said = time.monotonic()

    def advance() -> None:
        nonlocal said
        standing.mark()
        if time.monotonic() - said >= SECONDS_BETWEEN_LINES:
            said = time.monotonic()
            say(standing.words())

    yield advance


@contextmanager
def _bar(standing: ProgressState) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.table import Column

    # On a narrow terminal the words are wrapped; else the bar and the count would give way to them.
    columns = (
        BarColumn(bar_width=20, table_column=Column(no_wrap=True)),
        MofNCompleteColumn(table_column=Column(no_wrap=True)),
        TextColumn(
            "{task.fields[failed]} failed; {task.fields[details]}",
            table_column=Column(),
            markup=False,
        ),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("articles", total=standing.total, failed=0, details=standing.details())

        def advance() -> None:
            standing.mark()
            bar.update(
                task, completed=standing.done, failed=standing.failed, details=standing.details()
            )

        yield advance


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
