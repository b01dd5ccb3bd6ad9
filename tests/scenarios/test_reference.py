"""docs/reference.md lists all keys of a run's files and all kinds of warnings and failures."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from antq_llm.cli.main import main
from antq_llm.core.packaged_data import data_folder
from helpers.paths import REPOSITORY

REFERENCE = (REPOSITORY / "docs/reference.md").read_text("utf-8")
WORDS = frozenset(re.findall(r"`([^`]+)`", REFERENCE))
SOURCE = REPOSITORY / "src/antq_llm"
WITH_KINDS = ("ArticleError", "CompletionError", "RecordWarning", "RunStopped")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run in which one article is extracted and one fails."""
    folder = tmp_path_factory.mktemp("run")
    seed = sorted(data_folder("seeds").glob("*.txt"))[0]
    (folder / "articles").mkdir()
    (folder / "articles" / seed.name).write_bytes(seed.read_bytes())
    (folder / "articles" / "other.txt").write_text("Không có bản ghi.", "utf-8")
    articles, out = str(folder / "articles"), folder / "out"
    assert main(["extract", articles, "--offline", "--out", str(out)]) == 1
    return out


def keys(value: Any, prefix: str = "") -> Iterator[str]:
    """Yield the paths of an object's keys in the page's notation, without those inside records."""
    for key, inner in value.items():
        yield f"{prefix}{key}"
        if isinstance(inner, dict) and key != "record":
            yield from keys(inner, f"{prefix}{key}.")
        elif isinstance(inner, list) and inner and isinstance(inner[0], dict):
            yield from keys(inner[0], f"{prefix}{key}[].")


def undocumented(paths: Iterator[str]) -> set[str]:
    """Return the paths that the page names neither in full nor by their last key."""
    return {path for path in paths if path not in WORDS and path.rpartition(".")[2] not in WORDS}


@pytest.mark.parametrize("name", ["records.jsonl", "failures.jsonl", "run.json"])
def test_keys_are_documented(run: Path, name: str) -> None:
    """Every key of the files that a run writes is on the page."""
    text = (run / name).read_text("utf-8")
    data = json.loads(text if name == "run.json" else text.splitlines()[0])
    assert undocumented(keys(data)) == set()


def test_kinds_are_documented() -> None:
    """Every kind of warning or error in the source is on the page."""
    kinds = {
        keyword.value.value
        for path in SOURCE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", None) in WITH_KINDS
        for keyword in call.keywords
        if keyword.arg == "kind" and isinstance(keyword.value, ast.Constant)
    }
    assert len(kinds) > 10
    assert kinds - WORDS == set()
