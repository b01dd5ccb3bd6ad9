"""How a run stands is said while it goes on."""

from __future__ import annotations

import io
import os
import pty
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
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def standing(clock: Clock, total: int = 1000) -> tuple[ProgressState, RunTotals]:
    """Return how a run of so many articles stands, and the tally that it reads."""
    tally = RunTotals()
    return ProgressState(total, tally, lambda: 16, clock), tally


def test_all_is_said_in_a_line() -> None:
    """A line has what is done and failed, the rate, tokens, cost, the time left and the present concurrency."""
    clock = Clock()
    contains, tally = standing(clock)
    clock.now += 20
    tally.records, tally.failures["invalid"] = 97, 3
    tally.sent, tally.spent_usd = (
        Usage(input_tokens=1_234_567, output_tokens=98_700, cached_tokens=0),
        1.5,
    )
    assert (
        contains.words()
        == "100 of 1000 done, 3 failed; 5.0/s; tokens 1.2M in, 98.7k out; $1.5000; 3 min left; 16 at a time"
    )


def test_the_rate_is_that_of_the_last_minute() -> None:
    """What was fast at the beginning does not count for what is left."""
    clock = Clock()
    contains, tally = standing(clock, total=100_000)
    for _ in range(100):
        clock.now += 1
        tally.records += 100
        contains.mark()
    for _ in range(100):
        clock.now += 1
        tally.records += 1
        contains.mark()
    assert "; 1.0/s;" in contains.words()
    assert "24 h 58 min left" in contains.words()


def test_what_was_answered_before_says_nothing_of_the_rest() -> None:
    """The rate and the time left are those of the articles that are asked about now, however fast the others came."""
    clock = Clock()
    contains, tally = standing(clock)
    for _ in range(5):
        clock.now += 1
        tally.records += 100
        contains.mark()
    for _ in range(10):
        clock.now += 1
        tally.records, tally.asked = tally.records + 2, tally.asked + 2
        contains.mark()
    assert contains.words().startswith("520 of 1000 done, 0 failed; 2.0/s;")
    assert "; 4 min left;" in contains.words()


def test_what_is_not_known_is_said_so() -> None:
    """Without a price, tokens or a rate, none are made up."""
    contains, tally = standing(Clock())
    tally.sent, tally.spent_usd = Usage(), None
    assert (
        contains.words()
        == "0 of 1000 done, 0 failed; 0.0/s; cost not known; time left not known; 16 at a time"
    )


def test_a_pipe_gets_a_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a pipe a line is written when the time for one has come, and none between."""
    clock = Clock()
    contains, tally = standing(clock)
    monkeypatch.setattr(module.time, "monotonic", clock)
    with progress(contains) as advance:
        for _ in range(65):
            clock.now += 1
            tally.records += 1
            advance()
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in lines] == [
        "antq-llm: 30 of 1000 done",
        "antq-llm: 60 of 1000 done",
    ]


def test_a_short_run_says_nothing_between(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], seeds: list[Path]
) -> None:
    """A run of a moment has its closing line alone."""
    assert main(["extract", str(seeds[0]), "--model", "rules", "--out", str(tmp_path / "out")]) == 0
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_terminal_gets_a_bar(tmp_path: Path, seeds: list[Path]) -> None:
    """On a terminal the same is shown in one line that is drawn over, and is gone at the end."""
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
        # An error is how a closed terminal ends on Linux.
        with suppress(OSError):
            while piece := os.read(ours, 65536):
                shown += piece
    os.close(ours)
    assert process.returncode == 0
    text = shown.decode()
    assert "failed; " in text
    assert "/s; tokens 0 in, 0 out; $0.0000" in text
    assert "\x1b[2K" in text
    assert "5 record(s)" in text


class Terminal(io.StringIO):
    """A terminal that keeps what it is shown."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("columns", ["80", "160"])
def test_the_count_is_seen_on_a_terminal_of_any_width(
    monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    """How many of how many are done stands on a terminal of the usual 80 columns too, whatever else is said."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", columns)
    tally = RunTotals(cost_usd=123.4567)
    with progress(ProgressState(30_000, tally, lambda: 64)) as advance:
        tally.records = 12_345
        advance()
    assert "12345/30000" in terminal.getvalue()
    assert "64 at a time" in " ".join(terminal.getvalue().split())
