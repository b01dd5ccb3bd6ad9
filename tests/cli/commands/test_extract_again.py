"""Calls to ``antq-llm extract`` that reuse earlier results or recordings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helpers.command_line import (
    INVALID,
    LAN,
    REPORT,
    Cli,
    at,
    lines_of,
    results,
)
from helpers.endpoint import Reply, error, scripted_endpoint
from helpers.samples import ARTICLE, answer


def test_second_call_asks_nothing(cli: Cli, key: str, articles: Path, tmp_path: Path) -> None:
    """A second call with the same --out sends nothing and replays the records."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        call = ["extract", articles, *at(endpoint), "--out", tmp_path / "out"]
        assert cli(*call).status == 0
        first = lines_of(tmp_path / "out" / "records.jsonl")
        assert cli(*call).status == 0
        second = lines_of(tmp_path / "out" / "records.jsonl")
        assert len(endpoint.bodies) == 3
    assert [line["replayed"] for line in second] == [True] * 3
    assert [{**line, "replayed": False} for line in second] == first


def test_new_article_alone_is_asked_about(
    cli: Cli, key: str, articles: Path, tmp_path: Path
) -> None:
    """A second call sends requests only for new articles, and its files contain all articles."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        call = ["extract", articles, *at(endpoint), "--out", tmp_path / "out"]
        cli(*call)
        (articles / "d.txt").write_text(ARTICLE + "Bài d.", "utf-8")
        cli(*call)
        assert len(endpoint.bodies) == 4
    assert results(tmp_path / "out") == (["a", "b", "d", "sub/c"], [])


def test_changed_article_is_asked_about_again(
    cli: Cli, key: str, articles: Path, tmp_path: Path
) -> None:
    """A new request is sent for an article whose text has changed."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        call = ["extract", articles, *at(endpoint), "--out", tmp_path / "out"]
        cli(*call)
        (articles / "a.txt").write_text(ARTICLE + "Đã sửa.", "utf-8")
        cli(*call)
        assert len(endpoint.bodies) == 4


@pytest.mark.parametrize(
    "options",
    [["--model", "m-2"], ["--prompt", "movement_report@1"], ["--temperature", "0.5"]],
    ids=" ".join,
)
def test_another_question_needs_another_folder(
    cli: Cli, key: str, articles: Path, tmp_path: Path, options: list[str]
) -> None:
    """A call with another model, prompt or temperature cannot write to the same folder."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        call = ["extract", articles / "a.txt", *at(endpoint), "--out"]
        cli(*call, tmp_path / "out")
        refused = cli(*call, tmp_path / "out", *options)
        assert (refused.status, len(endpoint.bodies)) == (2, 1)
        assert options[0].removeprefix("--") in refused.err
        cli(*call, tmp_path / "other", *options)
        assert len(endpoint.bodies) == 2


@pytest.mark.parametrize(
    "options", [["--concurrency", "1"], ["--timeout", "5"], ["--mode", "tools"]], ids=" ".join
)
def test_how_it_is_asked_is_no_other_question(
    cli: Cli, key: str, articles: Path, tmp_path: Path, options: list[str]
) -> None:
    """A second call with another concurrency, timeout or mode sends no new request."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        call = ["extract", articles / "a.txt", *at(endpoint), "--out", tmp_path / "out"]
        cli(*call)
        cli(*call, *options)
        assert len(endpoint.bodies) == 1


def test_failed_answers_are_not_asked_for_again(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """In a second call, an article whose answers were invalid fails again without a request."""
    with scripted_endpoint([Reply(INVALID), Reply(LAN)]) as endpoint:
        call = [
            "extract",
            articles / "a.txt",
            "--schema",
            named,
            *at(endpoint),
            "--out",
            tmp_path / "out",
            "--max-attempts",
            "1",
        ]
        assert [cli(*call).status, cli(*call).status] == [1, 1]
        assert len(endpoint.bodies) == 1
    assert results(tmp_path / "out") == ([], ["a"])


def test_retry_failed_asks_again(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """--retry-failed sends a new request for a failed article, and later calls reuse the answer."""
    with scripted_endpoint([Reply(INVALID), Reply(LAN)]) as endpoint:
        call = [
            "extract",
            articles / "a.txt",
            "--schema",
            named,
            *at(endpoint),
            "--out",
            tmp_path / "out",
            "--max-attempts",
            "1",
        ]
        assert [cli(*call).status, cli(*call, "--retry-failed").status, cli(*call).status] == [
            1,
            0,
            0,
        ]
        assert len(endpoint.bodies) == 2
    assert results(tmp_path / "out") == (["a"], [])


def test_retry_failed_leaves_what_is_done(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """--retry-failed sends no requests for articles that have a record."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        call = ["extract", articles, "--schema", named, *at(endpoint), "--out", tmp_path / "out"]
        assert [cli(*call).status, cli(*call, "--retry-failed").status] == [0, 0]
        assert len(endpoint.bodies) == 3


def test_failed_transport_is_tried_again(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """An article that failed because of a server error is retried by the next call."""
    down = error(503, "down", Retry_After="0")
    with scripted_endpoint([*[down] * 6, Reply(LAN)]) as endpoint:
        call = [
            "extract",
            articles / "a.txt",
            "--schema",
            named,
            *at(endpoint),
            "--out",
            tmp_path / "out",
        ]
        assert [cli(*call).status, cli(*call).status] == [1, 0]
        assert len(endpoint.bodies) == 7
    assert results(tmp_path / "out") == (["a"], [])


def test_paid_attempts_before_a_failed_transport_are_not_paid_again(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """If a re-ask fails because of a server error, the next call repeats only the re-ask."""
    down = error(503, "down", Retry_After="0")
    with scripted_endpoint([Reply(INVALID), *[down] * 6, Reply(LAN)]) as endpoint:
        call = [
            "extract",
            articles / "a.txt",
            "--schema",
            named,
            *at(endpoint),
            "--out",
            tmp_path / "out",
        ]
        assert [cli(*call).status, cli(*call).status] == [1, 0]
        assert len(endpoint.bodies) == 8
    assert endpoint.bodies[7] == endpoint.bodies[1]


def test_recorded_run_answers_the_same_offline(
    cli: Cli, articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--offline with --recordings gives the records of the recorded run, marked as replayed."""
    with (
        monkeypatch.context() as live,
        scripted_endpoint([Reply(answer({"relevance": "?"})), Reply(REPORT)]) as endpoint,
    ):
        live.setenv("OPENAI_API_KEY", "key-secret")
        first = cli(
            "extract", articles, *at(endpoint), "--record", tmp_path / "rec", "--concurrency", "1"
        )
    again = cli("extract", articles, "--offline", "--recordings", tmp_path / "rec")
    assert (first.status, again.status) == (0, 0)
    assert [record["attempts"] for record in first.records] == [2, 1, 1]
    assert again.records == [{**record, "replayed": True} for record in first.records]


def test_recordings_do_not_hold_the_article(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """A recording contains the completion and digests, but not the article's text."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        cli(
            "extract",
            articles / "a.txt",
            "--schema",
            named,
            *at(endpoint),
            "--record",
            tmp_path / "rec",
        )
    (path,) = (tmp_path / "rec").rglob("*.json")
    recording = json.loads(path.read_text("utf-8"))
    assert recording["completion"]["text"] == LAN
    assert {"article", "prompt", "schema", "model", "parameters", "sample"} <= set(
        recording["asked"]
    )
    assert "Cổng trường" not in path.read_text("utf-8")


def test_offline_without_a_recording_is_a_failure_that_says_so(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """Offline, an article without a recording fails with a message that says so."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        cli(
            "extract",
            articles / "a.txt",
            "--schema",
            named,
            *at(endpoint),
            "--record",
            tmp_path / "rec",
        )
    done = cli(
        "extract", articles, "--schema", named, "--offline", "--recordings", tmp_path / "rec"
    )
    assert (done.status, [record["article_id"] for record in done.records]) == (1, ["a"])
    assert "antq-llm: b: no recording in " in done.err
    assert "2 recording_missing" in done.err


def test_offline_from_an_empty_folder_names_the_way_out(
    cli: Cli, articles: Path, tmp_path: Path
) -> None:
    """Offline, an empty folder of recordings without --model is a usage error."""
    (tmp_path / "rec").mkdir()
    done = cli("extract", articles, "--offline", "--recordings", tmp_path / "rec")
    assert done.status == 2
    assert "--model" in done.complaint
