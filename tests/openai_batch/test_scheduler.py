"""Rounds of batches against a stand-in of the service: what is submitted, when, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from antq_llm.clients.openai import retry_policy
from antq_llm.clients.pricing import Price
from antq_llm.clients.request import Request
from antq_llm.errors import AntqError, CompletionError, ConfigurationError
from antq_llm.openai_batch import scheduler
from antq_llm.openai_batch.collecting_client import FileLimits
from antq_llm.openai_batch.scheduler import BatchScheduler
from helpers.batch_runs import WRONG, Work, number_of, right, wrong_at_first
from helpers.batch_service import URL, Plan, Unexecuted, batch_service
from helpers.endpoint import Reply, error
from helpers.support import Waits


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for."""
    monkeypatch.setattr(scheduler, "FIRST_INTERVAL", 0.0)
    monkeypatch.setattr(scheduler, "MAX_FAILED_POLLS", 3)
    monkeypatch.setattr(retry_policy, "_backoff", lambda _state: 0.0)


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """Six articles."""
    return Work(tmp_path)


def without(line: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Return a line without some keys."""
    return {key: value for key, value in line.items() if key not in keys}


def as_set(**settings: Any) -> Callable[[BatchScheduler], None]:
    """Return a function that sets what collecting goes by."""

    def prepare(given: BatchScheduler) -> None:
        for name, value in settings.items():
            setattr(given.collecting, name, value)

    return prepare


# --- what comes out


async def test_records_are_those_of_a_live_run(work: Work) -> None:
    """Records and failures are byte for byte those of a run without --batch, re-asks and second attempts included."""

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
    """A line's body is the body that a live run sends, and its custom_id tells requests apart."""
    with batch_service(right) as service:
        await work.extract(service, batch=False, out="live")
        await work.extract(service)
    lines = [json.loads(line) for line in service.files["file-1"].decode().splitlines()]
    assert sorted(map(json.dumps, (line["body"] for line in lines))) == sorted(
        map(json.dumps, service.live)
    )
    assert len({line["custom_id"] for line in lines}) == 6


async def test_a_second_round_asks_again_what_was_not_valid(work: Work) -> None:
    """Invalid answers are asked about again together, in one further batch that holds nothing else."""
    with batch_service(wrong_at_first) as service:
        tally = await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert [len(made.lines) for made in service.batches.values()] == [6, 2]
    assert [line["attempts"] for line in work.records()] == [2, 1, 1, 2, 1, 1]
    assert tally.records == 6


async def test_parts_of_a_long_article_go_out_together(work: Work) -> None:
    """An article that is asked about in parts has all of them in one batch."""
    work.write(
        ["Bài số 1 về an ninh. " + " ".join(f"Thôn {number} yên ổn." for number in range(200))]
    )
    with batch_service(lambda _body: Reply('{"number": 1}')) as service:
        await work.extract(service, part_characters=1000)
    (made,) = service.batches.values()
    assert len(made.lines) > 2
    assert work.records()[0]["attempts"] == len(made.lines)


async def test_recordings_are_asked_first(work: Work) -> None:
    """With --recordings only what they do not answer is collected; with --record what a batch answered is recorded."""
    with batch_service(right) as service:
        await work.extract(service, out="first", record=work.folder / "recorded")
        work.write([f"Bài số {number} về an ninh." for number in range(7)])
        await work.extract(service, recordings=work.folder / "recorded")
    assert work.numbers() == [0, 1, 2, 3, 4, 5, 6]
    assert [line["replayed"] for line in work.records()] == [True] * 6 + [False]
    assert [len(made.lines) for made in service.batches.values()] == [6, 1]


async def test_articles_of_one_text_are_asked_about_once(work: Work) -> None:
    """Two articles with one text are one line of the file."""
    work.write(["Bài số 1 về an ninh."] * 3)
    with batch_service(right) as service:
        await work.extract(service)
    assert work.numbers() == [1, 1, 1]
    assert list(service.executed.values()) == [1]


async def test_answers_fetched_now_are_not_replayed(work: Work) -> None:
    """What was fetched in a call was paid for in it, whichever round it came in; the next call replays all."""
    with batch_service(wrong_at_first) as service:
        first = await work.extract(service)
        assert {line["replayed"] for line in work.records()} == {False}
        second = await work.extract(service)
    assert {line["replayed"] for line in work.records()} == {True}
    assert (first.replayed, second.replayed) == (0, 6)
    assert len(service.batches) == 2


@pytest.mark.parametrize("known", [True, False])
async def test_cost_is_at_the_price_of_a_batch(work: Work, known: bool) -> None:
    """A completion of a batch costs half of what a live one does, and a model without a price has no cost."""
    # The stand-in's answers have 100 tokens in and 20 out.
    prices = {work.model: Price(1.0, 10.0)} if known else {}
    with batch_service(right) as service:
        tally = await work.extract(service, prices=prices)
    cost = pytest.approx(0.5 * (100 * 1.0 + 20 * 10.0) / 1e6) if known else None
    assert [line["cost_usd"] for line in work.records()] == [cost] * 6
    assert tally.cost_usd == (pytest.approx(6 * 0.5 * 300 / 1e6) if known else None)


async def test_a_budget_holds_for_batches(work: Work) -> None:
    """With a budget for some of the requests at a time, all go out in several batches; what they may cost is reserved until they have ended."""
    prices = {work.model: Price(0.0, 10.0)}
    most = 1000 * 10.0 * 0.5 / 1e6
    with batch_service(right) as service:
        await work.extract(service, prices=prices, max_cost=3.2 * most, max_output_tokens=1000)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert [len(made.lines) for made in service.batches.values()] == [3, 3]
    assert all(
        line["body"]["max_completion_tokens"] == 1000
        for made in service.batches.values()
        for line in made.lines
    )
    run = json.loads((work.folder / "out" / "run.json").read_text("utf-8"))
    assert run["budget"] == {
        "max_cost_usd": 3.2 * most,
        "spent_usd": pytest.approx(6 * 20 * 10 * 0.5 / 1e6),
        "reserved_usd": 0.0,
    }


async def test_answers_of_batches_without_usage_count_at_the_most(work: Work) -> None:
    """An answer whose tokens nobody reported has cost the most that it may have cost, as a live one has."""
    most = 1000 * 10.0 * 0.5 / 1e6
    with batch_service(lambda body: replace(right(body), usage=None)) as service:
        await work.extract(
            service,
            prices={work.model: Price(0.0, 10.0)},
            max_cost=3.2 * most,
            max_output_tokens=1000,
        )
    assert len(work.records()) == 3
    run = json.loads((work.folder / "out" / "run.json").read_text("utf-8"))
    assert run["budget"] == {
        "max_cost_usd": 3.2 * most,
        "spent_usd": pytest.approx(3 * most),
        "reserved_usd": 0.0,
    }


async def test_a_used_up_budget_ends_batches(work: Work) -> None:
    """Where not even one request fits, nothing is submitted, and every article says so."""
    with batch_service(right) as service:
        await work.extract(
            service, prices={work.model: Price(0.0, 10.0)}, max_cost=0.001, max_output_tokens=1000
        )
    assert set(work.kinds().values()) == {"budget"}
    assert service.batches == {}


async def test_retry_failed_asks_for_another_answer(work: Work) -> None:
    """With --retry-failed an article whose answers failed before is asked about anew, in a batch."""
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


# --- what is submitted


async def test_files_hold_no_more_requests_than_the_limit(work: Work) -> None:
    """A file with as many requests as the limit is submitted, and the next one begun."""
    with batch_service(right, most_requests=4) as service:
        await work.rounds(service, as_set(limits=FileLimits(requests=4)))
    assert [len(made.lines) for made in service.batches.values()] == [4, 2]
    assert work.numbers() == [0, 1, 2, 3, 4, 5]


async def test_files_hold_no_more_bytes_than_the_limit(work: Work) -> None:
    """No file is larger than the limit, and each holds as many requests as fit."""
    with batch_service(right) as service:
        await work.rounds(service, as_set())
        line = len(service.files["file-1"].splitlines(keepends=True)[0])
    work.write([f"Bài số {number} về trật tự." for number in range(6)])
    with batch_service(right, most_bytes=2 * line + 20) as service:
        await work.rounds(service, as_set(limits=FileLimits(size=2 * line + 20)))
    assert [len(made.lines) for made in service.batches.values()] == [2, 2, 2]
    assert work.numbers() == [0, 1, 2, 3, 4, 5]


async def test_a_request_larger_than_a_file_fails_alone(work: Work) -> None:
    """An article whose request no file can hold is rejected, and the others are extracted."""
    texts = [f"Bài số {number} về an ninh." for number in range(3)]
    work.write([*texts[:2], texts[2] + "x" * 5000])
    with batch_service(right) as service:
        await work.rounds(service, as_set(limits=FileLimits(size=5000)))
    assert work.kinds() == {"a0": "record", "a1": "record", "a2": "rejected"}


async def test_line_ends_within_a_text_do_not_end_a_line(work: Work) -> None:
    """Characters at which some readers end a line stand as escapes in the file."""
    work.write(["Bài số 1 về an ninh.\u2028Dòng\u2029hai\x85ba"])
    with batch_service(right) as service:
        await work.extract(service)
    assert len(service.files["file-1"].decode().splitlines()) == 1
    assert (
        "\u2028Dòng\u2029hai"
        in json.loads(service.files["file-1"])["body"]["messages"][-1]["content"]
    )


async def test_a_gate_holds_back_until_what_is_under_way_has_ended(work: Work) -> None:
    """A gate that lets two requests out at a time gets them in files of two, is told when each turn has ended, and no article is lost."""

    class Two:
        def __init__(self) -> None:
            self.out = 0
            self.settled = 0

        async def reserve(self, request: Request, size: int) -> AntqError | None:
            assert size > 100
            assert request.model == work.model
            if self.out == 2:
                return CompletionError("no more", kind="quota")
            self.out += 1
            return None

        async def settle(self) -> None:
            self.out = 0
            self.settled += 1

    gate = Two()
    with batch_service(right) as service:
        await work.rounds(service, as_set(gate=gate))
    assert [len(made.lines) for made in service.batches.values()] == [2, 2, 2]
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    # Once before anything was submitted, and after each turn.
    assert gate.settled == 4


async def test_a_gate_that_stays_shut_fails_the_articles(work: Work) -> None:
    """Where nothing is under way whose end could open it, a shut gate's reason is the article's error."""

    class Shut:
        async def reserve(self, request: Request, size: int) -> AntqError | None:
            return CompletionError("no money", kind="quota")

        async def settle(self) -> None:
            return None

    with batch_service(right) as service:
        await work.rounds(service, as_set(gate=Shut()))
    assert set(work.kinds().values()) == {"quota"}
    assert service.batches == {}


@pytest.mark.parametrize("share", [0.3, 1.0, 2.5])
async def test_a_limit_of_enqueued_tokens_makes_batches_smaller_and_later(
    work: Work, share: float
) -> None:
    """Where the account has room for less than what was collected, all is submitted in the end, and executed once."""
    with batch_service(right) as service:
        await work.rounds(service, as_set(limits=FileLimits(requests=2)))
        room = int(share * len(service.files["file-1"]))
    work.write([f"Bài số {number} về trật tự." for number in range(12)])
    with batch_service(right, most_enqueued=max(room, 1500)) as service:
        await work.rounds(service, as_set(limits=FileLimits(requests=2)))
    assert work.numbers() == list(range(12))
    assert set(service.executed.values()) == {1}


@pytest.mark.parametrize("status", [400, 429])
async def test_a_limit_told_when_a_batch_is_made_is_the_same(work: Work, status: int) -> None:
    """Where a batch is refused at once for the limit of enqueued tokens, its requests go out in smaller ones."""
    with batch_service(right) as service:
        service.fail = lambda verb, path: (
            error(status, "too many", "token_limit_exceeded")
            if (verb, path) == ("POST", "/v1/batches") and len(service.files) <= 6
            else None
        )
        await work.rounds(service, as_set())
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert max(len(made.lines) for made in service.batches.values()) < 6
    assert set(service.executed.values()) == {1}


async def test_a_single_request_without_room_waits_for_it(work: Work) -> None:
    """Where not even one request finds room, it is submitted again after growing waits, and the run is stopped after most of a day."""
    waits = Waits()
    with batch_service(right, most_enqueued=10) as service:
        await work.rounds(service, as_set(), waits)
    assert set(work.kinds().values()) == {"quota"}
    holds = [seconds for seconds in waits.seconds if seconds >= scheduler.FIRST_HOLD]
    assert holds[:4] == [60.0, 120.0, 240.0, 480.0]
    assert 12 * 3600 < sum(holds) < 24 * 3600


async def test_modes_step_down_in_the_next_round(work: Work) -> None:
    """Requests that are refused in the strictest mode are asked again one mode down, and re-asks begin with the mode that was taken."""

    def answer(body: dict[str, Any]) -> Reply:
        strict = body.get("response_format", {}).get("type") == "json_schema"
        return error(400, "response_format is not supported") if strict else wrong_at_first(body)

    with batch_service(answer) as service:
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert [len(made.lines) for made in service.batches.values()] == [6, 6, 2]
    assert all("tools" in made.lines[0]["body"] for made in list(service.batches.values())[1:])


@pytest.mark.parametrize(("options", "batches"), [({"mode": "json"}, 1), ({}, 4)])
async def test_requests_refused_in_every_mode_are_rejected(
    work: Work, options: dict[str, Any], batches: int
) -> None:
    """Where every mode was refused, or the one that was chosen, the article fails as it does in a live run."""
    with batch_service(lambda _: error(400, "no")) as service:
        await work.extract(service, **options)
        await work.extract(service, batch=False, out="live", **options)
    assert work.failures() == work.failures("live")
    assert set(work.kinds().values()) == {"rejected"}
    assert len(service.batches) == batches


async def test_a_refusal_of_the_request_itself_is_not_asked_again(work: Work) -> None:
    """A code that no other mode would mend fails the article at once."""
    with batch_service(lambda _: error(400, "too long", "context_length_exceeded")) as service:
        await work.extract(service)
    assert set(work.kinds().values()) == {"rejected"}
    assert len(service.batches) == 1


async def test_an_error_counts_for_one_run(work: Work) -> None:
    """What was rejected is asked again by the next call, as in a live run."""
    with batch_service(lambda _: error(400, "no")) as service:
        await work.extract(service, mode="json")
        service.answer = right
        await work.extract(service, mode="json")
    assert work.numbers() == [0, 1, 2, 3, 4, 5]


# --- what comes back


@pytest.mark.parametrize("status", ["expired", "cancelled"])
async def test_what_was_not_executed_is_submitted_again(work: Work, status: str) -> None:
    """Of a batch that expired or was cancelled, answers are kept and the rest goes into the next round."""
    with batch_service(right, plans=[Plan(("in_progress", status), executed=4)]) as service:
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert [len(made.lines) for made in service.batches.values()] == [6, 2]
    assert set(service.executed.values()) == {1}


async def test_what_is_never_executed_fails_as_transport(work: Work) -> None:
    """An article whose request came back unexecuted three times fails with kind transport, and the next call asks again."""
    with batch_service(
        lambda body: Unexecuted() if number_of(body) == 3 else right(body)
    ) as service:
        await work.extract(service)
        assert work.kinds() == {
            **dict.fromkeys(("a0", "a1", "a2", "a4", "a5"), "record"),
            "a3": "transport",
        }
        assert len(service.batches) == 3
        assert "batch_expired" in work.failures()[0]["error"]["message"]
        service.answer = right
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("status", [429, 500, 503, 0])
async def test_passing_errors_of_lines_are_asked_again(work: Work, status: int) -> None:
    """A line with an error that may pass goes into the next round."""
    failed: set[int] = set()

    def answer(body: dict[str, Any]) -> Reply:
        number = number_of(body)
        if number % 2 and number not in failed:
            failed.add(number)
            return error(status, "try again")
        return right(body)

    with batch_service(answer) as service:
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert [len(made.lines) for made in service.batches.values()] == [6, 3]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (error(400, "filtered", "content_filter"), "filtered"),
        (error(413, "too large"), "rejected"),
        (Reply('{"num', finish_reason="length"), "truncated"),
        (Reply(None, refusal="I will not."), "refused"),
        (Reply("", finish_reason="content_filter"), "filtered"),
    ],
)
async def test_errors_of_lines_are_named_as_live_ones(work: Work, reply: Reply, kind: str) -> None:
    """A line's error becomes the failure that a live request's would."""
    with batch_service(lambda body: reply if number_of(body) == 1 else right(body)) as service:
        await work.extract(service, batch=False, out="live")
        await work.extract(service)
    assert work.failures() == work.failures("live")
    assert work.kinds() == {**dict.fromkeys(("a0", "a2", "a3", "a4", "a5"), "record"), "a1": kind}


async def test_a_used_up_quota_stops_submitting(work: Work) -> None:
    """After a line says that the quota is used up, answers that came are kept, and nothing more is submitted."""

    def answer(body: dict[str, Any]) -> Reply:
        return (
            error(429, "no credit", "insufficient_quota")
            if number_of(body) > 3
            else wrong_at_first(body)
        )

    with batch_service(answer) as service:
        await work.extract(service)
        kinds = work.kinds()
        service.answer = right
        await work.extract(service)
    assert kinds == {
        "a1": "record",
        "a2": "record",
        **dict.fromkeys(("a0", "a3", "a4", "a5"), "quota"),
    }
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert [len(made.lines) for made in service.batches.values()] == [6, 4]


async def test_a_batch_that_fails_for_the_quota_stops_submitting(work: Work) -> None:
    """A batch that fails since no more may be spent is not made again in this run."""
    faults = [
        {
            "code": "billing_hard_limit_reached",
            "message": "Billing hard limit has been reached",
            "line": None,
        }
    ]
    with batch_service(right, plans=[Plan(faults=faults)]) as service:
        await work.extract(service)
    assert set(work.kinds().values()) == {"quota"}
    assert len(service.batches) == 1


async def test_a_faulty_line_fails_alone(work: Work) -> None:
    """Of a batch that fails at its validation, the lines at fault are rejected, and the others submitted again."""
    with batch_service(
        right, plans=[Plan(faults=[{"code": "invalid_body", "message": "no", "line": 2}])]
    ) as service:
        await work.extract(service)
    assert sorted(work.kinds().values()) == [*["record"] * 5, "rejected"]
    assert [len(made.lines) for made in service.batches.values()] == [6, 5]


async def test_a_batch_that_fails_for_no_known_reason_is_made_again(work: Work) -> None:
    """A batch that fails as a whole is submitted again."""
    with batch_service(
        right, plans=[Plan(faults=[{"code": "internal", "message": "oops", "line": None}])]
    ) as service:
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]


async def test_a_model_without_batches_is_a_wrong_call(work: Work) -> None:
    """A model that the Batch API does not take meets every article alike."""
    with batch_service(
        right,
        plans=[
            Plan(faults=[{"code": "model_not_found", "message": "not supported", "line": None}])
        ],
    ) as service:
        with pytest.raises(ConfigurationError, match="--model"):
            await work.extract(service)
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("status", [401, 404])
async def test_lines_that_meet_every_article_alike_end_the_run(work: Work, status: int) -> None:
    """A refused key or an unknown model in a line is a wrong call, after all that was answered is kept."""
    with batch_service(
        lambda body: error(status, "no") if number_of(body) == 0 else right(body)
    ) as service:
        with pytest.raises(ConfigurationError):
            await work.extract(service)
        service.answer = right
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert set(service.executed.values()) == {1}
    assert [len(made.lines) for made in service.batches.values()] == [6, 1]


def torn(lines: list[bytes]) -> list[bytes]:
    """Tear the last line, and set noise beside it."""
    other = json.dumps(
        {"custom_id": "somebody's", "response": {"status_code": 200, "body": {}}, "error": None}
    ).encode()
    return [
        b"",
        other,
        b"[1]",
        b'{"custom_id": 7}',
        b"\xff\xfe",
        *lines[:-1],
        lines[0],
        lines[-1][:40],
    ]


@pytest.mark.parametrize(
    ("files", "again"),
    [
        (lambda output, errors: (torn(output), errors), 1),
        (lambda output, errors: (output[:3], errors), 3),
        (lambda _output, errors: ([], errors), 6),
        (lambda output, errors: ([], [*errors, *output]), 0),
        (
            lambda output, errors: (
                output,
                [output[0].replace(b'"status_code": 200', b'"status_code": 500'), *errors],
            ),
            0,
        ),
        (
            lambda output, errors: (
                [output[0].replace(b'"choices"', b'"none"'), *output[1:]],
                errors,
            ),
            1,
        ),
    ],
    ids=[
        "torn and stray lines",
        "cut short",
        "no output file",
        "all in the error file",
        "answer and error",
        "no completion",
    ],
)
async def test_whatever_the_files_hold_nothing_is_lost(work: Work, files: Any, again: int) -> None:
    """Answers are taken from whatever is readable, and only what has none is asked again."""
    with batch_service(right, plans=[Plan(files=files)]) as service:
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert [len(made.lines) for made in service.batches.values()][1:] == ([again] if again else [])


async def test_a_file_that_is_gone_is_asked_again(work: Work) -> None:
    """A results file that the service no longer has costs another round, and nothing else."""
    gone = iter([error(404, "No such File object")])
    with batch_service(right) as service:
        service.fail = lambda _method, path: next(gone, None) if path.endswith("/content") else None
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert len(service.batches) == 2


# --- the way there and back


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize(
    ("method", "ending"),
    [("POST", "/files"), ("POST", "/batches"), ("GET", "/batch_1"), ("GET", "/content")],
)
async def test_passing_errors_are_tried_again(
    work: Work, status: int, method: str, ending: str
) -> None:
    """Uploading, making, looking and downloading are each tried again, and nothing is submitted twice."""
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
    """What comes with status 200 and is no file or batch, as a proxy's page, is an error that passes, and nothing is submitted twice."""
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
        await work.rounds(service, as_set())
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
    """A connection that is lost, whether or not the request took effect, loses nothing and submits nothing twice."""
    losses = iter([when] * 2)
    with batch_service(right) as service:
        service.lose = lambda verb, path: (
            next(losses, None) if verb == method and path.endswith(ending) else None
        )
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert set(service.accepted.values()) == {1}


async def test_a_file_that_is_not_seen_yet_is_tried_again(work: Work) -> None:
    """A batch that is refused since its file is not seen everywhere yet is made a moment later."""
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
    """Where no try gets through for long, every article says that the same call continues; that call takes up what is there, once."""
    with batch_service(right) as service:
        service.fail = lambda verb, path: (
            error(500, "down") if verb == method and path.endswith(ending) else None
        )
        await work.rounds(service, as_set())
        assert set(work.kinds().values()) == {"interrupted"}
        service.fail = lambda _method, _path: None
        await work.rounds(service, as_set())
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert set(service.accepted.values()) == {1}


async def test_an_upload_that_is_refused_rejects_its_articles(work: Work) -> None:
    """A file that the service refuses fails the articles in it."""
    with batch_service(right) as service:
        service.fail = lambda verb, path: (
            error(413, "too large") if (verb, path) == ("POST", "/v1/files") else None
        )
        await work.extract(service)
    assert set(work.kinds().values()) == {"rejected"}


async def test_an_endpoint_without_batches_is_a_wrong_call(work: Work) -> None:
    """Where there is no Batch API the message says so, and a run without --batch is free to ask."""
    with batch_service(right) as service:
        service.fail = lambda _verb, path: error(404, "Not Found") if path != URL else None
        with pytest.raises(ConfigurationError, match="no Batch API"):
            await work.extract(service)
        await work.extract(service, batch=False)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]


async def test_a_refused_key_is_a_wrong_call(work: Work) -> None:
    """A key that the service refuses ends the run."""
    with batch_service(right) as service, pytest.raises(ConfigurationError, match="OPENAI_API_KEY"):
        await work.extract(service, api_key="another")


async def test_copies_wait_for_the_answer_to_their_original(work: Work) -> None:
    """With --duplicates a copy is in no batch: it waits for its original, over rounds of re-asks, and takes its record over."""
    text = " ".join(f"Thôn {number} yên ổn." for number in range(40))
    work.write(
        [f"Bài số {number} về an ninh. {text}" for number in (3, 3, 3)]
        + ["Bài số 5 về trật tự, kể một chuyện khác hẳn."]
    )
    with batch_service(wrong_at_first) as service:
        tally = await work.extract(service, duplicates=0.8)
    assert work.numbers() == [3, 3, 3, 5]
    assert [len(made.lines) for made in service.batches.values()] == [2, 1]
    assert (tally.records, tally.duplicates) == (4, 2)


async def test_copies_of_what_failed_are_asked_about_in_a_further_round(work: Work) -> None:
    """Where the original gives no record, its copies are asked about themselves."""
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
