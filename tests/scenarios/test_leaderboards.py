"""The leaderboards in the documentation are reproduced exactly."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from antq_llm.cli.main import main
from antq_llm.evaluation.evaluation import OVERALL
from helpers.paths import REPOSITORY


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run ``antq-llm eval`` and return its standard output."""
    capsys.readouterr()
    main(["eval", *arguments])
    return capsys.readouterr().out


def test_a_leaderboard_is_reproduced_to_the_digit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command above the README's leaderboard reproduces all its figures."""
    monkeypatch.chdir(REPOSITORY)
    check_leaderboard("README.md", {}, capsys)


@pytest.mark.eleven
def test_the_leaderboard_of_eleven_articles_is_reproduced(
    eleven: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the other six articles, the command reproduces the table of eleven articles."""
    monkeypatch.chdir(REPOSITORY)
    shutil.copytree(REPOSITORY / "recordings", tmp_path / "seeds")
    shutil.copytree(eleven / "recordings", tmp_path / "further")
    folders = {"ELEVEN/recordings": str(tmp_path), "ELEVEN/": f"{eleven}/"}
    check_leaderboard("docs/leaderboard-eleven.md", folders, capsys)


def check_leaderboard(
    document: str, folders: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Run the command above a document's leaderboard and compare the figures."""
    match = re.search(
        r"<!-- leaderboard: antq-llm eval ([^>]*?) -->\n(.*?)\n\n",
        (REPOSITORY / document).read_text("utf-8"),
        re.DOTALL,
    )
    assert match is not None
    command = match[1]
    for written, folder in folders.items():
        command = command.replace(written, folder)
    data = json.loads(run(capsys, *shlex.split(command), "--json"))
    shown = {
        row[0]: row[1:]
        for row in (
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in match[2].splitlines()[2:]
        )
    }
    systems = {
        system["name"]: (system["scores"], system["failures"], system["usage"])
        for system in data["systems"]
    }
    assert set(shown) == {*systems, "annotators' agreement"}
    for name, row in shown.items():
        scores = systems[name][0] if name in systems else data["ceiling"]
        overall = scores["strict"][OVERALL]
        expected = [figure(scores[mode][OVERALL]) for mode in ("strict", "relaxed")] + [
            f"{overall['precision']:.3f}",
            f"{overall['recall']:.3f}",
        ]
        if name in systems:
            usage = systems[name][2]
            expected += [
                str(systems[name][1]),
                f"{usage['input_tokens']} + {usage['output_tokens']}",
            ]
        assert row[: len(expected)] == expected


def figure(score: dict[str, Any]) -> str:
    """Return an F1 score and its confidence interval in the format of a leaderboard."""
    low, high = score["interval"]
    return f"{score['f1']:.3f} [{low:.3f}, {high:.3f}]"
