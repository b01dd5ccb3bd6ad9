"""A run that the tests of annotations share."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_llm.cli.main import main
from antq_llm.core.packaged_data import data_folder


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run over the packaged articles, which no test writes to."""
    folder = tmp_path_factory.mktemp("run")
    assert main(["extract", str(data_folder("seeds")), "--offline", "--out", str(folder)]) == 0
    return folder
