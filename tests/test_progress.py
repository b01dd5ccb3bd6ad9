"""What is said of a run while it goes on."""

from __future__ import annotations

import io

import pytest

from antq_llm.batch import Tally
from antq_llm.cli.progress import Standing, progress


class Terminal(io.StringIO):
    """A terminal that keeps what it is shown."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("columns", ["80", "160"])
def test_the_count_is_seen_on_a_terminal_of_any_width(monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    """How many of how many are done stands on a terminal of the usual 80 columns too, whatever else is said."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", columns)
    tally = Tally(cost_usd=123.4567)
    with progress(Standing(30_000, tally, lambda: 64)) as advance:
        tally.records = 12_345
        advance()
    assert "12345/30000" in terminal.getvalue()
    assert "64 at a time" in " ".join(terminal.getvalue().split())
