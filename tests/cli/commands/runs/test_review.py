"""``antq-llm review``."""

from __future__ import annotations

import signal
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from antq_llm.cli.main import main
from helpers.command_line import finished, process
from helpers.reviewing import write_run


@pytest.mark.slow
def test_a_review_is_served_until_ctrl_c(tmp_path: Path) -> None:
    """The printed address can be opened at once, and Ctrl-C gives exit status 130 and a message."""
    run = write_run(tmp_path)
    started = process("review", run, "--gold", tmp_path / "gold")
    assert started.stdout is not None
    address = urlsplit(started.stdout.readline().strip())
    connection = HTTPConnection(address.netloc, timeout=60)
    connection.request("GET", f"/?{address.query}")
    assert connection.getresponse().status == 303
    connection.close()
    started.send_signal(signal.SIGINT)
    done = finished(started)
    assert done.status == 130
    assert done.err.splitlines()[-1].endswith("and the same command continues the review")
    assert (tmp_path / "gold").is_dir()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--gold", "gold", "--host", "0.0.0.0"], "every network"),
        (
            ["--gold", "gold", "--annotators", "run"],
            "two folders with ARTICLE_ID.json files, one for each annotator",
        ),
        (["--gold", "gold", "--audit", "none.csv"], "draw a sample with --sample N"),
        ([], "--gold is missing"),
    ],
)
def test_a_wrong_call_says_what_to_do(
    options: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A call that cannot be served gives exit status 2 and an error of one line."""
    write_run(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["review", "run", *options]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1


def test_missing_libraries_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the ``review`` extra, the error says how to install it."""
    monkeypatch.setattr("antq_llm.review.web.server.is_installed", lambda _: False)
    assert main(["review", str(write_run(tmp_path)), "--gold", str(tmp_path / "gold")]) == 2
    assert 'pip install "antq-llm[review]"' in capsys.readouterr().err
