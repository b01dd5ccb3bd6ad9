"""A refused key, model or path (401, 403, 404), for one article or for the whole run."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antq_llm import ConfigurationError, Extractor, Failure, Options
from antq_llm.cli.main import main
from helpers.batch_service import batch_service
from helpers.command_line import INVALID, LAN, LONGEST, NAME_SCHEMA, lines_of, results
from helpers.endpoint import Reply, error, scripted_endpoint

STATUSES = pytest.mark.parametrize("status", [401, 403, 404])
ARTICLES = 8

Call = Callable[..., int]


def number_of(body: dict[str, Any]) -> int:
    """Return the number of the article in a request."""
    return int(body["messages"][-1]["content"].split("Bài số ")[1].split(".")[0])


def refusing(status: int, *numbers: int) -> Callable[[dict[str, Any]], Reply]:
    """Return a function that refuses articles with certain numbers and answers all others."""
    return lambda body: error(status, "no") if number_of(body) in numbers else Reply(LAN)


def kinds(folder: Path) -> dict[str, str]:
    """Return the kinds of a run's failures by article."""
    return {
        line["article_id"]: line["error"]["kind"] for line in lines_of(folder / "failures.jsonl")
    }


@pytest.fixture
def extract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Return a function that extracts names from eight articles and returns the exit status."""
    monkeypatch.setenv("OPENAI_API_KEY", "key-x")
    monkeypatch.chdir(tmp_path)
    lines = [json.dumps({"id": f"a{n}", "text": f"Bài số {n}."}) for n in range(ARTICLES)]
    Path("in.jsonl").write_text("\n".join(lines), "utf-8")
    Path("schema.json").write_text(json.dumps(NAME_SCHEMA))

    def call(base_url: str, *options: str) -> int:
        words = ["extract", "in.jsonl", "--schema", "schema.json", "--base-url", base_url]
        return main([*words, "--model", "m", "--out", "out", *options])

    return call


@STATUSES
@pytest.mark.parametrize("number", [0, 3, ARTICLES - 1])
@pytest.mark.parametrize("concurrency", ["1", "8"])
def test_one_refused_article_fails_alone(
    extract: Call, status: int, number: int, concurrency: str
) -> None:
    """An article that is refused while others are answered is rejected, and the run continues."""
    with scripted_endpoint(refusing(status, number)) as endpoint:
        assert extract(endpoint.base_url, "--concurrency", concurrency) == 1
    assert kinds(Path("out")) == {f"a{number}": "rejected"}
    assert len(results(Path("out"))[0]) == ARTICLES - 1


@STATUSES
def test_refusals_after_an_answer_never_end_a_run(extract: Call, status: int) -> None:
    """After one answer, refused articles are all sent and rejected, however many there are."""
    with scripted_endpoint(refusing(status, *range(1, ARTICLES))) as endpoint:
        assert extract(endpoint.base_url, "--concurrency", "1") == 1
    assert set(kinds(Path("out")).values()) == {"rejected"}
    assert len(endpoint.bodies) == ARTICLES


@STATUSES
def test_an_answer_that_is_not_valid_shows_that_the_key_is_right(
    extract: Call, status: int
) -> None:
    """After even an invalid answer, a refused request fails only its own article."""

    def reply(body: dict[str, Any]) -> Reply:
        return Reply(INVALID) if number_of(body) == 0 else error(status, "no")

    with scripted_endpoint(reply) as endpoint:
        assert extract(endpoint.base_url, "--concurrency", "1", "--max-attempts", "1") == 1
    assert kinds(Path("out")) == {"a0": "invalid"} | {
        f"a{number}": "rejected" for number in range(1, ARTICLES)
    }


@STATUSES
def test_three_refused_articles_without_an_answer_end_the_run(
    extract: Call, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """If three articles are refused before any is answered, a usage error names the cause."""
    with scripted_endpoint([error(status, "no")]) as endpoint:
        assert extract(endpoint.base_url, "--concurrency", "1") == 2
    assert len(endpoint.bodies) == 3
    assert set(kinds(Path("out")).values()) == {"configuration"}
    assert ("OPENAI_API_KEY" if status != 404 else "--base-url") in capsys.readouterr().err


@STATUSES
@pytest.mark.parametrize("limit", ["1", "2"])
def test_a_run_of_fewer_articles_that_are_all_refused_is_a_wrong_call(
    extract: Call, status: int, limit: str
) -> None:
    """A run whose articles are all refused is a usage error, however few there are."""
    with scripted_endpoint([error(status, "no")]) as endpoint:
        assert extract(endpoint.base_url, "--limit", limit) == 2
    assert len(kinds(Path("out"))) == int(limit)


@STATUSES
def test_answers_in_flight_are_kept_when_the_run_ends(extract: Call, status: int) -> None:
    """An answer that arrives after the third refusal is kept."""
    refused = threading.Semaphore(0)

    def reply(body: dict[str, Any]) -> Reply:
        if number_of(body) != 0:
            refused.release()
            return error(status, "no")
        for _ in range(3):
            assert refused.acquire(timeout=LONGEST)
        return Reply(LAN)

    with scripted_endpoint(reply) as endpoint:
        extract(endpoint.base_url, "--concurrency", "4")
    assert "a0" in results(Path("out"))[0]


def test_articles_refused_in_each_call_do_not_keep_others_from_being_asked(
    extract: Call,
) -> None:
    """A continued run goes on to new articles after those that are refused again."""
    refused = (0, 1, 3, 4)
    with scripted_endpoint(refusing(403, *refused)) as endpoint:
        # The first call ends before the last article. In order, only two articles are refused
        # before one is answered; with several at once, it might be three, which ends a run.
        assert extract(endpoint.base_url, "--concurrency", "1", "--limit", "7") == 1
        assert extract(endpoint.base_url, "--concurrency", "1") == 1
    assert kinds(Path("out")) == {f"a{number}": "rejected" for number in refused}
    assert "a7" in results(Path("out"))[0]


def test_a_key_that_was_revoked_between_calls_ends_the_run(extract: Call) -> None:
    """A key that was revoked between calls ends the run, despite stored answers."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        assert extract(endpoint.base_url, "--limit", "6") == 0
    with scripted_endpoint([error(401, "revoked")]) as endpoint:
        assert extract(endpoint.base_url) == 2


@STATUSES
@pytest.mark.parametrize("valid", [0, 1, 3])
def test_an_unknown_stronger_model_ends_the_run(extract: Call, status: int, valid: int) -> None:
    """An unknown stronger model is a usage error, even if the first model gives valid records."""
    answers = iter([LAN] * valid)

    def reply(body: dict[str, Any]) -> Reply:
        if body["model"] == "typo":
            return error(status, "no")
        return Reply(next(answers, INVALID))

    with scripted_endpoint(reply) as endpoint:
        options = ("--escalate", "typo", "--max-attempts", "1", "--concurrency", "1")
        assert extract(endpoint.base_url, *options) == 2
    assert [body["model"] for body in endpoint.bodies].count("typo") == 3


@pytest.mark.parametrize("status", [403])
def test_a_refused_line_of_a_batch_fails_alone(extract: Call, status: int) -> None:
    """If a batch has answers, a refused request in it fails only its own article."""
    with batch_service(refusing(status, 2)) as service:
        assert extract(service.base_url, "--batch") == 1
    assert kinds(Path("out")) == {"a2": "rejected"}


@STATUSES
async def test_a_stream_yields_the_refused_articles(status: int) -> None:
    """``extract_many`` yields a failure for a refused article if others are answered."""
    with scripted_endpoint(refusing(status, 0, 5)) as endpoint:
        options = Options(base_url=endpoint.base_url, api_key="k", concurrency=2)
        async with Extractor(NAME_SCHEMA, "Tìm tên.", model="m", options=options) as extractor:
            texts = [f"Bài số {number}." for number in range(ARTICLES)]
            outcomes = [outcome async for outcome in extractor.extract_many(texts)]
    failed = [outcome.error.kind for outcome in outcomes if isinstance(outcome, Failure)]
    assert (len(outcomes), failed) == (ARTICLES, ["rejected"] * 2)


@STATUSES
async def test_a_stream_ends_at_the_third_refusal(status: int) -> None:
    """``extract_many`` raises the error if three articles are refused before any is answered."""
    with scripted_endpoint([error(status, "no")]) as endpoint:
        options = Options(base_url=endpoint.base_url, api_key="k", concurrency=1)
        async with Extractor(NAME_SCHEMA, "Tìm tên.", model="m", options=options) as extractor:
            texts = [f"Bài số {number}." for number in range(ARTICLES)]
            with pytest.raises(ConfigurationError):
                [outcome async for outcome in extractor.extract_many(texts)]
    assert len(endpoint.bodies) == 3
