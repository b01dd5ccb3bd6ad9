"""The library without its built-in schema: a copy of the source without ``movement_report``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from helpers.command_line import LONGEST, at, lines_of
from helpers.endpoint import scripted_endpoint
from helpers.paths import REPOSITORY
from helpers.road_accidents import FOLDER, GOLD, MODEL, SCHEMA_FILE, ideal_model

pytestmark = pytest.mark.slow

PACKAGED = ("prompts", "schemas", "seeds", "gold", "recordings")
MAIN = "from antq_llm.cli.main import main; raise SystemExit(main())"
IMPORT_ALL = """
import importlib, pkgutil, antq_llm
for module in pkgutil.walk_packages(antq_llm.__path__, "antq_llm."):
    if not module.name.startswith("antq_llm.cli"):
        importlib.import_module(module.name)
assert all(getattr(antq_llm, name) for name in antq_llm.__all__ if name != "MovementReport")
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy of the source tree without ``movement_report``."""
    shutil.copytree(REPOSITORY / "src/antq_llm", tmp_path / "src/antq_llm")
    shutil.rmtree(tmp_path / "src/antq_llm/movement_report")
    for name in PACKAGED:
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    return tmp_path / "src"


def run(source: Path, code: str, *arguments: Any) -> subprocess.CompletedProcess[str]:
    """Run code in the example's folder with the copy of the library."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=FOLDER,
        env={
            **os.environ,
            "PYTHONPATH": str(source),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OPENAI_API_KEY": "key-x",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
    )


def test_every_other_module_can_be_imported(source: Path) -> None:
    """All packages but ``cli`` and all public names but ``MovementReport`` can be imported."""
    done = run(source, IMPORT_ALL)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("schema", [MODEL, SCHEMA_FILE], ids=["pydantic", "json-schema"])
def test_another_schema_is_extracted_and_scored(source: Path, tmp_path: Path, schema: str) -> None:
    """``extract`` and ``eval`` give the right records and scores with the second schema."""
    out, articles = tmp_path / "out", FOLDER / "articles"
    with scripted_endpoint(ideal_model) as endpoint:
        named = ["--schema", schema, *at(endpoint)]
        extracted = run(source, MAIN, "extract", articles, "--out", out, "--duplicates", *named)
        gold = ["--gold", FOLDER / "gold", "--articles", articles]
        scored = run(source, MAIN, "eval", *gold, "--out", out, "--json", *named)
    assert extracted.returncode == 0, extracted.stderr
    records = {line["article_id"]: line["record"] for line in lines_of(out / "records.jsonl")}
    assert records == GOLD
    assert scored.returncode == 0, scored.stderr
    (system,) = json.loads(scored.stdout)["systems"]
    assert (system["name"], system["scores"]["strict"]["overall"]["f1"]) == ("general@1", 1.0)
    assert len(endpoint.bodies) == len(GOLD)
