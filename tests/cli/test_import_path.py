"""The import path of modules named with ``--schema``, tested in another process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from antq_llm.cli.import_path import add_current_folder
from helpers.endpoint import Reply, scripted_endpoint

SHADOWS = ("openai", "http", "json", "pydantic", "aiohttp", "yaml")
"""Names of installed or optional modules that a run imports."""

MODEL = "from pydantic import BaseModel\n\n\nclass Model(BaseModel):\n    name: str\n"
ENTRY_POINT = "import sys\nfrom antq_llm.cli.main import main\nsys.exit(main())\n"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Return a folder with models, an article and shadowing modules that record their import."""
    folder = tmp_path / "here"
    (folder / "package").mkdir(parents=True)
    (folder / "mine.py").write_text(MODEL, "utf-8")
    (folder / "package" / "module.py").write_text(MODEL, "utf-8")
    (folder / "a.txt").write_text("Bà Lan đến dự.", "utf-8")
    for name in SHADOWS:
        code = f"import pathlib\npathlib.Path({str(tmp_path / name)!r} + '.imported').touch()\n"
        (folder / f"{name}.py").write_text(code, "utf-8")
    (tmp_path / "antq-llm").write_text(ENTRY_POINT, "utf-8")
    return folder


def imported(here: Path) -> list[str]:
    """Return the names of the shadowing modules that were imported."""
    return sorted(path.stem for path in here.parent.glob("*.imported"))


def run_entry_point(
    here: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder, as an installed script would."""
    return subprocess.run(
        [sys.executable, str(here.parent / "antq-llm"), *arguments],
        cwd=here,
        env={**os.environ, "OPENAI_API_KEY": "any", **(environment or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("reference", "environment"),
    [
        ("mine:Model", {}),
        ("package.module:Model", {}),
        ("mine:Model", {"PYTHONSAFEPATH": "1"}),
    ],
)
def test_a_model_of_the_current_folder_replaces_no_installed_module(
    here: Path, reference: str, environment: dict[str, str]
) -> None:
    """``extract`` imports the model from the current folder but prefers installed modules."""
    with scripted_endpoint([Reply('{"name": "Lan"}')]) as endpoint:
        done = run_entry_point(
            here,
            *("extract", "a.txt", "--schema", reference, "--model", "m"),
            *("--base-url", endpoint.base_url),
            environment=environment,
        )
    assert (done.returncode, '"name": "Lan"' in done.stdout) == (0, True), done.stderr
    assert imported(here) == []


def test_nothing_of_the_current_folder_is_imported_without_such_a_schema(here: Path) -> None:
    """Without a schema to import, a run imports nothing from the current folder.

    This includes ``brotli``, which aiohttp imports if it is available.
    """
    (here / "brotli.py").write_text((here / "openai.py").read_text("utf-8"), "utf-8")
    with scripted_endpoint([Reply('{"name": "Lan"}')]) as endpoint:
        (here / "s.json").write_text('{"type": "object"}', "utf-8")
        done = run_entry_point(
            here,
            *("extract", "a.txt", "--schema", "s.json", "--model", "m"),
            *("--base-url", endpoint.base_url),
        )
    assert (done.returncode, imported(here)) == (0, []), done.stderr


def test_a_prompt_file_imports_nothing_from_the_current_folder(here: Path) -> None:
    """A model that only a prompt file names is not imported from the current folder."""
    header = "---\nname: p\nversion: 1\nschema: mine:Model\n---\n"
    prompt = f"{header}# system\n\nTìm người.\n\n# user\n\n{{{{article}}}}\n"
    (here / "p.md").write_text(prompt, "utf-8")
    done = run_entry_point(here, "extract", "a.txt", "--prompt", "p.md", "--model", "m")
    assert (done.returncode, "mine:Model cannot be imported" in done.stderr) == (2, True)
    assert imported(here) == []


def test_schemas_show_finds_a_model_of_the_current_folder(here: Path) -> None:
    """``antq-llm schemas show mine:Model`` prints the schema, using the installed pydantic."""
    done = run_entry_point(here, "schemas", "show", "mine:Model")
    assert (done.returncode, '"name"' in done.stdout) == (0, True), done.stderr
    assert imported(here) == []


@pytest.mark.parametrize("entry", ["", ".", "HERE"])
def test_a_current_folder_on_the_path_is_not_added_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    """The current folder is not appended if ``sys.path`` already contains it in any form."""
    monkeypatch.chdir(tmp_path)
    path = ["/usr/lib/none", entry.replace("HERE", str(tmp_path))]
    monkeypatch.setattr(sys, "path", list(path))
    add_current_folder("mine:Model")
    assert sys.path == path


def test_the_current_folder_is_appended_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two references to models append the current folder once; other references append nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["/usr/lib/none"])
    for reference in (None, "movement_report/1", "s.json", "mine:Model", "mine:Model"):
        add_current_folder(reference)
    assert sys.path == ["/usr/lib/none", str(tmp_path)]
