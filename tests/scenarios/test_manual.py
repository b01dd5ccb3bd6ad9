"""The manual's Python examples run, its commands exist and its pictures are up to date."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import typer

from antq_llm.cli.app import app
from antq_llm.core.packaged_data import data_folder
from helpers.endpoint import Reply, scripted_endpoint
from helpers.paths import REPOSITORY
from tools.pictures import FOLDER, PICTURES

DOCUMENTS = sorted([*(REPOSITORY / "docs").rglob("*.md"), *REPOSITORY.glob("*.md")])
ACCIDENT = {"place": "Mill Lane", "date": "2024-02-12", "quote": "Fourteen people were injured"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that contains only the seeds."""
    shutil.copytree(data_folder("seeds"), tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["python.md", "how-to/own-schema.md", "notebooks.md"])
def test_python_examples_run(folder: Path, name: str) -> None:
    """The Python blocks of a page run in order in one namespace, and their assertions hold."""
    page = (REPOSITORY / "docs" / name).read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    answers = [{"accidents": [ACCIDENT | {"injured": injured}]} for injured in (40, 14)]
    with scripted_endpoint([Reply(json.dumps(answer)) for answer in answers]) as endpoint:
        namespace: dict[str, object] = {"endpoint": endpoint.base_url}
        for block in blocks:
            exec(compile(block, name, "exec", dont_inherit=True), namespace)
    assert blocks


def commands_in(text: str) -> Iterator[list[str]]:
    """Yield the words of each antq-llm command in the shell blocks of a document."""
    for block in re.findall(r"```(?:sh|bash|console)\n(.*?)```", text, re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            for part in re.split(r"[|;]|&&", line.partition("   #")[0]):
                words = part.removeprefix("$ ").split()
                if words[:1] == ["antq-llm"]:
                    yield words


def unknown_words(words: list[str]) -> set[str]:
    """Return the unknown command or options in a call."""
    command: Any = typer.main.get_command(app)
    rest = words[1:]
    while isinstance(command, click.Group) or hasattr(command, "commands"):
        if not rest or rest[0].startswith("-"):
            break
        if rest[0] not in command.commands:
            return {rest[0]}
        command = command.commands[rest.pop(0)]
    known = {"--help", "--version", "--config", "--profile", "--debug"}
    for parameter in command.params:
        known |= {*parameter.opts, *parameter.secondary_opts}
    return {word.partition("=")[0] for word in rest if word.startswith("--")} - known


def test_commands_of_the_manual_exist() -> None:
    """Every antq-llm command in a shell block of a document exists, with all its options."""
    calls = [
        (path.name, words) for path in DOCUMENTS for words in commands_in(path.read_text("utf-8"))
    ]
    wrong = {
        (name, " ".join(words)): unknown
        for name, words in calls
        if (unknown := unknown_words(words))
    }
    assert len(calls) > 40
    assert wrong == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_up_to_date(name: str) -> None:
    """Drawing a picture of the manual again gives the same file."""
    assert PICTURES[name]() == (FOLDER / name).read_text("utf-8"), (
        "run python tests/tools/pictures.py"
    )


def test_a_wrong_command_is_noticed() -> None:
    """The check finds a command or an option that does not exist."""
    assert unknown_words(["antq-llm", "extrct", "articles"]) == {"extrct"}
    assert unknown_words(["antq-llm", "gold", "check", "gold", "--article", "a"]) == {"--article"}
