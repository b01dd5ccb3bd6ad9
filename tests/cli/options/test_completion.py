"""Shell completion."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from antq_llm.cli.options.completion import COMPLETE_VARIABLE, completion_script
from helpers.command_line import Cli

PROGRAM = "from antq_llm.cli.main import main; main()"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder with the program, a settings file, prompts and schemas."""
    program = tmp_path / "bin" / "antq-llm"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{PROGRAM}"\n', "utf-8")
    program.chmod(0o755)
    (tmp_path / "antq-llm.toml").write_text("[profiles.cheap]\n[profiles.dear]\n", "utf-8")
    (tmp_path / "antq-llm.toml").chmod(0o644)
    (tmp_path / "mine/note").mkdir(parents=True)
    (tmp_path / "mine/note/v1.md").write_text("x", "utf-8")
    (tmp_path / "mine/bill").mkdir(parents=True)
    (tmp_path / "mine/bill/v1.json").write_text("{}", "utf-8")
    return tmp_path


def completed(home: Path, line: str, shell: str = "fish") -> list[str]:
    """Return the completions that a shell receives for the beginning of a command line."""
    environment = {
        **os.environ,
        COMPLETE_VARIABLE: f"complete_{shell}",
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    done = subprocess.run(
        [home / "bin/antq-llm"],
        cwd=home,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return [found.split("\t")[0] for found in done.stdout.splitlines() if found]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("antq-llm ex", ["extract", "export"]),
        ("antq-llm extract --max-c", ["--max-cost", "--max-characters"]),
        ("antq-llm extract --prompt gen", ["general", "general@1"]),
        ("antq-llm extract --prompts mine --prompt no", ["note", "note@1"]),
        ("antq-llm eval --schema mov", ["movement_report", "movement_report/1"]),
        ("antq-llm extract --schemas mine --schema b", ["bill", "bill/1"]),
        ("antq-llm extract --profile ", ["cheap", "dear"]),
        ("antq-llm extract --mode md", ["md_json"]),
        ("antq-llm export out --to x", ["xlsx"]),
        ("antq-llm prompts diff general@1 gen", ["general", "general@1"]),
        ("antq-llm schemas show mov", ["movement_report", "movement_report/1"]),
        ("antq-llm completion z", ["zsh"]),
        ("antq-llm config show ev", ["eval"]),
    ],
)
def test_completions(home: Path, line: str, expected: list[str]) -> None:
    """Commands, options, references, profiles and choices are completed."""
    assert completed(home, line) == expected


@pytest.mark.slow
def test_a_broken_settings_file_completes_to_nothing(home: Path) -> None:
    """Completion with a malformed settings file prints no error and omits only the profiles."""
    (home / "antq-llm.toml").write_text("broken = [", "utf-8")
    assert completed(home, "antq-llm extract --profile c") == []
    assert completed(home, "antq-llm extract --prompt gen") == ["general", "general@1"]


@pytest.mark.slow
def test_zsh_gets_descriptions(home: Path) -> None:
    """zsh receives completions with descriptions in its own format."""
    [first, *_] = completed(home, "antq-llm ex", "zsh")
    assert first.startswith('_arguments \'*: :(("extract":')


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("antq-llm extract --prompt gen", ["general", "general@1"]),
        ("antq-llm extract --prompt movement_report@", ["1", "2", "3", "4", "5"]),
        ("antq-llm extract --prompt=movement_report@", ["1", "2", "3", "4", "5"]),
        ("antq-llm extract --prompt=gen", ["general", "general@1"]),
    ],
)
def test_bash_completes_references(home: Path, line: str, expected: list[str]) -> None:
    """In bash, which splits words at @ and =, the rest of a reference is completed."""
    script = (
        f"{completion_script('bash')}\nCOMP_LINE='{line}'; COMP_POINT={len(line)}\n"
        "_antq_llm_completion antq-llm\nprintf '%s\\n' \"${COMPREPLY[@]}\""
    )
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=home,
        env={**os.environ, "PATH": f"{home / 'bin'}:{os.environ['PATH']}"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert (done.stdout.split(), done.stderr) == (expected, "")


@pytest.mark.parametrize(
    ("shell", "words"),
    [
        ("bash", "complete -o default -F _antq_llm_completion antq-llm"),
        ("zsh", "#compdef antq-llm"),
        ("fish", "complete --command antq-llm"),
    ],
)
def test_a_script_is_printed(cli: Cli, shell: str, words: str) -> None:
    """``antq-llm completion`` prints the completion script of each shell."""
    done = cli("completion", shell)
    assert (done.status, done.err) == (0, "")
    assert words in done.out


def test_an_unknown_shell_is_a_wrong_call(cli: Cli) -> None:
    """The error for an unknown shell lists the supported shells."""
    done = cli("completion", "tcsh")
    assert (done.status, "bash, zsh, fish" in done.complaint) == (2, True)
