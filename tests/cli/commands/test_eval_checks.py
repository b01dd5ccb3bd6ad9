"""The command ``antq-llm eval --checks``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antq_llm.cli.main import main
from helpers.road_accidents import FOLDER, SCHEMA_FILE


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command; return its exit status, standard output and standard error."""
    capsys.readouterr()
    status = main(["eval", "--checks", *arguments])
    written = capsys.readouterr()
    return status, written.out, written.err


def test_the_packaged_gold_has_no_false_faults(capsys: pytest.CaptureFixture[str]) -> None:
    """The checks find no faults in the packaged gold and detect at least 95% of planted errors."""
    status, out, _ = run(capsys, "--json", "--seed", "5")
    data = json.loads(out)
    assert (status, data["articles"], data["seed"]) == (0, 5, 5)
    assert {row["faults"] for row in data["gold"]} == {0}
    found = [row["contradicted"] for row in data["planted"]]
    assert sum(found) >= 0.95 * sum(row["errors"] for row in data["planted"])


def test_any_schema_with_roles_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    """For a JSON Schema file with roles, faults in the gold and planted errors are tabulated."""
    folders = ("--gold", str(FOLDER / "gold"), "--articles", str(FOLDER / "articles"))
    status, out, _ = run(capsys, "--schema", str(SCHEMA_FILE), *folders)
    assert status == 0
    assert "Faults found in gold" in out
    assert "name: invented" in out


def test_the_figures_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--out writes the figures to checks.json, and standard error names the file."""
    status, _, err = run(capsys, "--out", str(tmp_path / "report"))
    data = json.loads((tmp_path / "report" / "checks.json").read_text("utf-8"))
    assert (status, data["false_faults"]) == (0, [])
    assert "checks.json" in err


@pytest.mark.parametrize(
    "arguments",
    [("--prompt", "movement_report@1"), ("--baseline", "rules"), ("--fail-under", "0.5")],
)
def test_systems_are_not_scored_with_checks(
    arguments: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """An option that concerns systems is refused with --checks, and the message names it."""
    status, _, err = run(capsys, *arguments)
    assert status == 2
    assert f"leave out {arguments[0]}" in err


def test_a_schema_without_roles_has_no_checks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A schema without roles is refused with a message that says so."""
    path = tmp_path / "plain.json"
    path.write_text('{"type": "object", "properties": {"a": {"type": "string"}}}', "utf-8")
    status, _, err = run(
        capsys, "--schema", str(path), "--gold", str(tmp_path), "--articles", str(tmp_path)
    )
    assert status == 2
    assert "declares no roles" in err
