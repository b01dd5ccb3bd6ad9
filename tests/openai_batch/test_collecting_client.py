"""Collecting requests into batch files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from antq_llm.openai_batch.request_file import FileLimits
from helpers.batch_runs import Work, right, wrong_at_first
from helpers.batch_service import batch_service
from helpers.endpoint import Reply, error


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """Return a folder with six articles."""
    return Work(tmp_path)


async def test_files_hold_no_more_requests_than_the_limit(work: Work) -> None:
    """Once a file has the maximum number of requests, it is submitted and another is started."""
    with batch_service(right, most_requests=4) as service:
        await work.run_batches(service, limits=FileLimits(requests=4))
    assert [len(made.lines) for made in service.batches.values()] == [4, 2]
    assert work.numbers() == [0, 1, 2, 3, 4, 5]


async def test_files_hold_no_more_bytes_than_the_limit(work: Work) -> None:
    """No file is larger than the limit, and each contains as many requests as fit."""
    with batch_service(right) as service:
        await work.run_batches(service)
        line = len(service.files["file-1"].splitlines(keepends=True)[0])
    work.write([f"Bài số {number} về trật tự." for number in range(6)])
    with batch_service(right, most_bytes=2 * line + 20) as service:
        await work.run_batches(service, limits=FileLimits(size=2 * line + 20))
    assert [len(made.lines) for made in service.batches.values()] == [2, 2, 2]
    assert work.numbers() == [0, 1, 2, 3, 4, 5]


async def test_a_request_larger_than_a_file_fails_alone(work: Work) -> None:
    """An article whose request exceeds the maximum file size is rejected; the others succeed."""
    texts = [f"Bài số {number} về an ninh." for number in range(3)]
    work.write([*texts[:2], texts[2] + "x" * 5000])
    with batch_service(right) as service:
        await work.run_batches(service, limits=FileLimits(size=5000))
    assert work.kinds() == {"a0": "record", "a1": "record", "a2": "rejected"}


async def test_line_ends_within_a_text_do_not_end_a_line(work: Work) -> None:
    """Characters that some readers treat as line ends are escaped in the file."""
    work.write(["Bài số 1 về an ninh.\u2028Dòng\u2029hai\x85ba"])
    with batch_service(right) as service:
        await work.extract(service)
    assert len(service.files["file-1"].decode().splitlines()) == 1
    assert (
        "\u2028Dòng\u2029hai"
        in json.loads(service.files["file-1"])["body"]["messages"][-1]["content"]
    )


async def test_modes_step_down_in_the_next_round(work: Work) -> None:
    """Requests refused in one output mode are sent in the next mode, which re-asks then use too."""

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
    """If every allowed mode is refused, the article fails as in a live run."""
    with batch_service(lambda _: error(400, "no")) as service:
        await work.extract(service, **options)
        await work.extract(service, batch=False, out="live", **options)
    assert work.failures() == work.failures("live")
    assert set(work.kinds().values()) == {"rejected"}
    assert len(service.batches) == batches


async def test_a_refusal_of_the_request_itself_is_not_asked_again(work: Work) -> None:
    """An article fails at once if no other output mode can avoid the error."""
    with batch_service(lambda _: error(400, "too long", "context_length_exceeded")) as service:
        await work.extract(service)
    assert set(work.kinds().values()) == {"rejected"}
    assert len(service.batches) == 1


async def test_an_error_counts_for_one_run(work: Work) -> None:
    """The next call sends a rejected request again."""
    with batch_service(lambda _: error(400, "no")) as service:
        await work.extract(service, mode="json")
        service.answer = right
        await work.extract(service, mode="json")
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
