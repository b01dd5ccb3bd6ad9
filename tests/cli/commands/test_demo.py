"""``antq-llm demo``."""

from __future__ import annotations

import json
from pathlib import Path

from helpers.command_line import Cli, results


def test_the_demo_prints_a_table(cli: Cli) -> None:
    """The demo prints its five articles without a key and leaves no files."""
    done = cli("demo")
    assert done.status == 0
    assert "5 record(s), 0 failure(s), nothing spent." in done.out
    assert list(Path().iterdir()) == []


def test_the_demo_keeps_its_files(cli: Cli, tmp_path: Path) -> None:
    """With --out, the demo writes the files of a run; --json prints a row for each article."""
    done = cli("demo", "--out", tmp_path / "out", "--json")
    records, failures = results(tmp_path / "out")
    assert [row["article"] for row in json.loads(done.out)] == records
    assert (len(records), failures) == (5, [])
