"""Batch rounds with a fake service: submissions and their outcomes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from antq_llm.clients.pricing import Price
from antq_llm.errors import ConfigurationError
from helpers.batch_runs import WRONG, Work, number_of, right, wrong_at_first
from helpers.batch_service import URL, batch_service
from helpers.endpoint import Reply, error


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """Return a folder with six articles."""
    return Work(tmp_path)


async def test_records_are_those_of_a_live_run(work: Work) -> None:
    """Records, failures and the number of requests equal those of a run without --batch."""

    def answer(body: dict[str, Any]) -> Reply:
        return Reply(WRONG) if number_of(body) == 4 else wrong_at_first(body)

    with batch_service(answer) as service:
        await work.extract(service, batch=False, out="live")
        asked_live = len(service.live)
        await work.extract(service)
    assert work.records() == work.records("live")
    assert work.failures() == work.failures("live")
    assert [line["article_id"] for line in work.failures()] == ["a4"]
    assert sum(service.executed.values()) == asked_live
    assert len(service.live) == asked_live


async def test_the_wire_body_is_that_of_a_live_run(work: Work) -> None:
    """Each line of a batch file has the body of a live request and a unique custom_id."""
    with batch_service(right) as service:
        await work.extract(service, batch=False, out="live")
        await work.extract(service)
    lines = [json.loads(line) for line in service.files["file-1"].decode().splitlines()]
    assert sorted(map(json.dumps, (line["body"] for line in lines))) == sorted(
        map(json.dumps, service.live)
    )
    assert len({line["custom_id"] for line in lines}) == 6


async def test_a_second_round_asks_again_what_was_not_valid(work: Work) -> None:
    """Invalid answers lead to re-asks in one further batch."""
    with batch_service(wrong_at_first) as service:
        totals = await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert [len(made.lines) for made in service.batches.values()] == [6, 2]
    assert [line["attempts"] for line in work.records()] == [2, 1, 1, 2, 1, 1]
    assert totals.records == 6


async def test_parts_of_a_long_article_go_out_together(work: Work) -> None:
    """The chunks of a long article are in one batch."""
    work.write(
        ["Bài số 1 về an ninh. " + " ".join(f"Thôn {number} yên ổn." for number in range(200))]
    )
    with batch_service(lambda _body: Reply('{"number": 1}')) as service:
        await work.extract(service, part_characters=1000)
    (made,) = service.batches.values()
    assert len(made.lines) > 2
    assert work.records()[0]["attempts"] == len(made.lines)


async def test_recordings_are_asked_first(work: Work) -> None:
    """Only requests without a recording are collected, and --record records batch answers."""
    with batch_service(right) as service:
        await work.extract(service, out="first", record=work.folder / "recorded")
        work.write([f"Bài số {number} về an ninh." for number in range(7)])
        await work.extract(service, recordings=work.folder / "recorded")
    assert work.numbers() == [0, 1, 2, 3, 4, 5, 6]
    assert [line["replayed"] for line in work.records()] == [True] * 6 + [False]
    assert [len(made.lines) for made in service.batches.values()] == [6, 1]


async def test_articles_of_one_text_are_asked_about_once(work: Work) -> None:
    """Articles with the same text share one line in the file."""
    work.write(["Bài số 1 về an ninh."] * 3)
    with batch_service(right) as service:
        await work.extract(service)
    assert work.numbers() == [1, 1, 1]
    assert list(service.executed.values()) == [1]


async def test_answers_fetched_now_are_not_replayed(work: Work) -> None:
    """Answers count as new in the call that downloads them and as replayed in the next call."""
    with batch_service(wrong_at_first) as service:
        first = await work.extract(service)
        assert {line["replayed"] for line in work.records()} == {False}
        second = await work.extract(service)
    assert {line["replayed"] for line in work.records()} == {True}
    assert (first.replayed, second.replayed) == (0, 6)
    assert len(service.batches) == 2


@pytest.mark.parametrize("known", [True, False])
async def test_cost_is_at_the_price_of_a_batch(work: Work, known: bool) -> None:
    """A batched completion costs half the live price; its cost is None if the price is unknown."""
    # The fake service's answers have 100 tokens in and 20 out.
    prices = {work.model: Price(1.0, 10.0)} if known else {}
    with batch_service(right) as service:
        totals = await work.extract(service, prices=prices)
    cost = pytest.approx(0.5 * (100 * 1.0 + 20 * 10.0) / 1e6) if known else None
    assert [line["cost_usd"] for line in work.records()] == [cost] * 6
    assert totals.cost_usd == (pytest.approx(6 * 0.5 * 300 / 1e6) if known else None)


async def test_retry_failed_asks_for_another_answer(work: Work) -> None:
    """With --retry-failed, articles that failed before get another answer in a batch."""
    with batch_service(
        lambda body: Reply(WRONG) if number_of(body) == 2 else right(body)
    ) as service:
        await work.extract(service, max_attempts=1)
        assert work.kinds()["a2"] == "invalid"
        service.answer = right
        await work.extract(service, max_attempts=1)
        assert work.kinds()["a2"] == "invalid"
        await work.extract(service, max_attempts=1, retry_failed=True)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert [len(made.lines) for made in service.batches.values()] == [6, 1]


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize(
    ("method", "ending"),
    [("POST", "/files"), ("POST", "/batches"), ("GET", "/batch_1"), ("GET", "/content")],
)
async def test_passing_errors_are_tried_again(
    work: Work, status: int, method: str, ending: str
) -> None:
    """A temporary error at any endpoint leads to a retry, and nothing is submitted twice."""
    failures = iter([error(status, "later", retry_after="0")] * 3)
    with batch_service(right) as service:
        service.fail = lambda verb, path: (
            next(failures, None) if verb == method and path.endswith(ending) else None
        )
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert set(service.accepted.values()) == {1}


@pytest.mark.parametrize(
    "body", ["<html>proxy</html>", {"no": "object"}], ids=["page", "other object"]
)
@pytest.mark.parametrize(
    ("method", "ending"), [("POST", "/files"), ("POST", "/batches"), ("GET", "/batch_1")]
)
async def test_answers_of_another_kind_are_tried_again(
    work: Work, body: Any, method: str, ending: str
) -> None:
    """A response that is not a file or batch, such as a proxy's page, leads to a retry."""
    pages = iter(
        [
            Reply(
                body=body,
                headers={
                    "Content-Type": "application/json" if isinstance(body, dict) else "text/html"
                },
            )
        ]
        * 2
    )
    with batch_service(right) as service:
        service.fail = lambda verb, path: (
            next(pages, None) if verb == method and path.endswith(ending) else None
        )
        await work.run_batches(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert set(service.accepted.values()) == {1}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("method", "ending"),
    [("POST", "/files"), ("POST", "/batches"), ("GET", "/batch_1"), ("GET", "/content")],
)
async def test_lost_connections_are_tried_again(
    work: Work, when: Any, method: str, ending: str
) -> None:
    """If the connection is lost at any step, no answer is lost and nothing is submitted twice."""
    losses = iter([when] * 2)
    with batch_service(right) as service:
        service.lose = lambda verb, path: (
            next(losses, None) if verb == method and path.endswith(ending) else None
        )
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert set(service.accepted.values()) == {1}


async def test_a_file_that_is_not_seen_yet_is_tried_again(work: Work) -> None:
    """If a batch's file is not visible yet, the creation of the batch is retried."""
    unseen = iter(
        [
            Reply(
                status=400,
                body={
                    "error": {
                        "message": "Cannot find file",
                        "param": "file_id",
                        "type": "invalid_request_error",
                        "code": None,
                    }
                },
            )
        ]
    )
    with batch_service(right) as service:
        service.fail = lambda verb, path: (
            next(unseen, None) if (verb, path) == ("POST", "/v1/batches") else None
        )
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("method", "ending"), [("POST", "/files"), ("POST", "/batches"), ("GET", "/batch_1")]
)
async def test_a_service_out_of_reach_for_long_stops_the_run(
    work: Work, method: str, ending: str
) -> None:
    """An unreachable service stops the run, and the next call submits nothing twice."""
    with batch_service(right) as service:
        service.fail = lambda verb, path: (
            error(500, "down") if verb == method and path.endswith(ending) else None
        )
        await work.run_batches(service)
        assert set(work.kinds().values()) == {"unreachable"}
        service.fail = lambda _method, _path: None
        await work.run_batches(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert set(service.accepted.values()) == {1}


async def test_an_upload_that_is_refused_rejects_its_articles(work: Work) -> None:
    """If the service refuses a file, the articles in it are rejected."""
    with batch_service(right) as service:
        service.fail = lambda verb, path: (
            error(413, "too large") if (verb, path) == ("POST", "/v1/files") else None
        )
        await work.extract(service)
    assert set(work.kinds().values()) == {"rejected"}


async def test_an_endpoint_without_batches_is_a_wrong_call(work: Work) -> None:
    """If the endpoint has no Batch API, the error says so, and a run without --batch works."""
    with batch_service(right) as service:
        service.fail = lambda _verb, path: error(404, "Not Found") if path != URL else None
        with pytest.raises(ConfigurationError, match="no Batch API"):
            await work.extract(service)
        await work.extract(service, batch=False)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]


async def test_a_refused_key_is_a_wrong_call(work: Work) -> None:
    """A refused key ends the run with an error that names OPENAI_API_KEY."""
    with batch_service(right) as service, pytest.raises(ConfigurationError, match="OPENAI_API_KEY"):
        await work.extract(service, api_key="another")


async def test_copies_wait_for_the_answer_to_their_original(work: Work) -> None:
    """With --duplicates, a copy waits for its original through all rounds and gets its record."""
    text = " ".join(f"Thôn {number} yên ổn." for number in range(40))
    work.write(
        [f"Bài số {number} về an ninh. {text}" for number in (3, 3, 3)]
        + ["Bài số 5 về trật tự, kể một chuyện khác hẳn."]
    )
    with batch_service(wrong_at_first) as service:
        totals = await work.extract(service, duplicates=0.8)
    assert work.numbers() == [3, 3, 3, 5]
    assert [len(made.lines) for made in service.batches.values()] == [2, 1]
    assert (totals.records, totals.duplicates) == (4, 2)


async def test_copies_of_what_failed_are_asked_about_in_a_further_round(work: Work) -> None:
    """If the original has no record, the model is asked about its copies in a further round."""
    text = " ".join(f"Thôn {number} yên ổn." for number in range(40))
    work.write([f"Bài số 3 về an ninh. {text}", f"Bài số 3 về an ninh.\n{text}"])
    failed: list[int] = []

    def answer(body: dict[str, Any]) -> Reply:
        failed.append(1)
        return Reply(WRONG) if len(failed) == 1 else right(body)

    with batch_service(answer) as service:
        await work.extract(service, duplicates=0.8, max_attempts=1)
    assert work.kinds() == {"a0": "invalid", "a1": "record"}
    assert [len(made.lines) for made in service.batches.values()] == [1, 1]
