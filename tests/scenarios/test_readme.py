"""The README's examples are run as printed."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from antq_llm.cli.main import main
from antq_llm.core.packaged_data import data_folder
from helpers.paths import REPOSITORY

README = (REPOSITORY / "README.md").read_text("utf-8")
COMMANDS = [
    line[2:]
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("$ antq-llm")
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that contains only the seeds."""
    shutil.copytree(data_folder("seeds"), tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_python_examples_run(folder: Path) -> None:
    """The Python blocks run in order in one namespace, and their assertions hold."""
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    namespace: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec", dont_inherit=True), namespace)
    assert len(blocks) == 1


def test_commands_succeed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The commands exit with 0 if they are run in order in one folder."""
    assert {command: main(shlex.split(command)[1:]) for command in COMMANDS} == dict.fromkeys(
        COMMANDS, 0
    )
    assert len(COMMANDS) == 8


def test_the_first_commands_are_demo_and_test() -> None:
    """The first two commands in the README are ``make demo`` and ``make test``."""
    assert re.findall(r"^\$ (.+?)\s+#", README, re.MULTILINE)[:2] == ["make demo", "make test"]


def test_it_is_short() -> None:
    """The README has at most 150 lines."""
    assert len(README.splitlines()) <= 150


def test_the_table_has_one_option_per_row() -> None:
    """Each row of the table of options names exactly one option in its first column."""
    rows = re.findall(r"^\| (`--.*?) \| (.*) \|$", README, re.MULTILINE)
    assert len(rows) > 10
    assert [row for row in rows if row[0].count("--") != 1 or "--" in row[1]] == []
