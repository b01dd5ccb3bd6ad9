"""The outcome of each line of a result file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from antq_llm.errors import ConfigurationError
from helpers.batch_runs import Work, number_of, right, wrong_at_first
from helpers.batch_service import Plan, Unexecuted, batch_service
from helpers.endpoint import Reply, error


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """Return a folder with six articles."""
    return Work(tmp_path)


@pytest.mark.parametrize("status", ["expired", "cancelled"])
async def test_what_was_not_executed_is_submitted_again(work: Work, status: str) -> None:
    """Unexecuted requests of an expired or cancelled batch go into the next round."""
    with batch_service(right, plans=[Plan(("in_progress", status), executed=4)]) as service:
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert [len(made.lines) for made in service.batches.values()] == [6, 2]
    assert set(service.executed.values()) == {1}


async def test_what_is_never_executed_fails_as_transport(work: Work) -> None:
    """A request that three batches leave unexecuted fails, and the next call sends it again."""
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
    """A request whose line has a temporary error goes into the next round."""
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
    """An error in a line becomes the same failure as for a live request."""
    with batch_service(lambda body: reply if number_of(body) == 1 else right(body)) as service:
        await work.extract(service, batch=False, out="live")
        await work.extract(service)
    assert work.failures() == work.failures("live")
    assert work.kinds() == {**dict.fromkeys(("a0", "a2", "a3", "a4", "a5"), "record"), "a1": kind}


async def test_a_used_up_quota_stops_submitting(work: Work) -> None:
    """After a line with a quota error, answers are kept and nothing more is submitted."""

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
    """A batch that fails because of the quota is not created again in this run."""
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
    """If a batch fails validation, faulty lines are rejected, and the others are resubmitted."""
    with batch_service(
        right, plans=[Plan(faults=[{"code": "invalid_body", "message": "no", "line": 2}])]
    ) as service:
        await work.extract(service)
    assert sorted(work.kinds().values()) == [*["record"] * 5, "rejected"]
    assert [len(made.lines) for made in service.batches.values()] == [6, 5]


async def test_a_batch_that_fails_for_no_known_reason_is_made_again(work: Work) -> None:
    """A batch that fails as a whole for no known reason is submitted again."""
    with batch_service(
        right, plans=[Plan(faults=[{"code": "internal", "message": "oops", "line": None}])]
    ) as service:
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]


async def test_a_model_without_batches_is_a_wrong_call(work: Work) -> None:
    """If the Batch API does not support the model, a ConfigurationError names --model."""
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
    """If every line has status 401 or 404, the run ends; the next run sends all requests again."""
    with batch_service(lambda _: error(status, "no")) as service:
        with pytest.raises(ConfigurationError):
            await work.extract(service)
        service.answer = right
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert [len(made.lines) for made in service.batches.values()] == [6, 6]


def torn(lines: list[bytes]) -> list[bytes]:
    """Return the lines with the last one cut off, the first one repeated and stray lines added."""
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
    """Every readable answer is used, and only requests without one are sent again."""
    with batch_service(right, plans=[Plan(files=files)]) as service:
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert [len(made.lines) for made in service.batches.values()][1:] == ([again] if again else [])


async def test_a_file_that_is_gone_is_asked_again(work: Work) -> None:
    """If the service has deleted a result file, its requests are sent again in another round."""
    gone = iter([error(404, "No such File object")])
    with batch_service(right) as service:
        service.fail = lambda _method, path: next(gone, None) if path.endswith("/content") else None
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert len(service.batches) == 2
