"""``antq-llm improve`` with a scripted model over real HTTP."""

from __future__ import annotations

import json
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from antq_llm.cli.main import main
from antq_llm.prompts.registry import load_prompt
from helpers.endpoint import Endpoint, Reply, scripted_endpoint
from helpers.fork_server import fork_server
from helpers.shops import RULE, SHOPS, is_revision, model_that_learns, write_task

pytest.importorskip("gepa")

WORDS = [
    *("improve", "shop@1", "--schema", "schema.json", "--gold", "gold", "--articles", "articles"),
    *("--prompts", "prompts", "--out", "out", "--model", "m", "--max-trials", "30"),
    *("--price", "1,1", "--mode", "json_schema"),
]
PROGRAM = "import sys; from antq_llm.cli.main import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the task into the current folder and set a key."""
    write_task(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    return tmp_path


def improve(endpoint: Endpoint, *more: str) -> int:
    """Run the command at an endpoint and return its exit status."""
    return main([*WORDS, "--base-url", endpoint.base_url, *more])


def outcome() -> Any:
    """Return the contents of improvement.json."""
    return json.loads(Path("out/improvement.json").read_text())


@pytest.mark.usefixtures("task")
def test_a_better_prompt_is_written_as_the_next_draft() -> None:
    """A revision that fixes the errors becomes version 2, and its notes explain the changes."""
    with scripted_endpoint(model_that_learns()) as endpoint:
        status = improve(endpoint)
    draft = load_prompt("shop@2", Path("prompts"))
    assert (status, outcome()["accepted"]) == (0, True)
    assert RULE in draft.messages[0].content
    assert "Said to leave out class words. (Names had them.)" in draft.notes
    assert (draft.status, outcome()["draft"]) == ("draft", "prompts/shop/v2.md")


@pytest.mark.usefixtures("task")
def test_the_reviser_never_sees_a_held_out_article() -> None:
    """The model that revises the prompt sees no held-out article."""
    with scripted_endpoint(model_that_learns()) as endpoint:
        improve(endpoint)
    seen = json.dumps([body for body in endpoint.bodies if is_revision(body)])
    assert [name for name in outcome()["held_out"] if name in seen] == []
    assert sorted([*outcome()["held_out"], *outcome()["training"]]) == sorted(SHOPS)


@pytest.mark.usefixtures("task")
def test_a_prompt_that_only_fits_the_training_articles_is_refused() -> None:
    """A draft that is worse on the held-out articles is not written, and the exit status is 1."""
    learn = model_that_learns()
    with scripted_endpoint(learn) as endpoint:
        improve(endpoint, "--out", "first")
    held_out = json.loads(Path("first/improvement.json").read_text())["held_out"]
    Path("prompts/shop/v2.md").unlink()

    def overfit(body: dict[str, Any]) -> Reply:
        asks_held_out = any(f"shop {name} belongs" in str(body["messages"]) for name in held_out)
        if asks_held_out and RULE in body["messages"][0]["content"]:
            return Reply(json.dumps({"name": "?", "owner": "?"}))
        return learn(body)

    with scripted_endpoint(overfit) as endpoint:
        status = improve(endpoint)
    assert (status, outcome()["test"]["difference"] < 0) == (1, True)
    assert not Path("prompts/shop/v2.md").exists()


@pytest.mark.usefixtures("task")
def test_instructions_that_lose_a_variable_are_not_used() -> None:
    """A revision that loses a variable of the prompt is dropped, and the exit status is 1."""
    with scripted_endpoint(model_that_learns("Use {{other}}.")) as endpoint:
        status = improve(endpoint)
    assert (status, len(outcome()["candidates"])) == (1, 1)


@pytest.mark.usefixtures("task")
def test_a_second_call_asks_nothing_again() -> None:
    """All answers are kept, so the same call sends no request and gives the same outcome."""
    with scripted_endpoint(model_that_learns()) as endpoint:
        improve(endpoint)
        first, requests = outcome(), len(endpoint.bodies)
        Path("prompts/shop/v2.md").unlink()
        improve(endpoint)
    assert (outcome(), len(endpoint.bodies)) == (first, requests)


@pytest.mark.usefixtures("task")
def test_the_budget_is_kept() -> None:
    """Spending stays within --max-cost, and improvement.json names it as the reason for ending."""
    with scripted_endpoint(model_that_learns()) as endpoint:
        status = improve(endpoint, "--max-cost", "0.0016", "--max-output-tokens", "100")
    spent = 120e-6 * len(endpoint.bodies)
    assert status == 1
    assert spent <= 0.0016
    assert "--max-cost" in outcome()["ended"]


@pytest.mark.usefixtures("task")
def test_worked_examples_come_from_training_articles() -> None:
    """With --examples, the draft contains a training article as a worked example."""
    learn = model_that_learns("Extract the shop, please.")

    def by_example(body: dict[str, Any]) -> Reply:
        if not is_revision(body) and len(body["messages"]) > 2:
            body = {"messages": [{"content": RULE}, body["messages"][-1]]}
        return learn(body)

    with scripted_endpoint(by_example) as endpoint:
        status = improve(endpoint, "--examples", "1")
    (example,) = outcome()["examples"]
    draft = load_prompt("shop@2", Path("prompts"))
    assert (status, example in outcome()["training"]) == (0, True)
    assert f"shop {example} belongs" in draft.messages[1].content


@pytest.mark.slow
def test_a_killed_run_continues_and_pays_for_nothing_twice(task: Path) -> None:
    """After two kills, the run ends normally, and only requests in flight are repeated."""
    asked: Counter[str] = Counter()
    learn, lock, arrived = model_that_learns(), threading.Lock(), threading.Condition()

    def counted(body: dict[str, Any]) -> Reply:
        with lock:
            asked[json.dumps(body["messages"])] += 1
        with arrived:
            arrived.notify_all()
        return learn(body)

    with scripted_endpoint(counted) as endpoint, fork_server(task) as server:
        words = [*WORDS, "--base-url", endpoint.base_url, "--concurrency", "1"]
        for goal in (3, 7):
            process = server.start(PROGRAM, *words, environment={"OPENAI_API_KEY": "any"})
            with arrived:
                assert arrived.wait_for(lambda goal=goal: asked.total() >= goal, timeout=120)
            process.kill()
            process.wait()
        last = server.start(PROGRAM, *words, environment={"OPENAI_API_KEY": "any"})
        assert last.wait() == 0, last.errors
    repeated = sum(count - 1 for count in asked.values())
    assert repeated <= 2
    assert load_prompt("shop@2", Path("prompts") if Path("prompts").exists() else task / "prompts")
