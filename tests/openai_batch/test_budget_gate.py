"""The budget for requests sent in batches."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from antq_llm.clients.pricing import Price
from antq_llm.clients.request import Request
from antq_llm.errors import AntqError, CompletionError
from helpers.batch_runs import Work, right
from helpers.batch_service import batch_service


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """Return a folder with six articles."""
    return Work(tmp_path)


async def test_a_budget_holds_for_batches(work: Work) -> None:
    """A small budget leads to several batches, and each reserves its maximum cost until it ends."""
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
    """An answer without token usage is charged the full amount reserved for it."""
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
    """If no request fits the budget, nothing is submitted and every article fails as ``budget``."""
    with batch_service(right) as service:
        await work.extract(
            service, prices={work.model: Price(0.0, 10.0)}, max_cost=0.001, max_output_tokens=1000
        )
    assert set(work.kinds().values()) == {"budget"}
    assert service.batches == {}


async def test_a_gate_holds_back_until_what_is_under_way_has_ended(work: Work) -> None:
    """If a gate admits two requests at a time, each file has two, and each round is settled."""

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
        await work.run_batches(service, gate=gate)
    assert [len(made.lines) for made in service.batches.values()] == [2, 2, 2]
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    # Once before anything is submitted, and after each round.
    assert gate.settled == 4


async def test_a_gate_that_stays_shut_fails_the_articles(work: Work) -> None:
    """If the gate refuses requests while nothing is pending, the articles fail with its error."""

    class Shut:
        async def reserve(self, request: Request, size: int) -> AntqError | None:
            return CompletionError("no money", kind="quota")

        async def settle(self) -> None:
            return None

    with batch_service(right) as service:
        await work.run_batches(service, gate=Shut())
    assert set(work.kinds().values()) == {"quota"}
    assert service.batches == {}


async def test_a_free_model_fits_any_budget(work: Work) -> None:
    """Requests to a model whose price is 0 reserve nothing."""
    with batch_service(right) as service:
        await work.extract(
            service, prices={work.model: Price(0.0, 0.0)}, max_cost=0.01, max_output_tokens=1000
        )
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
