"""With --keep-answers, old answers are deleted, but their records and failures are kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from antq_llm.cli.main import main
from helpers.endpoint import Endpoint, Reply, error, scripted_endpoint

SCHEMA = {"title": "n", "type": "object", "required": ["n"], "properties": {"n": {"const": 1}}}


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set OPENAI_API_KEY."""
    monkeypatch.setenv("OPENAI_API_KEY", "x")


class Call:
    """The command that extracts three articles, one at a time."""

    def __init__(self, folder: Path, server: Endpoint) -> None:
        self.out = folder / "out"
        (folder / "in").mkdir()
        for name in "abc":
            (folder / "in" / f"{name}.txt").write_text(f"Bài {name}.", "utf-8")
        (folder / "n.json").write_text(json.dumps(SCHEMA), "utf-8")
        self._words = ["extract", str(folder / "in"), "--schema", str(folder / "n.json")]
        self._words += ["--out", str(self.out), "--base-url", server.base_url, "--model", "m"]
        self._words += ["--max-attempts", "1", "--concurrency", "1"]

    def __call__(self, *options: str) -> int:
        """Run the command and return its exit status."""
        return main([*self._words, *options])

    def lines(self, name: str) -> list[dict[str, Any]]:
        """Return the parsed lines of an output file."""
        text = (self.out / f"{name}.jsonl").read_text("utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def run(self) -> dict[str, Any]:
        """Return the contents of run.json."""
        run: dict[str, Any] = json.loads((self.out / "run.json").read_text("utf-8"))
        return run


def test_records_outlive_their_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A later run sends nothing, keeps all lines and reports how many were left unchanged."""
    with scripted_endpoint([Reply('{"n": 1}'), Reply('{"n": 2}'), Reply('{"n": 1}')]) as server:
        call = Call(tmp_path, server)
        assert call("--keep-answers", "0") == 1
        assert call.run()["expired_answers"] == 3
        records, failures = call.lines("records"), call.lines("failures")
        capsys.readouterr()
        assert call() == 0
        assert len(server.bodies) == 3
    assert call.lines("records") == [{**line, "replayed": True} for line in records]
    assert call.lines("failures") == failures
    assert (call.run()["this_call"]["expired"], call.run()["counts"]["articles"]) == (3, 3)
    said = capsys.readouterr().err
    assert "3 article(s) left unchanged because their answers were deleted" in said
    assert "Bài" not in said


def test_an_article_without_an_outcome_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An article with a new id and a deleted answer fails, and the exit status is 1."""
    with scripted_endpoint([Reply('{"n": 1}')]) as server:
        call = Call(tmp_path, server)
        call("--keep-answers", "0")
        articles = sorted((tmp_path / "in").iterdir())
        articles[0].rename(articles[0].with_name("renamed.txt"))
        capsys.readouterr()
        assert call() == 1
    assert call.run()["this_call"]["failures_by_kind"] == {"expired": 1}
    assert (call.run()["this_call"]["expired"], call.run()["counts"]["failures"]) == (2, 1)
    assert (
        "1 failure(s), 2 article(s) left unchanged because their answers were deleted"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize("days", ["30", "1000000", "99999999999"])
def test_young_answers_are_kept(tmp_path: Path, days: str) -> None:
    """Answers are deleted only if they are older than the given number of days."""
    with scripted_endpoint([Reply('{"n": 1}')]) as server:
        call = Call(tmp_path, server)
        assert call("--keep-answers", days) == 0
    assert call.run()["expired_answers"] == 0


def test_an_unfinished_article_keeps_its_answer(tmp_path: Path) -> None:
    """The answer of an unfinished article is kept so that its extraction can continue."""
    unavailable = error(401, "no such key")
    with scripted_endpoint([Reply("no JSON"), unavailable, Reply('{"n": 1}')]) as server:
        call = Call(tmp_path, server)
        words = ("--max-attempts", "2", "--keep-answers", "0")
        assert call(*words, "--limit", "1") == 1
        assert call.run()["expired_answers"] == 0
        assert call(*words, "--limit", "1") == 0
        assert len(server.bodies) == 3


@pytest.mark.parametrize("words", [["--keep-answers", "-1"], ["--keep-answers", "soon"]])
def test_a_wrong_retention_time_is_a_wrong_call(tmp_path: Path, words: list[str]) -> None:
    """A retention time that is negative or a word is a usage error."""
    with scripted_endpoint([]) as server:
        assert Call(tmp_path, server)(*words) == 2
    assert server.bodies == []
