"""Fixtures for the tests of the command line."""

from __future__ import annotations

import json
import logging
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from antq_llm.cli.main import main
from antq_llm.core.packaged_data import data_folder
from helpers.command_line import NAME_SCHEMA, TREE, Cli, Done
from helpers.samples import ARTICLE


@pytest.fixture(autouse=True)
def log_and_path_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Restore the log handlers, the log level and ``sys.path``, which the command line changes."""
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    monkeypatch.setattr(sys, "path", sys.path[:])
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """Return a function that calls the command line in this process, in an empty folder."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def call(*arguments: Any) -> Done:
        status = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Done(status, out, err)

    return call


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """Set an API key and an unreachable base URL; return the key."""
    monkeypatch.setenv("OPENAI_API_KEY", "key-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://unused.invalid/v1")
    return "key-secret"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Return a folder of three articles: a, b and sub/c."""
    folder = tmp_path / "articles"
    for name in ("a", "b", "sub/c"):
        path = folder / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{ARTICLE}\nBài {name}.\n", "utf-8")
    return folder


@pytest.fixture
def named(tmp_path: Path) -> Path:
    """Return the path of a small JSON Schema file."""
    path = tmp_path / "named.json"
    path.write_text(json.dumps(NAME_SCHEMA), "utf-8")
    return path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return the path of a recursive JSON Schema file with $ref and oneOf."""
    path = tmp_path / "family.json"
    path.write_text(json.dumps(TREE, ensure_ascii=False), "utf-8")
    return path


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """Return a copy of the packaged prompts with one changed letter in ``movement_report@5``."""
    folder = tmp_path / "prompts"
    shutil.copytree(data_folder("prompts"), folder)
    path = folder / "movement_report" / "v5.md"
    text = path.read_text("utf-8")
    path.write_text(text.replace("You are", "You Are", 1), "utf-8")
    assert path.read_text("utf-8") != text
    return folder
