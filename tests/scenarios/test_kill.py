"""A run that is killed repeatedly loses nothing and pays for nothing twice."""

from __future__ import annotations

import json
import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from helpers.endpoint import Reply, scripted_endpoint
from helpers.fork_server import ForkedProcess, ForkServer, fork_server
from helpers.postgres_server import PASSWORD, PostgresServer
from helpers.store_places import StorePlace

ARTICLES = 2000
KILLS = 20
CONCURRENCY = 8
LONGEST = 600
"""The maximum duration of a process in seconds."""
SCHEMA = {
    "title": "number",
    "type": "object",
    "properties": {"number": {"type": "integer"}},
    "required": ["number"],
    "additionalProperties": False,
}


PROGRAM = "import sys; from antq_llm.cli.main import main; sys.exit(main(sys.argv[1:]))"


def start(server: ForkServer, base_url: str, *options: str) -> ForkedProcess:
    """Start the run in another process."""
    words = ["extract", "in.jsonl", "--schema", "schema.json", "--model", "m", "--out", "out"]
    words += ["--base-url", base_url, "--concurrency", str(CONCURRENCY), *options]
    environment = {"OPENAI_API_KEY": "any", "PGPASSWORD": PASSWORD}
    return server.start(PROGRAM, *words, environment=environment)


def store(place: StorePlace) -> tuple[str, ...]:
    """Return the ``--store`` option for a place, or nothing for a store in the run's folder."""
    return () if place.url is None else ("--store", place.url)


def finished(process: ForkedProcess) -> tuple[int, str]:
    """Return a process's exit status and its standard error."""
    return process.wait(), process.errors


def kill_at(process: ForkedProcess, asked: Counter[int], goal: int) -> None:
    """Kill a process once ``goal`` requests have arrived, unless it has already ended.

    Unlike a fixed delay, this interrupts the run on a machine of any speed.
    """
    deadline = time.monotonic() + LONGEST
    while asked.total() < goal and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.kill()
    process.wait()


def write_articles(folder: Path, number: int) -> None:
    """Write the schema and ``number`` articles."""
    (folder / "schema.json").write_text(json.dumps(SCHEMA), "utf-8")
    lines = (
        json.dumps(
            {"id": f"a{one}", "text": f"Bài số {one} về an ninh trật tự."}, ensure_ascii=False
        )
        for one in range(number)
    )
    (folder / "in.jsonl").write_text("\n".join(lines), "utf-8")


def counting(asked: Counter[int]) -> Callable[[dict[str, Any]], Reply]:
    """Return a function that answers with the article's number and counts requests in ``asked``.

    An answer has 100 input and 10 output tokens.
    """

    def answer(body: dict[str, Any]) -> Reply:
        found = re.search(r"Bài số (\d+) về", body["messages"][-1]["content"])
        number = int(found[1]) if found else -1
        asked[number] += 1
        return Reply(
            json.dumps({"number": number}), usage={"prompt_tokens": 100, "completion_tokens": 10}
        )

    return answer


@pytest.mark.slow
def test_twenty_kills_lose_nothing_and_pay_for_nothing_twice(
    tmp_path: Path, place: StorePlace
) -> None:
    """After twenty kills, the next run has every record; only pending requests were repeated."""
    articles = ARTICLES if place.url is None else ARTICLES // 4
    write_articles(tmp_path, articles)
    asked: Counter[int] = Counter()
    dice = random.Random(2026)
    with scripted_endpoint(counting(asked)) as endpoint, fork_server(tmp_path) as server:
        for _ in range(KILLS):
            goal = asked.total() + dice.randrange(1, articles // KILLS)
            kill_at(start(server, endpoint.base_url, *store(place)), asked, goal)
        status, said = finished(start(server, endpoint.base_url, *store(place)))
    assert status == 0, said
    records = [
        json.loads(line)
        for line in (tmp_path / "out" / "records.jsonl").read_text("utf-8").splitlines()
    ]
    assert [(one["article_id"], one["record"]["number"]) for one in records] == [
        (f"a{number}", number) for number in range(articles)
    ]
    assert (tmp_path / "out" / "failures.jsonl").read_text("utf-8") == ""
    assert set(asked) == set(range(articles))
    # Only requests that were pending at a kill can have been repeated.
    assert asked.total() - articles <= KILLS * CONCURRENCY


@pytest.mark.slow
def test_two_runs_at_a_time_pay_for_nothing_twice(tmp_path: Path, postgres: PostgresServer) -> None:
    """Runs that share a store request each answer only once, even if one of them is killed.

    Only pending requests of the killed run may be repeated.
    """
    articles, url = 400, f"{postgres.url}?run=two-at-a-time-{os.getpid()}"
    write_articles(tmp_path, articles)
    asked: Counter[int] = Counter()
    with scripted_endpoint(counting(asked)) as endpoint, fork_server(tmp_path) as server:
        runs = [
            start(server, endpoint.base_url, "--out", out, "--store", url)
            for out in ("x", "y", "z")
        ]
        kill_at(runs[0], asked, articles // 3)
        ends = [finished(run) for run in runs[1:]]
    assert [status for status, _ in ends] == [0, 0], ends
    for out in ("y", "z"):
        records = (tmp_path / out / "records.jsonl").read_text("utf-8").splitlines()
        assert len(records) == articles
    assert set(asked) == set(range(articles))
    assert asked.total() - articles <= CONCURRENCY


@pytest.mark.slow
def test_kills_do_not_pass_a_budget(tmp_path: Path, place: StorePlace) -> None:
    """However often a run is killed, its requests cost no more than the budget."""
    articles, kills, cap, each = 300, 6, 2.0, 0.01
    write_articles(tmp_path, articles)
    asked: Counter[int] = Counter()
    # At 1,000 dollars per million output tokens, an answer costs a cent.
    money = ("--price", "0,1000", "--max-output-tokens", "20", *store(place), "--max-cost")
    dice = random.Random(7)
    with scripted_endpoint(counting(asked)) as endpoint, fork_server(tmp_path) as server:
        for _ in range(kills):
            goal = asked.total() + dice.randrange(1, 25)
            kill_at(start(server, endpoint.base_url, *money, str(cap)), asked, goal)
            assert asked.total() * each <= cap
        status, said = finished(start(server, endpoint.base_url, *money, str(cap)))
        assert status == 1, said
        assert asked.total() * each <= cap
        spent = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["budget"]
        assert asked.total() * each <= spent["spent_usd"] + spent["reserved_usd"] + 1e-9
        status, said = finished(start(server, endpoint.base_url, *money, "100"))
    assert status == 0, said
    records = (tmp_path / "out" / "records.jsonl").read_text("utf-8").splitlines()
    assert len(records) == articles
    assert asked.total() - articles <= kills * CONCURRENCY
