"""The workers of a cluster share one budget, one rate and one request per digest."""

from __future__ import annotations

import asyncio

from antq_llm.distributed.shared_limits import SharedLimits


async def test_a_reservation_waits_for_those_of_other_workers() -> None:
    """A reservation that does not fit waits until another worker has settled one."""
    limits = SharedLimits(max_cost=1.0)
    assert await limits.reserve("a", "first", 0.8)
    waiting = asyncio.create_task(limits.reserve("b", "second", 0.8))
    await asyncio.sleep(0)
    assert not waiting.done()
    await limits.settle("first", 0.1)
    assert await waiting
    assert await limits.used() == (0.1, 0.8)


async def test_nothing_is_reserved_beyond_the_limit() -> None:
    """If no reservation is pending, an amount that does not fit is refused."""
    limits = SharedLimits(max_cost=1.0, spent=0.5)
    assert not await limits.reserve("a", "key", 0.6)
    assert await limits.used() == (0.5, 0)


async def test_a_lost_worker_holds_nothing() -> None:
    """A lost worker's reservations count as spent, and another worker can claim its digests."""
    limits = SharedLimits(max_cost=1.0)
    assert await limits.reserve("a", "key", 0.7)
    await limits.claim("a", "digest")
    waiting = asyncio.create_task(limits.claim("b", "digest"))
    await asyncio.sleep(0)
    assert not waiting.done()
    await limits.give_up("a")
    await waiting
    await limits.settle("key", 0.1)
    assert await limits.used() == (0.7, 0)
    assert not await limits.reserve("a", "late", 0.1)


async def test_a_digest_is_claimed_once() -> None:
    """A second worker that claims a digest waits until the first one releases it."""
    limits = SharedLimits()
    await limits.claim("a", "digest")
    waiting = asyncio.create_task(limits.claim("b", "digest"))
    await asyncio.sleep(0)
    assert not waiting.done()
    await limits.unclaim("digest")
    await waiting


async def test_a_killed_job_starts_from_a_mark_that_it_did_not_pass() -> None:
    """The stored amount is never less than the amount spent and reserved."""
    marks: list[float] = []

    async def keep(usd: float) -> None:
        marks.append(usd)

    limits = SharedLimits(max_cost=1.0, keep=keep)
    for number in range(90):
        assert await limits.reserve("a", str(number), 0.01)
        await limits.settle(str(number), 0.01)
        spent, reserved = await limits.used()
        assert marks[-1] >= spent + reserved
    assert len(marks) < 90
    assert await limits.finish() == marks[-1]


async def test_a_rate_lets_a_second_worth_out_at_once() -> None:
    """At 60 requests per minute, two requests are sent at once, but the third must wait."""
    limits = SharedLimits(rpm=60)
    for _ in range(2):
        await asyncio.wait_for(limits.admit(1), 5)
    third = asyncio.create_task(limits.admit(1))
    await asyncio.sleep(0)
    assert not third.done()
    third.cancel()


async def test_a_waiting_request_is_held_back_by_tokens_used_meanwhile() -> None:
    """If a request used more tokens than estimated, the next one waits longer."""
    limits = SharedLimits(tpm=6_000_000)
    first = await limits.admit(102_000)
    second = asyncio.create_task(limits.admit(1))
    await asyncio.sleep(0)
    await limits.settle_tokens(first, 5_000_000)
    await asyncio.wait([second], timeout=0.2)
    assert not second.done()
    second.cancel()
