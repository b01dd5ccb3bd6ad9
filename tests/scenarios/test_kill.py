"""A run that is killed again and again loses nothing and pays for nothing twice."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from helpers.endpoint import Reply, scripted_endpoint

ARTICLES = 2000
KILLS = 20
CONCURRENCY = 8
SCHEMA = {
    "title": "number",
    "type": "object",
    "properties": {"number": {"type": "integer"}},
    "required": ["number"],
    "additionalProperties": False,
}


def start(folder: Path, base_url: str, *more: str) -> subprocess.Popen[bytes]:
    """Start the run in a process of its own."""
    words = [
        "extract",
        "in.jsonl",
        "--schema",
        "schema.json",
        "--model",
        "m",
        "--base-url",
        base_url,
        "--out",
        "out",
        "--concurrency",
        str(CONCURRENCY),
    ]
    words += more
    program = "import sys; from antq_llm.cli.main import main; sys.exit(main(sys.argv[1:]))"
    environment = {**os.environ, "OPENAI_API_KEY": "any"}
    return subprocess.Popen(
        [sys.executable, "-c", program, *words],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def write_articles(folder: Path, number: int) -> None:
    """Write the schema and so many articles."""
    (folder / "schema.json").write_text(json.dumps(SCHEMA), "utf-8")
    lines = (
        json.dumps(
            {"id": f"a{one}", "text": f"Bài số {one} về an ninh trật tự."}, ensure_ascii=False
        )
        for one in range(number)
    )
    (folder / "in.jsonl").write_text("\n".join(lines), "utf-8")


def counting(asked: Counter[int]) -> Callable[[dict[str, Any]], Reply]:
    """Return what answers with an article's number, at 100 tokens in and 10 out, and counts how often each was asked about."""

    def answer(body: dict[str, Any]) -> Reply:
        found = re.search(r"Bài số (\d+) về", body["messages"][-1]["content"])
        number = int(found[1]) if found else -1
        asked[number] += 1
        return Reply(
            json.dumps({"number": number}), usage={"prompt_tokens": 100, "completion_tokens": 10}
        )

    return answer


def test_twenty_kills_lose_nothing_and_pay_for_nothing_twice(tmp_path: Path) -> None:
    """After twenty kills at random moments the next call ends with a record for each article, whole lines, and no answered request sent again."""
    write_articles(tmp_path, ARTICLES)
    asked: Counter[int] = Counter()
    dice = random.Random(2026)
    with scripted_endpoint(counting(asked)) as endpoint:
        for _ in range(KILLS):
            # A kill is timed by the requests that came in, so that it falls into the work on a machine of any speed.
            goal = sum(asked.values()) + dice.randrange(1, ARTICLES // KILLS)
            process = start(tmp_path, endpoint.base_url)
            while sum(asked.values()) < goal and process.poll() is None:
                time.sleep(0.005)
            process.kill()
            process.communicate()
        last = start(tmp_path, endpoint.base_url)
        _, said = last.communicate()
    assert last.returncode == 0, said.decode()
    records = [
        json.loads(line)
        for line in (tmp_path / "out" / "records.jsonl").read_text("utf-8").splitlines()
    ]
    assert [(one["article_id"], one["record"]["number"]) for one in records] == [
        (f"a{number}", number) for number in range(ARTICLES)
    ]
    assert (tmp_path / "out" / "failures.jsonl").read_text("utf-8") == ""
    assert set(asked) == set(range(ARTICLES))
    # What was asked again can only have been under way at a kill.
    assert sum(asked.values()) - ARTICLES <= KILLS * CONCURRENCY


def test_kills_do_not_pass_a_budget(tmp_path: Path) -> None:
    """What was in flight at a kill counts at its most: however often a run is killed, the money that the server was owed stays within the cap."""
    articles, kills, cap, each = 300, 6, 2.0, 0.01
    write_articles(tmp_path, articles)
    asked: Counter[int] = Counter()
    # At 1,000 dollars for a million tokens out, an answer costs a cent.
    money = ("--price", "0,1000", "--max-output-tokens", "20", "--max-cost")
    dice = random.Random(7)
    with scripted_endpoint(counting(asked)) as endpoint:
        for _ in range(kills):
            goal = asked.total() + dice.randrange(1, 25)
            process = start(tmp_path, endpoint.base_url, *money, str(cap))
            while asked.total() < goal and process.poll() is None:
                time.sleep(0.005)
            process.kill()
            process.communicate()
            assert asked.total() * each <= cap
        last = start(tmp_path, endpoint.base_url, *money, str(cap))
        last.communicate()
        assert last.returncode == 1
        assert asked.total() * each <= cap
        spent = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["budget"]
        assert asked.total() * each <= spent["spent_usd"] + spent["reserved_usd"] + 1e-9
        last = start(tmp_path, endpoint.base_url, *money, "100")
        _, said = last.communicate()
    assert last.returncode == 0, said.decode()
    records = (tmp_path / "out" / "records.jsonl").read_text("utf-8").splitlines()
    assert len(records) == articles
    assert asked.total() - articles <= kills * CONCURRENCY
