"""Empty arguments, for example from an unset shell variable, and ``python -m antq_llm``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from antq_llm.cli.main import main


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["extract", ""], "an argument is empty"),
        (["extract", "a.txt", "--out", ""], "the value of --out is empty"),
        (["extract", "a.txt", "--out="], "the value of --out is empty"),
        (["gold", "check", " "], "an argument is empty"),
    ],
)
def test_an_empty_word_is_refused(
    words: list[str],
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An empty argument or option value is refused instead of being read as the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("Bài.", "utf-8")
    assert main(words) == 2
    assert named in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_the_package_is_a_program() -> None:
    """``python -m antq_llm`` runs ``antq-llm``."""
    words = [sys.executable, "-m", "antq_llm", "--version"]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    assert done.stdout.startswith("antq-llm ")
