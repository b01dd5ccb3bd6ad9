"""Exports that need an optional library that is not installed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.export.export_run import export_run
from helpers.exports import line, run_folder


@pytest.mark.parametrize(("to", "module"), [("parquet", "pyarrow"), ("xlsx", "xlsxwriter")])
def test_a_missing_library_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str, module: str
) -> None:
    """The error for a missing library names the extra that installs it."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        ConfigurationError, match=rf'needs {module}, .*pip install "antq-llm\[export\]"'
    ):
        export_run(run_folder(tmp_path / "run", line()), to, None)
