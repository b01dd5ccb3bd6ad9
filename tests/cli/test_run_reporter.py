"""Reports of a run on standard error."""

from __future__ import annotations

import gc

import pytest

from antq_llm.cli.run_reporter import RunReporter
from antq_llm.errors import AntqError, BudgetExceeded, CompletionError, RunStopped
from antq_llm.records.result import Failure
from antq_llm.runs.totals import RunTotals


def lines_for(errors: list[AntqError], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the lines that report the given errors, for articles ``a0``, ``a1`` and so on."""
    with RunReporter() as reporter:
        for number, error in enumerate(errors):
            reporter.outcome(Failure(f"a{number}", None, error))
    return capsys.readouterr().err.splitlines()


def test_a_failure_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A failed article is reported on one line with its id and error."""
    lines = lines_for([CompletionError("down", kind="transport")], capsys)
    assert lines == ["antq-llm: a0: down"]


def test_a_used_up_budget_is_reported_once(capsys: pytest.CaptureFixture[str]) -> None:
    """An exhausted budget is reported on one line, without lines for unprocessed articles."""
    stop = RunStopped("not processed", kind="budget")
    lines = lines_for([BudgetExceeded("no money"), BudgetExceeded("no money"), stop], capsys)
    assert lines == ["antq-llm: stopping the run: no money"]


def test_the_garbage_collector_is_as_before() -> None:
    """The garbage collector's threshold changes during a run and is restored afterwards."""
    before = gc.get_threshold()
    with RunReporter() as reporter:
        reporter.start(1, RunTotals(), lambda: None)
        assert gc.get_threshold() != before
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)
