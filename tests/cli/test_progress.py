"""The progress of a run on standard error."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from antq_llm.cli import progress as module
from antq_llm.cli.main import main
from antq_llm.cli.progress import ProgressState, progress
from antq_llm.clients.completion import Usage
from antq_llm.runs.totals import RunTotals


class Clock:
    """A clock that a test advances."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def progress_of(clock: Clock, total: int = 1000) -> tuple[ProgressState, RunTotals]:
    """Return the progress of a run and the totals that it reads."""
    totals = RunTotals()
    return ProgressState(total, totals, lambda: 16, clock), totals


def test_all_is_said_in_a_line() -> None:
    """A progress line shows done and failed articles, time left, rate, cost, tokens and window."""
    clock = Clock()
    state, totals = progress_of(clock)
    clock.now += 20
    totals.records, totals.failures["invalid"] = 97, 3
    totals.sent, totals.spent_usd = (
        Usage(input_tokens=1_234_567, output_tokens=98_700, cached_tokens=0),
        1.5,
    )
    assert state.words() == (
        "100 of 1000 done, 3 failed; 3 min left; 5.0/s; $1.5000; "
        "tokens 1.2M in, 98.7k out; 16 at a time"
    )


def test_the_rate_is_that_of_the_last_minute() -> None:
    """The rate and the time left are based on the last minute."""
    clock = Clock()
    state, totals = progress_of(clock, total=100_000)
    for _ in range(100):
        clock.now += 1
        totals.records += 100
        state.mark()
    for _ in range(100):
        clock.now += 1
        totals.records += 1
        state.mark()
    assert "; 1.0/s;" in state.words()
    assert "24 h 58 min left" in state.words()


def test_what_was_answered_before_says_nothing_of_the_rest() -> None:
    """The rate and the time left are based on the articles that need a request."""
    clock = Clock()
    state, totals = progress_of(clock)
    for _ in range(5):
        clock.now += 1
        totals.records += 100
        state.mark()
    for _ in range(10):
        clock.now += 1
        totals.records, totals.asked = totals.records + 2, totals.asked + 2
        state.mark()
    assert state.words().startswith("520 of 1000 done, 0 failed; 4 min left; 2.0/s;")


def test_what_is_not_known_is_said_so() -> None:
    """An unknown cost or time left is shown as unknown, and unknown tokens are omitted."""
    state, totals = progress_of(Clock())
    totals.sent, totals.spent_usd = Usage(), None
    assert (
        state.words()
        == "0 of 1000 done, 0 failed; time left unknown; 0.0/s; cost unknown; 16 at a time"
    )


def test_a_pipe_gets_a_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """If standard error is not a terminal, a progress line is written every 30 seconds."""
    clock = Clock()
    state, totals = progress_of(clock)
    monkeypatch.setattr(module.time, "monotonic", clock)
    with progress(state) as advance:
        for _ in range(65):
            clock.now += 1
            totals.records += 1
            advance()
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in lines] == [
        "antq-llm: 30 of 1000 done",
        "antq-llm: 60 of 1000 done",
    ]


def test_a_short_run_says_nothing_between(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], seeds: list[Path]
) -> None:
    """A short run prints only its summary."""
    assert main(["extract", str(seeds[0]), "--model", "rules", "--out", str(tmp_path / "out")]) == 0
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_terminal_gets_a_bar(tmp_path: Path, seeds: list[Path]) -> None:
    """On a terminal, a progress bar is redrawn in place and removed at the end."""
    ours, theirs = pty.openpty()
    words = ["extract", str(seeds[0].parent), "--model", "rules", "--out", str(tmp_path / "out")]
    program = "import sys; from antq_llm.cli.main import main; sys.exit(main(sys.argv[1:]))"
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "140", "FORCE_COLOR": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", program, *words],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=environment,
    ) as process:
        os.close(theirs)
        shown = b""
        # On Linux, reading from a closed terminal raises an error.
        with suppress(OSError):
            while piece := os.read(ours, 65536):
                shown += piece
    os.close(ours)
    assert process.returncode == 0
    text = shown.decode()
    assert "failed; " in text
    assert "/s; $0.0000; tokens 0 in, 0 out" in text
    assert "\x1b[2K" in text
    assert "5 record(s)" in text


class Terminal(io.StringIO):
    """A terminal that records its output."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("columns", [60, 80, 160])
def test_count_and_time_left_are_seen_on_a_terminal_of_any_width(
    monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    """The count and the time left fit on one line even on a narrow terminal."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", str(columns))
    clock = Clock()
    totals = RunTotals(cost_usd=123.4567)
    with progress(ProgressState(30_000, totals, lambda: 64, clock)) as advance:
        clock.now += 30
        totals.records = 12_345
        advance()
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.getvalue())
    lines = [line for line in re.split(r"[\r\n]+", shown) if "12345/30000" in line]
    assert lines
    assert all("0 failed; 43 s left" in line for line in lines)
    assert max(len(line) for line in lines) <= columns
    assert ("64 at a time" in shown) == (columns == 160)
