"""Messages after Ctrl-C."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from antq_llm.cli.main import main
from antq_llm.runs.run import Run


@pytest.mark.parametrize(
    ("has_out", "words"),
    [
        (True, "interrupted; the same command continues from "),
        (False, "interrupted; without --out nothing is kept"),
    ],
)
def test_ctrl_c_says_how_to_continue(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    has_out: bool,
    words: str,
) -> None:
    """After Ctrl-C, the message says how to continue or that nothing is kept without --out."""

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "run", interrupted)
    (tmp_path / "a.txt").write_text("Bài viết.", "utf-8")
    out = ["--out", str(tmp_path / "out")] if has_out else []
    assert main(["extract", str(tmp_path / "a.txt"), "--model", "rules", *out]) == 130
    assert words in capsys.readouterr().err
