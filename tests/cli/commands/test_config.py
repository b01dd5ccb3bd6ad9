"""``antq-llm config show``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from antq_llm.config.option_groups import TABLES
from antq_llm.config.option_table import options_of
from helpers.command_line import Cli

FILE = """
model = "m"
[var]
tone = "kỹ"
[profiles.p.eval]
prompt = ["a@1", "b@2"]
"""


@pytest.fixture
def file() -> Path:
    """A settings file in the current folder."""
    path = Path("antq-llm.toml")
    path.write_text(FILE, "utf-8")
    path.chmod(0o644)
    return path.absolute()


def rows(cli: Cli, *arguments: Any) -> dict[str, dict[str, Any]]:
    """Return the rows that the command prints as JSON, by option."""
    found = json.loads(cli("config", "show", "--json", *arguments).out)
    return {row["option"]: row for row in found}


@pytest.mark.parametrize("command", TABLES)
def test_every_option_of_a_command_is_shown(cli: Cli, command: str) -> None:
    """The rows, apart from that of the API key, are the options of the command."""
    shown = rows(cli, command).keys() - {"api_key"}
    assert shown == {option.name for option in options_of(command)}


def test_values_have_their_sources(cli: Cli, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row gives the value, its source and where it is set: a variable, or a file and a table."""
    monkeypatch.setenv("ANTQ_LLM_RPM", "5")
    found = rows(cli, "eval", "--profile", "p")
    assert found["rpm"] == {
        "option": "rpm",
        "value": 5,
        "source": "environment",
        "from": "ANTQ_LLM_RPM",
    }
    assert [found[name]["source"] for name in ("model", "prompt", "tpm")] == [
        "file",
        "profile",
        "default",
    ]
    assert found["prompt"]["from"] == f"{file} [profiles.p.eval]"
    assert (found["prompt"]["value"], found["var"]["value"]) == (["a@1", "b@2"], {"tone": "kỹ"})


def test_json_of_this_command_is_not_that_of_another(cli: Cli) -> None:
    """--json is an option of this call, not a setting of the command shown."""
    assert rows(cli, "extract")["json"]["source"] == "default"


def test_secrets_are_masked(cli: Cli, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The API key and a password in the address are masked, but the source of the key is shown."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://lan:hush@host/v1")
    for arguments in ([], ["--json"]):
        out = cli("config", "show", *arguments).out
        assert key not in out
        assert "hush" not in out
    found = rows(cli)
    assert (found["api_key"]["value"], found["api_key"]["from"]) == ("***", "OPENAI_API_KEY")


def test_without_a_key_none_is_shown(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row of the API key has no value if no key is set."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert rows(cli)["api_key"]["value"] is None


def test_the_table_has_lists_and_variables(cli: Cli, file: Path) -> None:
    """Without --json, lists and variables are printed as plain text."""
    out = cli("config", "show", "eval", "--profile", "p").out
    assert "a@1 b@2" in out
    assert "tone=kỹ" in out


def test_a_command_without_settings_is_a_wrong_call(cli: Cli) -> None:
    """The error for an unknown command names the commands that have settings."""
    done = cli("config", "show", "extrakt")
    assert (done.status, "extract, eval, improve, export, demo" in done.complaint) == (2, True)
