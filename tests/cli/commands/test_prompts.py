"""The ``antq-llm prompts`` commands."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from antq_llm.core.packaged_data import data_folder
from helpers.command_line import (
    Cli,
    Done,
)


def test_show_refuses_a_changed_prompt(cli: Cli, changed: Path) -> None:
    """``prompts show`` refuses a released prompt that was changed and names its file."""
    done = cli("prompts", "show", "movement_report@5", "--prompts", changed)
    assert done.status == 2
    assert str(changed / "movement_report" / "v5.md") in done.complaint


def test_check_names_a_changed_prompt(cli: Cli, changed: Path) -> None:
    """``prompts check`` fails for a changed prompt, names its file and accepts the others."""
    done = cli("prompts", "check", "--prompts", changed, "--json")
    wrong = [row for row in json.loads(done.out) if not row["ok"]]
    assert done.status == 1
    assert [row["prompt"] for row in wrong] == ["movement_report@5"]
    assert str(changed / "movement_report" / "v5.md") in wrong[0]["message"]


def test_unchanged_copy_passes(cli: Cli, changed: Path) -> None:
    """``prompts check`` passes once the changed prompt is restored."""
    shutil.copy(
        data_folder("prompts") / "movement_report" / "v5.md", changed / "movement_report" / "v5.md"
    )
    assert cli("prompts", "check", "--prompts", changed).status == 0


def test_packaged_prompts_pass(cli: Cli) -> None:
    """The packaged prompts have not changed since their release."""
    done = cli("prompts", "check", "--json")
    assert done.status == 0
    assert {row["ok"] for row in json.loads(done.out)} == {True}


def test_prompts_list_as_json(cli: Cli) -> None:
    """``prompts list --json`` prints the reference, status and schema of each version."""
    rows = {row["prompt"]: row for row in json.loads(cli("prompts", "list", "--json").out)}
    assert rows["movement_report@2"]["status"] == "stable"
    assert rows["movement_report@2"]["schema"] == "movement_report/1"
    assert rows["general@1"]["schema"] is None


def test_prompts_list_as_a_table(cli: Cli) -> None:
    """``prompts list`` prints a table of prompt versions."""
    done = cli("prompts", "list")
    assert (done.status, done.err) == (0, "")
    assert all(
        reference in done.out
        for reference in ("general@1", "movement_report@1", "movement_report@2")
    )


def test_own_prompts_are_listed(cli: Cli, tmp_path: Path) -> None:
    """A draft in the user's folder is listed with the status ``draft``."""
    path = tmp_path / "mine" / "guests" / "v1.md"
    path.parent.mkdir(parents=True)
    path.write_text(
        "---\nname: guests\nversion: 1\nschema: null\n---\n# user\n\nWho?\n\n{{article}}\n", "utf-8"
    )
    rows = json.loads(cli("prompts", "list", "--prompts", tmp_path / "mine", "--json").out)
    assert [row["status"] for row in rows if row["prompt"] == "guests@1"] == ["draft"]


def test_prompts_show(cli: Cli) -> None:
    """Without a version, ``prompts show`` prints the newest stable version."""
    assert cli("prompts", "show", "movement_report") == cli("prompts", "show", "movement_report@5")
    assert "{{article}}" in cli("prompts", "show", "movement_report@1").out


def test_prompts_show_of_an_unknown_one(cli: Cli) -> None:
    """``prompts show`` with an unknown reference is a usage error."""
    done = cli("prompts", "show", "no_such_prompt")
    assert done.status == 2
    assert "no_such_prompt" in done.complaint


def test_prompts_diff(cli: Cli) -> None:
    """``prompts diff`` prints a unified diff headed by both references."""
    done = cli("prompts", "diff", "movement_report@1", "movement_report@2")
    assert (done.status, done.out.splitlines()[:2]) == (
        0,
        ["--- movement_report@1", "+++ movement_report@2"],
    )
    assert "\n-You read Vietnamese news articles" in done.out


def test_prompts_diff_of_equals_is_empty(cli: Cli) -> None:
    """``prompts diff`` prints nothing if both references name the same prompt."""
    assert cli("prompts", "diff", "general@1", "general") == Done(0, "", "")
