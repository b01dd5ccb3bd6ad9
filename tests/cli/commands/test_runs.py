"""The ``antq-llm`` commands ``recheck``, ``diff`` and ``forget``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antq_llm.core.packaged_data import data_folder
from helpers.command_line import Cli, results


@pytest.fixture
def run(cli: Cli, tmp_path: Path) -> Path:
    """Return the folder of an offline run over the packaged articles."""
    assert cli("extract", data_folder("seeds"), "--offline", "--out", tmp_path / "run").status == 0
    return tmp_path / "run"


def test_recheck_reports_what_changes(cli: Cli, run: Path, tmp_path: Path) -> None:
    """A recheck of a run made by this version changes nothing, and --out writes the run's files."""
    done = cli("recheck", run, "--json", "--out", tmp_path / "again")
    found = json.loads(done.out)
    assert (done.status, found["rechecked"], found["skipped"]) == (0, 5, {})
    assert (found["diff"]["articles"]["unchanged"], found["diff"]["changes"]) == (5, [])
    assert results(tmp_path / "again") == results(run)
    assert json.loads((tmp_path / "again/run.json").read_text("utf-8"))["settings"][
        "rechecked"
    ] == str(run)


def test_recheck_names_what_it_cannot_judge(cli: Cli, run: Path, articles: Path) -> None:
    """If the inputs do not include the run's articles, none is rechecked, and the status is 1."""
    done = cli("recheck", run, articles)
    assert done.status == 1
    assert "5 article(s) not rechecked" in done.err


def test_diff_prints_numbers_and_changes(cli: Cli, run: Path, tmp_path: Path) -> None:
    """``diff`` prints the differences between the runs of two prompts as tables or as JSON."""
    other = tmp_path / "other"
    words = ["extract", data_folder("seeds"), "--offline", "--prompt", "movement_report@2"]
    assert cli(*words, "--out", other).status == 0
    done = cli("diff", run, other)
    assert done.status == 0
    for heading in ("Changed items", "Changed values", "Changes", "indicators.label"):
        assert heading in done.out
    found = json.loads(cli("diff", run, other, "--json").out)
    assert found["articles"]["both"] == 5
    assert sum(found["items"]["indicators"].values()) == 10


def test_forget_deletes_an_article(cli: Cli, run: Path) -> None:
    """``forget`` deletes the article's record and lists the data that it does not delete."""
    first = results(run)[0][0]
    done = cli("forget", run, first)
    assert done.status == 0
    assert first not in results(run)[0]
    assert "not deleted: exports" in done.err
    again = cli("forget", run, first, "--json")
    assert again.status == 1
    assert json.loads(again.out)["unknown"] == [first]
    assert cli("extract", data_folder("seeds"), "--offline", "--out", run).status == 0
    assert len(results(run)[0]) == 5


def test_a_folder_that_is_no_run_is_a_wrong_call(cli: Cli, tmp_path: Path) -> None:
    """Each command refuses a folder that was not written by a run."""
    for words in (["recheck"], ["diff", tmp_path], ["forget"]):
        more = ["a"] if words == ["forget"] else []
        done = cli(*words, tmp_path, *more)
        assert (done.status, done.out) == (2, "")
