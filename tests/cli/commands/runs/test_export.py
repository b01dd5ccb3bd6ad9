"""``antq-llm export``."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_llm.cli.commands.runs.export import run_export
from helpers.exports import line, run_folder


@pytest.mark.parametrize(
    ("to", "default"),
    [
        ("csv", "export"),
        ("parquet", "export"),
        ("sqlite", "export.sqlite3"),
        ("xlsx", "export.xlsx"),
    ],
)
def test_export_prints_where_the_tables_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], to: str, default: str
) -> None:
    """A line on standard error gives the numbers of records and tables, and the target."""
    folder = run_folder(tmp_path / "run", line())
    assert run_export(folder, to, None, None) == 0
    printed = capsys.readouterr()
    expected = f"antq-llm: 1 record(s) written as 5 table(s) to {folder / default}\n"
    assert (printed.out, printed.err) == ("", expected)
