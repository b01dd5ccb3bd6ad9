"""The help of commands, and the settings options given before a command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from antq_llm.config.option_table import options_of
from antq_llm.core.packaged_data import data_folder
from helpers.command_line import Cli


@pytest.mark.parametrize("command", ["extract", "eval"])
def test_options_are_in_named_groups(cli: Cli, command: str) -> None:
    """Each option of a command is listed once, below the heading of its group."""
    lines = cli(command, "--help").out.split("Examples:")[0].splitlines()
    headings = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    shown = [line.split()[0] for line in lines if line.startswith("  --")]
    options = options_of(command)
    assert {f"{option.group}:" for option in options} <= set(headings)
    assert sorted(shown) == sorted(
        [option.flag for option in options] + ["--config", "--profile", "--help"]
    )


def test_groups_have_their_options(cli: Cli) -> None:
    """The help of ``extract`` lists --rpm and --retries below the heading of their group."""
    group = cli("extract", "--help").out.split("Rate, retries and cost:")[1].split("\n\n")[0]
    assert [word for word in group.split() if word.startswith("--r")] == ["--rpm", "--retries"]


@pytest.mark.parametrize("words", ["--help", "extract --help", "eval --help", "prompts --help"])
def test_help_imports_nothing_slow(words: str) -> None:
    """Printing the help imports neither pydantic nor the OpenAI SDK."""
    program = (
        "import sys\nfrom antq_llm.cli.main import main\n"
        f"main({words.split()!r})\nprint(*sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "typer" in loaded
    assert not loaded & {"pydantic", "openai", "instructor", "yaml", "rich", "numpy"}


@pytest.mark.parametrize(
    "before",
    [["--config", "mine.toml", "--profile", "few"], ["--config=mine.toml", "--profile=few"]],
)
def test_settings_options_may_come_before_the_command(cli: Cli, before: list[str]) -> None:
    """--config and --profile can be given before the command."""
    Path("mine.toml").write_text('model = "rules"\n[profiles.few]\nlimit = 1', "utf-8")
    assert len(cli(*before, "extract", data_folder("seeds")).records) == 1


def test_those_after_the_command_come_first(cli: Cli) -> None:
    """A --profile option after the command takes precedence over one before the command."""
    Path("mine.toml").write_text("[profiles.a]\n[profiles.b]\nlimit = 1", "utf-8")
    done = cli(
        "--config", "mine.toml", "--profile", "a",
        "extract", data_folder("seeds"), "--model", "rules", "--profile", "b",
    )  # fmt: skip
    assert len(done.records) == 1


def test_a_settings_option_without_a_value_is_a_wrong_call(cli: Cli) -> None:
    """--config without a value is a usage error, and the message names the option."""
    done = cli("prompts", "--config")
    assert (done.status, "'--config' requires an argument" in done.complaint) == (2, True)
