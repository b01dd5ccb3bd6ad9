"""Options that ``antq-llm extract --engine ray`` refuses, and the error without Ray."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_llm.cli.main import main
from antq_llm.distributed import cluster


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "--engine ray needs --out"),
        (["--out", "out", "--batch"], "--batch cannot be used with --engine ray"),
        (["--out", "out", "--retry-failed"], "--retry-failed cannot be used with --engine ray"),
        (["--out", "out", "--processes", "2"], "leave out --processes and --record"),
        (["--out", "out", "--workers", "0"], "--workers must be at least 1, not 0"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    words: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A missing or unsupported option is a usage error, and the message names the option."""
    monkeypatch.chdir(tmp_path)
    assert main(["extract", "in", "--engine", "ray", *words]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_workers_need_the_engine(capsys: pytest.CaptureFixture[str]) -> None:
    """Without --engine ray, --workers is refused."""
    assert main(["extract", "in", "--workers", "2"]) == 2
    assert "--workers needs --engine ray" in capsys.readouterr().err


def test_without_ray_the_command_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """If Ray is not installed, the error shows the command that installs it."""
    monkeypatch.setattr(cluster, "is_installed", lambda _: False)
    out = str(tmp_path / "out")
    assert main(["extract", "in", "--engine", "ray", "--out", out, "--model", "rules"]) == 2
    assert 'pip install "antq-llm[ray]"' in capsys.readouterr().err
