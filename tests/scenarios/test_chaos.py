"""With random faults and kills, nothing is lost, and nothing is paid for twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.chaos import CONCURRENCY, MAX_CALLS, chaos_run


@pytest.mark.slow
def test_chaos(tmp_path: Path) -> None:
    """Every article has one outcome, and only requests in flight at a kill are repeated."""
    figures = chaos_run(tmp_path, articles=250, kills=3, seed=2026)
    assert (figures.in_both, figures.in_neither) == (0, 0)
    assert figures.records + figures.failures.total() == figures.articles
    assert figures.paid_twice <= figures.kills * CONCURRENCY
    assert figures.unnamed_errors == []
    assert figures.faults > figures.articles / 10
    assert figures.memory_late < 1.5 * figures.memory_early
    assert figures.calls < figures.kills + MAX_CALLS
