"""The notebooks in ``examples/`` run and give their stored outputs."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from helpers.paths import REPOSITORY

EXAMPLES = REPOSITORY / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))
MACHINE_PATH = re.compile(r"(?:/(?:home|root|tmp|usr|var|work)/|[A-Z]:\\)")


def _texts(notebook: Any) -> list[dict[str, str]]:
    """Return the outputs of the cells as text, without pictures and standard error."""
    return [
        {"stdout": output["text"]}
        if output["output_type"] == "stream"
        else {kind: data for kind, data in output["data"].items() if kind.startswith("text/")}
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.get("name") != "stderr"
    ]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_gives_what_it_shows(path: Path) -> None:
    """A notebook executed again offline gives the same text, tables and number of pictures."""
    stored = nbformat.read(path, as_version=4)
    executed = copy.deepcopy(stored)
    place = {"metadata": {"path": str(EXAMPLES)}}
    NotebookClient(
        executed, timeout=300, startup_timeout=300, record_timing=False, resources=place
    ).execute()
    assert _texts(executed) == _texts(stored)
    assert len(_texts(stored)) >= 5


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_names_no_machine(path: Path) -> None:
    """A notebook contains no machine paths, execution times or Python version."""
    text = path.read_text("utf-8")
    notebook = nbformat.read(path, as_version=4)
    assert MACHINE_PATH.findall(text) == []
    assert notebook.metadata["language_info"] == {"name": "python"}
    assert [cell.metadata for cell in notebook.cells if cell.metadata] == []


def test_every_example_is_listed() -> None:
    """examples/README.md has a row for each notebook and folder."""
    rows = re.findall(r"^\| \[`([^`]+)`\]", (EXAMPLES / "README.md").read_text("utf-8"), re.M)
    examples = {
        path.name + "/" * path.is_dir() for path in EXAMPLES.iterdir() if path.name[0] != "."
    }
    assert set(rows) == examples - {"README.md"}
