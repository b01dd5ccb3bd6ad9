"""The limit on enqueued tokens, which makes batches smaller and delays them."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_llm.openai_batch.enqueued_limit import FIRST_HOLD
from antq_llm.openai_batch.request_file import FileLimits
from helpers.batch_runs import Work, right
from helpers.batch_service import batch_service
from helpers.endpoint import error
from helpers.support import Waits


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """Return a folder with six articles."""
    return Work(tmp_path)


@pytest.mark.parametrize("share", [0.3, 1.0, 2.5])
async def test_a_limit_of_enqueued_tokens_makes_batches_smaller_and_later(
    work: Work, share: float
) -> None:
    """Even if the account can enqueue few tokens, every request is executed exactly once."""
    with batch_service(right) as service:
        await work.run_batches(service, limits=FileLimits(requests=2))
        room = int(share * len(service.files["file-1"]))
    work.write([f"Bài số {number} về trật tự." for number in range(12)])
    with batch_service(right, most_enqueued=max(room, 1500)) as service:
        await work.run_batches(service, limits=FileLimits(requests=2))
    assert work.numbers() == list(range(12))
    assert set(service.executed.values()) == {1}


@pytest.mark.parametrize("status", [400, 429])
async def test_a_limit_told_when_a_batch_is_made_is_the_same(work: Work, status: int) -> None:
    """If creating a batch would exceed the limit, its requests are sent in smaller batches."""
    with batch_service(right) as service:
        service.fail = lambda verb, path: (
            error(status, "too many", "token_limit_exceeded")
            if (verb, path) == ("POST", "/v1/batches") and len(service.files) <= 6
            else None
        )
        await work.run_batches(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert max(len(made.lines) for made in service.batches.values()) < 6
    assert set(service.executed.values()) == {1}


async def test_a_single_request_without_room_waits_for_it(work: Work) -> None:
    """A single request over the limit is retried at growing intervals for most of a day."""
    waits = Waits()
    with batch_service(right, most_enqueued=10) as service:
        await work.run_batches(service, waits)
    assert set(work.kinds().values()) == {"quota"}
    holds = [seconds for seconds in waits.seconds if seconds >= FIRST_HOLD]
    assert holds[:4] == [60.0, 120.0, 240.0, 480.0]
    assert 12 * 3600 < sum(holds) < 24 * 3600
