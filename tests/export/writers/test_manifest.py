"""The manifest of a folder of tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.export.export_run import export_run
from helpers.exports import line, run_folder


@pytest.mark.parametrize("to", ["csv", "parquet"])
def test_a_file_put_into_an_export_is_not_lost(tmp_path: Path, to: str) -> None:
    """A folder of tables to which a file was added is not replaced."""
    folder = run_folder(tmp_path / "run", line())
    export_run(folder, to, None)
    (folder / "export" / "notes.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match="name another --out"):
        export_run(folder, to, None)


def test_csv_and_parquet_share_a_folder(tmp_path: Path) -> None:
    """An export to one format keeps the tables of the other and can be repeated."""
    folder = run_folder(tmp_path / "run", line())
    for to in ("csv", "parquet", "csv"):
        export_run(folder, to, None)
    names = {path.name for path in (folder / "export").iterdir()}
    assert {"articles.csv", "articles.parquet", "tables.json", "README.md"} <= names
    assert len(names) == 2 * 5 + 2
