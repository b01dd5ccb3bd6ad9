"""Ending a run whose endpoint gives no answers."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from antq_llm.cli.run_reporter import RunReporter
from antq_llm.clients.circuit_breaker import CircuitBreaker
from antq_llm.clients.openai.client import OpenAIClient
from antq_llm.clients.openai.endpoint import Endpoint
from antq_llm.extraction.options import Options
from antq_llm.runs.run import Run
from antq_llm.runs.settings import RunSettings
from antq_llm.runs.totals import RunTotals
from helpers.batch_service import KEY, batch_service
from helpers.command_line import LAN, NAME_SCHEMA, lines_of
from helpers.endpoint import Reply, error, scripted_endpoint
from helpers.refusing_port import refusing_base_url
from helpers.support import Waits, request_for

ARTICLES = 60


@dataclass
class Work:
    """A folder of articles, and runs over it with a clock that advances each time it is read."""

    folder: Path
    step: float = 1.0

    def __post_init__(self) -> None:
        lines = [json.dumps({"id": f"a{n:02}", "text": f"Bài số {n}."}) for n in range(ARTICLES)]
        (self.folder / "in.jsonl").write_text("\n".join(lines), "utf-8")
        (self.folder / "schema.json").write_text(json.dumps(NAME_SCHEMA))

    @property
    def out(self) -> Path:
        """The output folder of the runs."""
        return self.folder / "out"

    def run(self, base_url: str, *, batch: bool = False) -> RunTotals:
        """Extract from the articles, two at a time, and return the totals."""
        options = Options(base_url=base_url, api_key=KEY, concurrency=2, tries=1)
        settings = RunSettings(
            (str(self.folder / "in.jsonl"),),
            options,
            out=self.out,
            schema=self.folder / "schema.json",
            model="m",
            batch=batch,
        )
        ticks = count()
        with RunReporter() as reporter:
            return Run(settings, sleep=Waits(), clock=lambda: next(ticks) * self.step).run(reporter)

    def kinds(self) -> Counter[str]:
        """Return the number of failures of each kind."""
        return Counter(line["error"]["kind"] for line in lines_of(self.out / "failures.jsonl"))


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """Return a folder of sixty articles."""
    return Work(tmp_path)


DEAD = {
    "status 500": error(500, "no"),
    "status 502": Reply(status=502, body="<html>bad gateway</html>"),
    "status 503": error(503, "no"),
    "a page": Reply(body="<html>welcome</html>"),
    "no choices": Reply(body={"choices": []}),
    "a lost connection": Reply(hang_up=True),
}


@pytest.mark.parametrize("reply", DEAD.values(), ids=DEAD)
def test_a_run_without_an_answer_ends(
    reply: Reply, work: Work, capsys: pytest.CaptureFixture[str]
) -> None:
    """If the endpoint answers no request, the run ends, and every article has a failure."""
    with scripted_endpoint([reply]) as endpoint:
        totals = work.run(endpoint.base_url)
    kinds = work.kinds()
    assert (kinds.total(), set(kinds)) == (ARTICLES, {"transport", "unreachable"})
    assert (len(endpoint.bodies), totals.records) == (kinds["transport"], 0)
    assert capsys.readouterr().err.count("stopping the run: the endpoint answered none of ") == 1


def test_a_closed_port_ends_a_run(work: Work) -> None:
    """A run ends if nothing listens on the port."""
    with refusing_base_url() as base_url:
        work.run(base_url)
    assert work.kinds()["unreachable"] >= 10


async def test_retries_that_wait_end_with_the_run() -> None:
    """Requests that wait for a retry or for their turn fail when the circuit breaker opens."""
    now = 0.0

    async def sleep(_: float) -> None:
        nonlocal now
        if len(endpoint.bodies) < 20:
            await asyncio.sleep(0)
            return
        now = 60.0
        await asyncio.get_running_loop().create_future()

    with scripted_endpoint([error(503, "no")]) as endpoint:
        client = OpenAIClient(
            Endpoint(base_url=endpoint.base_url, api_key="k", concurrency=12),
            breaker=CircuitBreaker(clock=lambda: now),
            sleep=sleep,
        )
        requests = [replace(request_for(), article_id=str(number)) for number in range(30)]
        outcomes = await asyncio.gather(*map(client.complete, requests), return_exceptions=True)
        await client.aclose()
    kinds = Counter(getattr(outcome, "kind", "") for outcome in outcomes)
    assert set(kinds) == {"transport", "unreachable"}
    assert len(endpoint.bodies) < 40


async def test_a_server_that_asks_to_wait_is_not_given_up() -> None:
    """However often requests get status 429, the circuit breaker stays closed."""
    breaker = CircuitBreaker(clock=count(step=60).__next__)
    with scripted_endpoint([error(429, "slow down")]) as endpoint:
        client = OpenAIClient(
            Endpoint(base_url=endpoint.base_url, api_key="k"), breaker=breaker, sleep=Waits()
        )
        requests = [replace(request_for(), article_id=str(number)) for number in range(12)]
        await asyncio.gather(*map(client.complete, requests), return_exceptions=True)
        await client.aclose()
    assert len(endpoint.bodies) == 12 * 6
    assert not breaker.is_open


def test_a_continued_run_asks_about_the_rest(work: Work) -> None:
    """When the endpoint is back, the same call extracts only from the remaining articles."""
    with scripted_endpoint([Reply(LAN)] * 10 + [error(500, "no")]) as endpoint:
        assert work.run(endpoint.base_url).records == 10
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        assert work.run(endpoint.base_url).records == ARTICLES
    assert len(endpoint.bodies) == ARTICLES - 10


def answers_every(nth: int, otherwise: Reply) -> Callable[[dict[str, Any]], Reply]:
    """Return a script for an endpoint that answers only every nth request."""
    requests = count(1)
    return lambda _: Reply(LAN) if next(requests) % nth == 0 else otherwise


@pytest.mark.parametrize(
    "reply",
    [
        answers_every(8, error(500, "no")),
        answers_every(8, Reply(hang_up=True)),
        [error(503, "come back", Retry_After="0")],
        [error(400, "no")],
    ],
    ids=["some answers", "some connections", "Retry-After", "rejected"],
)
def test_an_endpoint_that_is_there_is_not_given_up(work: Work, reply: Any) -> None:
    """An endpoint that sometimes answers, asks to wait or rejects requests gets every request."""
    with scripted_endpoint(reply) as endpoint:
        work.run(endpoint.base_url)
    assert len(endpoint.bodies) >= ARTICLES
    assert "unreachable" not in work.kinds()


def test_a_batch_that_cannot_be_submitted_ends_the_run(
    work: Work, capsys: pytest.CaptureFixture[str]
) -> None:
    """If the Batch API cannot be reached, the run ends and reports nothing as pending."""
    with refusing_base_url() as base_url:
        work.run(base_url, batch=True)
    said = capsys.readouterr().err
    assert work.kinds() == {"unreachable": ARTICLES}
    assert "pending" not in said
    assert f"{ARTICLES} request(s) were not submitted" in said


def test_a_batch_is_submitted_by_the_next_call(work: Work) -> None:
    """Requests that could not be submitted are submitted once when the service is back."""
    with refusing_base_url() as base_url:
        work.run(base_url, batch=True)
    with batch_service(lambda _: Reply(LAN)) as service:
        assert work.run(service.base_url, batch=True).records == ARTICLES
    assert [len(made.lines) for made in service.batches.values()] == [ARTICLES]
