"""A budget is never passed, what is under way counts, and a run that has used it up goes on with a higher one."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from antq_llm.cli.main import main
from antq_llm.clients.budget import Budget, Ledger, MemoryLedger
from antq_llm.clients.openai.client import OpenAIClient
from antq_llm.clients.openai.endpoint import Endpoint
from antq_llm.clients.pricing import Price, PriceList, parse_price
from antq_llm.errors import AntqError, BudgetExceeded, CompletionError, ConfigurationError
from antq_llm.extraction.options import DEFAULT_BUDGETED_OUTPUT, Options
from antq_llm.store.spending_ledger import StoreLedger
from antq_llm.store.store import Store
from helpers.endpoint import Endpoint as Server
from helpers.endpoint import Reply, error, scripted_endpoint
from helpers.support import Waits, request_for

SCHEMA = {
    "title": "number",
    "type": "object",
    "properties": {"number": {"type": "integer"}},
    "required": ["number"],
    "additionalProperties": False,
}
GOOD = '{"name": "Lan"}'


@pytest_asyncio.fixture(params=["memory", "store"])
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ledger]:
    """An empty ledger of each kind."""
    if request.param == "memory":
        yield MemoryLedger()
        return
    store = Store(tmp_path / "store.sqlite3")
    yield StoreLedger(store)
    await store.drain()
    store.close()


async def test_what_fits_is_reserved_and_settled(ledger: Ledger) -> None:
    """What is reserved counts until it is settled, and then what it cost."""
    assert await ledger.reserve("a", 0.6, 1.0)
    assert not await ledger.reserve("b", 0.5, 1.0)
    assert await ledger.used() == (0.0, 0.6)
    await ledger.settle("a", 0.25)
    assert await ledger.used() == (0.25, 0.0)
    assert await ledger.reserve("b", 0.5, 1.0)


async def test_a_request_that_does_not_fit_waits_for_others(ledger: Ledger) -> None:
    """While something is under way that may turn out cheaper, a request waits; in order of asking."""
    budget = Budget(1.0, ledger)
    first = await budget.reserve(0.9)
    waiting = [asyncio.create_task(budget.reserve(usd)) for usd in (0.5, 0.2)]
    await asyncio.sleep(0.05)
    assert not any(task.done() for task in waiting)
    await budget.settle(first, 0.1)
    await asyncio.gather(*waiting)
    spent, reserved = await ledger.used()
    assert (spent, reserved) == (pytest.approx(0.1), pytest.approx(0.7))


async def test_reservations_that_come_together_share_a_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred requests at once that all fit are written down in far fewer writes: a flush of the disk is not waited for by each in turn."""
    store = Store(tmp_path / "store.sqlite3")
    writes: list[int] = []
    write = store._write
    monkeypatch.setattr(store, "_write", lambda works: [writes.append(len(works)), write(works)][1])
    budget = Budget(2.0, StoreLedger(store))
    keys = await asyncio.gather(*(budget.reserve(0.01) for _ in range(100)))
    assert (sum(writes), len(set(keys))) == (100, 100)
    assert len(writes) <= 10
    store.close()


async def test_with_nothing_under_way_the_budget_is_exceeded(ledger: Ledger) -> None:
    """A request that does not fit beside what is spent is an error that says how much that is and what to do."""
    budget = Budget(1.0, ledger)
    await budget.settle(await budget.reserve(0.9), 0.9)
    with pytest.raises(
        BudgetExceeded,
        match=r"budget of \$1.0000 has no room for another request: \$0.9000 is spent.*raise --max-cost",
    ):
        await budget.reserve(0.2)
    await budget.settle(await budget.reserve(0.1), 0.1)


async def test_waiters_are_told_that_the_rest_was_spent(ledger: Ledger) -> None:
    """Where what was under way has used up the budget, those that waited get the error."""
    budget = Budget(1.0, ledger)
    first = await budget.reserve(0.9)
    waiting = [asyncio.create_task(budget.reserve(0.5)) for _ in range(3)]
    await asyncio.sleep(0.05)
    await budget.settle(first, 0.9)
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [BudgetExceeded] * 3


async def test_a_waiter_that_goes_blocks_nobody(ledger: Ledger) -> None:
    """A request that is cancelled while it waits leaves its place to the next."""
    budget = Budget(1.0, ledger)
    first = await budget.reserve(0.9)
    waiting = [asyncio.create_task(budget.reserve(0.5)) for _ in range(2)]
    await asyncio.sleep(0.05)
    waiting[0].cancel()
    await budget.settle(first, 0.1)
    await asyncio.wait_for(waiting[1], 10)
    assert await ledger.used() == (pytest.approx(0.1), pytest.approx(0.5))


@pytest.mark.parametrize("steps", range(8))
async def test_a_request_that_is_cancelled_at_any_step_holds_nothing(
    ledger: Ledger, steps: int
) -> None:
    """Wherever a request is cancelled, nothing stays reserved, and whoever asks next waits for nobody."""
    budget = Budget(1.0, ledger)

    async def send() -> None:
        async with budget.spending(0.9) as spent:
            await asyncio.sleep(0)
            spent.record_cost(0.0)

    task = asyncio.create_task(send())
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.wait_for(budget.settle(await budget.reserve(1.0), 1.0), 10)
    with pytest.raises(BudgetExceeded):
        await asyncio.wait_for(budget.reserve(0.1), 10)
    assert await ledger.used() == (1.0, 0.0)


class YieldingCap(float):
    """A cap that lets other threads go on while something is compared with it."""

    def __lt__(self, other: float) -> bool:
        time.sleep(0)
        return float(self) < other


def test_the_loops_of_several_threads_share_a_budget() -> None:
    """Threads with event loops of their own reserve no more together than there is, and none waits for ever."""
    budget, seen = Budget(YieldingCap(1.0), MemoryLedger()), list[float]()

    async def ask_on() -> None:
        for _ in range(100):
            with suppress(BudgetExceeded):
                key = await budget.reserve(0.3)
                seen.append(sum(await budget.used()))
                await asyncio.sleep(0)
                await budget.settle(key, 0.0)

    async def several() -> None:
        await asyncio.wait_for(asyncio.gather(*(ask_on() for _ in range(4))), 60)

    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(asyncio.run, several()) for _ in range(8)]:
            done.result()
    assert max(seen) <= 1.0
    assert asyncio.run(budget.used()) == (0.0, 0.0)


def test_a_loop_that_was_closed_while_it_waited_stops_nobody() -> None:
    """A request of an event loop that is gone is told of nothing, and the others go on."""
    budget = Budget(1.0, MemoryLedger())
    key = asyncio.run(budget.reserve(0.9))
    loop = asyncio.new_event_loop()
    left = loop.create_task(budget.reserve(0.5))
    loop.run_until_complete(asyncio.sleep(0.01))
    loop.close()
    asyncio.run(budget.settle(key, 0.1))
    assert asyncio.run(budget.used()) == (0.1, 0.0)
    left.get_coro().close()  # type: ignore[union-attr] # it is a coroutine's task


async def test_what_another_run_has_reserved_counts(tmp_path: Path) -> None:
    """Two runs on one store share its budget, and what a killed one had under way counts as spent at the most."""
    ours, theirs = Store(tmp_path / "store.sqlite3"), Store(tmp_path / "store.sqlite3")
    await StoreLedger(theirs).reserve("under way", 0.8, 1.0)
    with pytest.raises(
        BudgetExceeded,
        match=r"\$0.8000 more is reserved by requests of another or a killed run",
    ):
        await Budget(1.0, StoreLedger(ours)).reserve(0.3)
    for store in (ours, theirs):
        store.close()


Answer = Callable[[dict[str, Any]], Reply]


def client_with(
    server: Server,
    most: float,
    *,
    price: Price,
    limit: int | None = 1000,
    tries: int = 1,
    timeout: float = 30.0,
) -> OpenAIClient:
    """Return a client of an endpoint with a budget."""
    endpoint = Endpoint(
        base_url=server.base_url,
        api_key="x",
        tries=tries,
        timeout=timeout,
        max_output_tokens=limit,
        prices={"scripted-1": price},
        concurrency=64,
    )
    return OpenAIClient(endpoint, budget=Budget(most, MemoryLedger()), sleep=Waits())


async def used(client: OpenAIClient) -> tuple[float, float]:
    """Return what a client's budget has spent and reserved."""
    assert client._budget
    return await client._budget.used()


async def test_a_dollar_is_never_passed_and_nearly_used_up() -> None:
    """At 32 at a time and with answers of any length up to the limit, a cap of $1.00 holds, and is left with less than one request's worst case."""
    dice, price, limit = random.Random(7), Price(1.0, 100.0), 200
    cost = 0.0

    def answer(body: dict[str, Any]) -> Reply:
        nonlocal cost
        out = dice.randint(1, body["max_tokens"])
        cost += (300 * price.input + out * price.output) / 1e6
        return Reply(GOOD, usage={"prompt_tokens": 300, "completion_tokens": out})

    with scripted_endpoint(answer) as server:
        client = client_with(server, 1.0, price=price, limit=limit)

        async def ask_on(worker: int) -> None:
            for number in range(100):
                await client.complete(request_for(f"Bà Lan {worker} {number} đến dự."))

        outcomes = await asyncio.gather(
            *(ask_on(worker) for worker in range(32)), return_exceptions=True
        )
        size = max(len(json.dumps(body, ensure_ascii=False).encode()) for body in server.bodies)
        spent, reserved = await used(client)
        await client.aclose()
    assert {type(outcome) for outcome in outcomes} == {BudgetExceeded}
    assert spent == pytest.approx(cost)
    assert 1.0 - (size * price.input + limit * price.output) / 1e6 < cost <= 1.0
    assert reserved == 0


@pytest.mark.parametrize("reply", [error(400, "no"), error(429, "slow"), error(500, "broken")])
async def test_a_refused_request_costs_nothing(reply: Reply) -> None:
    """What the server refused or failed at was not paid for."""
    with scripted_endpoint([reply]) as server:
        client = client_with(server, 1.0, price=Price(0, 100.0), tries=2)
        with pytest.raises(CompletionError):
            await client.complete(request_for())
        assert await used(client) == (0, 0)
        await client.aclose()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(hang_up=True),
        Reply(silent=True),
        Reply(body="<html>", content_type="text/html"),
        error(408, "timeout"),
        error(504, "timeout"),
        error(524, "timeout"),
    ],
)
async def test_what_may_have_been_paid_for_counts_at_the_most(reply: Reply) -> None:
    """A request whose answer was lost may have been paid for, and counts as if it had used its whole limit."""
    with scripted_endpoint([reply]) as server:
        client = client_with(server, 1.0, price=Price(0, 100.0), timeout=0.3)
        with pytest.raises(CompletionError):
            await client.complete(request_for())
        assert await used(client) == (pytest.approx(0.1), 0)
        await client.aclose()


async def test_a_server_that_is_not_there_costs_nothing() -> None:
    """A connection that was refused has sent nothing."""
    with scripted_endpoint([Reply(GOOD)]) as server:
        pass
    client = client_with(server, 1.0, price=Price(0, 100.0))
    with pytest.raises(CompletionError):
        await client.complete(request_for())
    assert await used(client) == (0, 0)
    await client.aclose()


async def test_a_connection_that_is_not_secured_costs_nothing() -> None:
    """Where no secure connection comes about, nothing was sent."""
    with scripted_endpoint([Reply(GOOD)]) as server:
        server.base_url = server.base_url.replace("http:", "https:")
        client = client_with(server, 1.0, price=Price(0, 100.0))
        with pytest.raises(CompletionError, match="SSL"):
            await client.complete(request_for())
        assert await used(client) == (0, 0)
        await client.aclose()
    assert server.bodies == []


async def test_a_proxy_that_makes_no_way_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a proxy of the environment does not connect to the endpoint, nothing was sent there."""
    with scripted_endpoint([Reply(GOOD)]) as proxy:
        monkeypatch.setenv("https_proxy", proxy.base_url.removesuffix("/v1"))
        client = client_with(
            Server("https://example.invalid/v1", [], []), 1.0, price=Price(0, 100.0)
        )
        with pytest.raises(CompletionError, match="could not be reached"):
            await client.complete(request_for())
        assert await used(client) == (0, 0)
        await client.aclose()


async def test_an_answer_without_usage_counts_at_the_most() -> None:
    """Where the server does not say how many tokens there were, the worst is assumed."""
    with scripted_endpoint([Reply(GOOD, usage=None)]) as server:
        client = client_with(server, 1.0, price=Price(0, 100.0))
        await client.complete(request_for())
        assert await used(client) == (pytest.approx(0.1), 0)
        await client.aclose()


@pytest.mark.parametrize(
    "count",
    [-1_000_000, 10**30, 10**400, 20.5, "many", [20]],
    ids=["negative", "huge", "past floats", "a part", "a word", "a list"],
)
async def test_a_count_that_can_be_none_is_not_reported(count: Any) -> None:
    """What a server says of tokens that no answer can have is passed over: its answer counts, and costs the most that it may have cost."""
    with scripted_endpoint(
        [
            Reply(
                GOOD,
                usage={
                    "prompt_tokens": 100,
                    "completion_tokens": count,
                    "prompt_tokens_details": [count],
                },
            )
        ]
    ) as server:
        client = client_with(server, 1.0, price=Price(0, 100.0))
        answer = await client.complete(request_for())
        assert (
            answer.text,
            answer.usage.input_tokens,
            answer.usage.output_tokens,
            answer.cost_usd,
        ) == (GOOD, 100, None, None)
        assert await used(client) == (pytest.approx(0.1), 0)
        await client.aclose()
    assert len(server.bodies) == 1


async def test_an_endpoint_that_keeps_no_limit_is_told_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Where answers cost more than they could under the limit, what they cost counts, and a person is told once that the cap may be passed."""
    with scripted_endpoint(
        [Reply(GOOD, usage={"prompt_tokens": 100, "completion_tokens": 4000})]
    ) as server:
        client = client_with(server, 1.0, price=Price(0, 100.0))
        for _ in range(2):
            await client.complete(request_for())
        assert await used(client) == (pytest.approx(0.8), 0)
        await client.aclose()
    assert ["ignores the output limit" in record.message for record in caplog.records] == [True]


async def test_a_refused_name_of_the_limit_is_changed_once() -> None:
    """An endpoint that knows the limit of the output by its other name is asked by that from then on."""

    def answer(body: dict[str, Any]) -> Reply:
        return (
            error(
                400,
                "Unsupported parameter: 'max_tokens' is not supported with this model.",
                "unsupported_parameter",
            )
            if "max_tokens" in body
            else Reply(GOOD)
        )

    with scripted_endpoint(answer) as server:
        client = client_with(server, 1.0, price=Price(0, 1.0), limit=77)
        for _ in range(2):
            await client.complete(request_for())
        await client.aclose()
    assert [
        (body.get("max_tokens"), body.get("max_completion_tokens")) for body in server.bodies
    ] == [(77, None), (None, 77), (None, 77)]


async def test_each_model_has_its_own_name_of_the_limit() -> None:
    """Two models of an endpoint that know the limit by different names are each asked by theirs, from the second time on at once."""

    def answer(body: dict[str, Any]) -> Reply:
        wrong = "max_tokens" if body["model"] == "new" else "max_completion_tokens"
        return (
            error(400, f"Unsupported parameter: '{wrong}'", "unsupported_parameter")
            if wrong in body
            else Reply(GOOD)
        )

    with scripted_endpoint(answer) as server:
        endpoint = Endpoint(base_url=server.base_url, api_key="x", max_output_tokens=77)
        client = OpenAIClient(endpoint, sleep=Waits())
        for model in ("new", "old", "new", "old"):
            await client.complete(request_for(model=model))
        await client.aclose()
    assert [body["model"] for body in server.bodies] == ["new", "new", "old", "new", "old"]


def test_the_limit_is_no_part_of_a_requests_identity() -> None:
    """A limit of the output, as a budget brings one, makes no answered request new; without a budget none is sent."""
    assert Options().output_limit is None
    assert Options(max_cost=1.0).output_limit == DEFAULT_BUDGETED_OUTPUT
    assert Options(max_cost=1.0, max_output_tokens=50).output_limit == 50


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.25,2", (None, Price(0.25, 2))), ("a/b=c=1,2.5", ("a/b=c", Price(1, 2.5)))],
)
def test_prices_are_read(text: str, expected: tuple[str | None, Price]) -> None:
    """A price is two numbers, of a model if one is named."""
    assert parse_price(text) == expected


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "a,b", "m=", "-1,2", "1,nan", "inf,1"])
def test_a_price_that_is_none_is_refused(text: str) -> None:
    """What is not two numbers of at least 0 is refused, with the form to write."""
    with pytest.raises(ConfigurationError, match="IN,OUT"):
        parse_price(text)


def test_a_batch_costs_what_the_provider_says_else_half() -> None:
    """Batches are at the public batch price where there is one, at half the live price else, and at half of a price of one's own."""
    from antq_llm.clients.completion import Usage

    usage = Usage(input_tokens=1_000_000, output_tokens=1_000_000, cached_tokens=0)
    openai = "https://api.openai.com/v1"
    assert PriceList(openai, batch=True).cost(usage, "gpt-4o-mini") == pytest.approx(0.375)
    assert PriceList("http://127.0.0.1/v1", {"m": Price(1, 3)}, batch=True).cost(usage, "m") == 2
    assert PriceList("http://127.0.0.1/v1", batch=True).cost(usage, "gpt-4o-mini") is None


class Run:
    """A folder of articles, and the command over it."""

    def __init__(self, folder: Path, server: Server, number: int = 40) -> None:
        self.folder = folder
        self.out = folder / "out"
        (folder / "schema.json").write_text(json.dumps(SCHEMA), "utf-8")
        lines = (
            json.dumps(
                {"id": f"a{one:02}", "text": f"Bài số {one} về an ninh."}, ensure_ascii=False
            )
            for one in range(number)
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

    def __call__(self, *more: str) -> int:
        """Run the command and return its exit status."""
        return main([*self._words, "--out", str(self.out), "--max-output-tokens", "1000", *more])

    def kinds(self) -> list[str]:
        """Return the kinds of the failures."""
        return [
            json.loads(line)["error"]["kind"]
            for line in (self.out / "failures.jsonl").read_text("utf-8").splitlines()
        ]

    def budget(self) -> dict[str, float]:
        """Return what run.json says of the budget."""
        budget: dict[str, float] = json.loads((self.out / "run.json").read_text("utf-8"))["budget"]
        return budget


def number_of(body: dict[str, Any]) -> Reply:
    """Answer with the article's number, at 100 tokens in and 20 out."""
    words = body["messages"][-1]["content"].split()
    return Reply(json.dumps({"number": int(words[words.index("số") + 1])}))


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is set."""
    monkeypatch.setenv("OPENAI_API_KEY", "x")


@pytest.mark.usefixtures("key")
def test_a_run_stops_at_its_budget_and_goes_on_with_a_higher_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The cap ends a run in order, exit 1, with an outcome for each article; a higher one continues, and nothing is asked twice."""
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
        # The same cap again: what was spent before counts, and nothing goes out.
        assert run("--max-cost", "1.3", *price) == 1
        assert len(server.bodies) == asked
        assert run("--max-cost", "9", *price) == 0
        assert len(server.bodies) == 40
    assert run.budget()["spent_usd"] == pytest.approx(40 * each)


@pytest.mark.usefixtures("key")
def test_what_was_spent_without_a_budget_counts(tmp_path: Path) -> None:
    """The cost of earlier calls on a store counts against a budget that is set later."""
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
    """A model whose price is not known cannot be held to a budget: exit 2, before a folder is made, and the message says what to give."""
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
    """An option that is no budget, price or limit is exit 2."""
    with scripted_endpoint(number_of) as server:
        assert Run(tmp_path, server)(*words) == 2
    assert server.bodies == []


async def test_attempts_are_kept_where_a_reask_does_not_fit() -> None:
    """A re-ask that would pass the budget fails its article, with the answer that was paid for."""
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
    """What was asked when no price was known counts against a budget, at the price that is given now."""
    with scripted_endpoint(number_of) as server:
        run = Run(tmp_path, server)
        assert run("--limit", "30") == 0
        assert run("--price", "0,1000", "--max-cost", "1.5") == 1
        assert len(server.bodies) == 30
    assert run.budget()["spent_usd"] == pytest.approx(30 * 0.02)


@pytest.mark.usefixtures("key")
def test_the_end_of_a_budget_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """However many articles are not asked about any more, why is one line, and the last line says what this call has spent."""
    with scripted_endpoint(number_of) as server:
        assert Run(tmp_path, server)("--max-cost", "1.3", "--price", "0,1000") == 1
        spent = 0.02 * len(server.bodies)
    lines = capsys.readouterr().err.splitlines()
    assert sum("no room for another request" in line for line in lines) == 1
    assert sum(line.startswith("antq-llm: the run ends, since the budget") for line in lines) == 1
    assert lines[-1].endswith(f"; ${spent:.4f} spent by this call")


@pytest.mark.usefixtures("key")
def test_articles_of_one_text_are_paid_for_once(tmp_path: Path) -> None:
    """What a call has spent counts each answer once, also where several articles rest on it."""
    with scripted_endpoint(number_of) as server:
        run = Run(tmp_path, server)
        lines = [json.dumps({"id": f"a{one}", "text": "Bài số 1 về an ninh."}) for one in range(10)]
        (tmp_path / "in.jsonl").write_text("\n".join(lines), "utf-8")
        assert run("--price", "0,1000") == 0
        assert len(server.bodies) == 1
    written = json.loads((run.out / "run.json").read_text("utf-8"))
    assert (written["spent_usd"], written["cost_usd"]) == (pytest.approx(0.02), pytest.approx(0.2))
