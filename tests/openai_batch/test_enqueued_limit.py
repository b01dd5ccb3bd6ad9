"""The limit on enqueued tokens, which makes batches smaller and delays them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from antq_llm.openai_batch.enqueued_limit import FIRST_HOLD, EnqueuedLimit
from antq_llm.openai_batch.request_file import FileLimits
from antq_llm.store.rows import BatchFile
from helpers.batch_runs import Work, right
from helpers.batch_service import batch_service
from helpers.endpoint import error
from helpers.support import Waits


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """Return a folder with six articles."""
    return Work(tmp_path)


def test_a_refusal_lowers_the_limit_to_half_the_file_beside_what_is_pending() -> None:
    """A refusal lowers the limit, never raises it, and a round without a refusal doubles it."""
    limit = EnqueuedLimit()
    sizes = []
    for size, pending in ((1000, 300), (400, 700), (1000, 50)):
        limit.note_refusal(BatchFile("x", "http://x.test", 0.0, size, 4), pending)
        sizes.append(limit.size)
    assert sizes == [800, 800, 550]
    assert [limit.end_round(), limit.size] == [None, 550]
    assert [limit.end_round(), limit.size] == [None, 1100]


@pytest.mark.parametrize("share", [0.6, 1.0, 2.5])
async def test_a_limit_of_enqueued_tokens_makes_batches_smaller_and_later(
    tmp_path: Path, share: float
) -> None:
    """Refused requests wait for room, are sent in smaller batches and are executed exactly once.

    ``share`` is the room in the account as a multiple of the size of a batch of two requests.
    """
    (tmp_path / "free").mkdir()
    (tmp_path / "limited").mkdir()
    free, limited = Work(tmp_path / "free", 12), Work(tmp_path / "limited", 12)
    with batch_service(right) as service:
        await free.run_batches(service, limits=FileLimits(requests=2))
        room = int(share * max(len(service.files[made.file]) for made in service.batches.values()))
    with batch_service(right, most_enqueued=room) as service:
        await limited.run_batches(service, limits=FileLimits(requests=2))
    made = list(service.batches.values())
    assert [len(batch.lines) for batch in made[:6]] == [2] * 6
    assert min(len(batch.lines) for batch in made[6:]) == 1
    # Other requests wait until there is room, so at most one batch at a time is refused.
    is_refused = [batch.status == "failed" for batch in made[6:]]
    assert not [pair for pair in pairwise(is_refused) if all(pair)]
    assert limited.numbers() == list(range(12))
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
