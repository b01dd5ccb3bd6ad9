"""A budget is never exceeded, and a run that has used it up continues with a higher one."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from antq_llm.cli.main import main
from antq_llm.clients.pricing import Price
from antq_llm.errors import AntqError, BudgetExceeded
from antq_llm.extraction.options import Options
from helpers.endpoint import Endpoint as Server
from helpers.endpoint import Reply, scripted_endpoint
from helpers.support import (
    budgeted_client,
    request_for,
)

GOOD = '{"name": "Lan"}'


SCHEMA = {
    "title": "number",
    "type": "object",
    "properties": {"number": {"type": "integer"}},
    "required": ["number"],
    "additionalProperties": False,
}


async def test_a_budget_is_never_exceeded_and_nearly_used_up() -> None:
    """With 32 parallel requests, spending stays within the limit and comes close to it."""
    dice, price, limit = random.Random(7), Price(1.0, 100.0), 200
    cost = 0.0

    def answer(body: dict[str, Any]) -> Reply:
        nonlocal cost
        out = dice.randint(1, body["max_tokens"])
        cost += (300 * price.input + out * price.output) / 1e6
        return Reply(GOOD, usage={"prompt_tokens": 300, "completion_tokens": out})

    with scripted_endpoint(answer) as server:
        client, budget = budgeted_client(server, 1.0, price=price, max_output=limit)

        async def ask_on(worker: int) -> None:
            for number in range(100):
                await client.complete(request_for(f"Bà Lan {worker} {number} đến dự."))

        outcomes = await asyncio.gather(
            *(ask_on(worker) for worker in range(32)), return_exceptions=True
        )
        size = max(len(json.dumps(body, ensure_ascii=False).encode()) for body in server.bodies)
        spent, reserved = await budget.used()
        await client.aclose()
    assert {type(outcome) for outcome in outcomes} == {BudgetExceeded}
    assert spent == pytest.approx(cost)
    assert 1.0 - (size * price.input + limit * price.output) / 1e6 < cost <= 1.0
    assert reserved == 0


class Run:
    """A folder of articles, and the command that extracts them."""

    def __init__(self, folder: Path, server: Server, articles: int = 40) -> None:
        self.folder = folder
        self.out = folder / "out"
        (folder / "schema.json").write_text(json.dumps(SCHEMA), "utf-8")
        lines = (
            json.dumps(
                {"id": f"a{number:02}", "text": f"Bài số {number} về an ninh."}, ensure_ascii=False
            )
            for number in range(articles)
        )
        (folder / "in.jsonl").write_text("\n".join(lines), "utf-8")
        self._words = [
            "extract",
            str(folder / "in.jsonl"),
            "--schema",
            str(folder / "schema.json"),
            "--model",
            "m",
            "--base-url",
            server.base_url,
        ]

    def __call__(self, *options: str) -> int:
        """Run the command and return its exit status."""
        return main([*self._words, "--out", str(self.out), "--max-output-tokens", "1000", *options])

    def kinds(self) -> list[str]:
        """Return the kinds of the failures."""
        return [
            json.loads(line)["error"]["kind"]
            for line in (self.out / "failures.jsonl").read_text("utf-8").splitlines()
        ]

    def budget(self) -> dict[str, float]:
        """Return the budget in run.json."""
        budget: dict[str, float] = json.loads((self.out / "run.json").read_text("utf-8"))["budget"]
        return budget


def number_of(body: dict[str, Any]) -> Reply:
    """Return an answer with the article's number, 100 input tokens and 20 output tokens."""
    words = body["messages"][-1]["content"].split()
    return Reply(json.dumps({"number": int(words[words.index("số") + 1])}))


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set OPENAI_API_KEY."""
    monkeypatch.setenv("OPENAI_API_KEY", "x")


@pytest.mark.slow
@pytest.mark.usefixtures("key")
def test_a_run_stops_at_its_budget_and_goes_on_with_a_higher_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run ends at its budget and continues with a higher one without repeating requests."""
    price = ("--price", "0,1000")
    each, worst = 20 * 1000 / 1e6, 1.0
    with scripted_endpoint(number_of) as server:
        run = Run(tmp_path, server)
        assert run("--max-cost", "1.3", *price) == 1
        asked = len(server.bodies)
        assert 0 < asked < 40
        assert run.budget() == {
            "max_cost_usd": 1.3,
            "spent_usd": pytest.approx(asked * each),
            "reserved_usd": 0,
        }
        assert run.budget()["spent_usd"] > 1.3 - worst - each
        assert set(run.kinds()) == {"budget"}
        assert len(run.kinds()) == 40 - asked
        assert "budget of $1.3000 has no room for another request" in capsys.readouterr().err
        # The same limit again: earlier spending counts, and nothing is sent.
        assert run("--max-cost", "1.3", *price) == 1
        assert len(server.bodies) == asked
        assert run("--max-cost", "9", *price) == 0
        assert len(server.bodies) == 40
    assert run.budget()["spent_usd"] == pytest.approx(40 * each)


@pytest.mark.usefixtures("key")
def test_what_was_spent_without_a_budget_counts(tmp_path: Path) -> None:
    """The cost of earlier runs with the same store counts against a later budget."""
    with scripted_endpoint(number_of) as server:
        run = Run(tmp_path, server)
        assert run("--price", "0,1000", "--limit", "30") == 0
        assert run("--price", "0,1000", "--max-cost", "1.5") == 1
    assert run.budget()["spent_usd"] == pytest.approx(30 * 0.02)
    assert set(run.kinds()) == {"budget"}
    with sqlite3.connect(run.out / "store.sqlite3") as database:
        assert database.execute("SELECT usd FROM spending").fetchone() == (pytest.approx(0.6),)
    database.close()


@pytest.mark.usefixtures("key")
def test_a_budget_needs_a_price(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A budget for a model without a known price is a usage error, and no folder is created."""
    with scripted_endpoint(number_of) as server:
        run = Run(tmp_path, server)
        assert run("--max-cost", "1") == 2
        assert "--price m=IN,OUT" in capsys.readouterr().err
        assert run("--max-cost", "1", "--price", "1,2", "--escalate", "strong") == 2
        assert "--price strong=IN,OUT" in capsys.readouterr().err
    assert server.bodies == []
    assert not run.out.exists()


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    "words",
    [
        ("--max-cost", "-1"),
        ("--max-cost", "nan"),
        ("--price", "cheap"),
        ("--max-output-tokens", "0"),
    ],
)
def test_a_wrong_budget_is_a_wrong_call(tmp_path: Path, words: tuple[str, str]) -> None:
    """An invalid budget, price or output limit is a usage error, and no request is sent."""
    with scripted_endpoint(number_of) as server:
        assert Run(tmp_path, server)(*words) == 2
    assert server.bodies == []


async def test_attempts_are_kept_where_a_reask_does_not_fit() -> None:
    """If a re-ask does not fit the budget, its article fails, and the paid answer is kept."""
    from antq_llm import Extractor, Failure

    with scripted_endpoint([Reply("no JSON")]) as server:
        options = Options(
            base_url=server.base_url,
            api_key="x",
            prices={"m": Price(0, 1000)},
            max_cost=1.01,
            max_output_tokens=1000,
        )
        async with Extractor(SCHEMA, "Give the number.", model="m", options=options) as extractor:
            outcomes: list[Any] = [
                outcome async for outcome in extractor.extract_many(["Bài số 1 về an ninh."])
            ]
    assert isinstance(outcomes[0], Failure)
    failed: AntqError = outcomes[0].error
    assert isinstance(failed, BudgetExceeded)
    assert [attempt.completion.text for attempt in failed.attempts] == ["no JSON"]


@pytest.mark.usefixtures("key")
def test_earlier_answers_without_a_price_count_at_the_present_one(tmp_path: Path) -> None:
    """Answers that were stored without a price count against a budget at the current price."""
    with scripted_endpoint(number_of) as server:
        run = Run(tmp_path, server)
        assert run("--limit", "30") == 0
        assert run("--price", "0,1000", "--max-cost", "1.5") == 1
        assert len(server.bodies) == 30
    assert run.budget()["spent_usd"] == pytest.approx(30 * 0.02)


@pytest.mark.usefixtures("key")
def test_the_end_of_a_budget_is_reported_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says why the run ends, and the last line gives the amount spent."""
    with scripted_endpoint(number_of) as server:
        assert Run(tmp_path, server)("--max-cost", "1.3", "--price", "0,1000") == 1
        spent = 0.02 * len(server.bodies)
    lines = capsys.readouterr().err.splitlines()
    assert sum("no room for another request" in line for line in lines) == 1
    assert sum(line.startswith("antq-llm: stopping the run: the budget") for line in lines) == 1
    assert lines[-1].endswith(f"; ${spent:.4f} spent by this call")


@pytest.mark.usefixtures("key")
def test_articles_of_one_text_are_paid_for_once(tmp_path: Path) -> None:
    """An answer that several articles share is counted once in ``spent_usd``."""
    with scripted_endpoint(number_of) as server:
        run = Run(tmp_path, server)
        lines = [
            json.dumps({"id": f"a{number}", "text": "Bài số 1 về an ninh."}) for number in range(10)
        ]
        (tmp_path / "in.jsonl").write_text("\n".join(lines), "utf-8")
        assert run("--price", "0,1000") == 0
        assert len(server.bodies) == 1
    written = json.loads((run.out / "run.json").read_text("utf-8"))
    assert (written["spent_usd"], written["cost_usd"]) == (pytest.approx(0.02), pytest.approx(0.2))
