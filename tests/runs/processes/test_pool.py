"""A run with several processes: the same files and requests as with one, and no losses."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from antq_llm.clients.pricing import parse_price
from antq_llm.errors import ConfigurationError
from antq_llm.extraction.options import Options
from antq_llm.runs.run import Run
from antq_llm.runs.settings import RunSettings
from antq_llm.runs.totals import RunTotals
from helpers.command_line import LONGEST, PROGRAM
from helpers.endpoint import Endpoint, Reply, scripted_endpoint
from helpers.killed_worker import MARKER, Answered
from helpers.paths import REPOSITORY

pytestmark = pytest.mark.slow

SEEDS = str(REPOSITORY / "seeds")
FILES = ("records.jsonl", "failures.jsonl")


class Messages:
    """An observer that collects the messages of a run."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def start(self, articles: int, totals: RunTotals, window: Callable[[], int | None]) -> None:
        return None

    def outcome(self, outcome: Any) -> None:
        return None

    def message(self, text: str) -> None:
        self.texts.append(text)


def run_offline(inputs: list[str], out: Path, processes: int, **settings: Any) -> RunTotals:
    """Run over the inputs offline, with the packaged recordings, and return the totals."""
    options = Options(concurrency=3)
    return Run(
        RunSettings(tuple(inputs), options, out=out, offline=True, processes=processes, **settings)
    ).run()


def write_articles(folder: Path, number: int) -> str:
    """Write a file with the given number of articles, and return its path."""
    path = folder / "in.jsonl"
    lines = (json.dumps({"id": f"a{one}", "text": f"Bài số {one}."}) for one in range(number))
    path.write_text("\n".join(lines), "utf-8")
    return str(path)


def counting(asked: Counter[int]) -> Callable[[dict[str, Any]], Reply]:
    """Return a function that answers with the article's number and counts requests."""

    def answer(body: dict[str, Any]) -> Reply:
        found = re.search(r"Bài số (\d+)", body["messages"][-1]["content"])
        assert found
        asked[int(found[1])] += 1
        return Reply(
            json.dumps({"number": int(found[1])}),
            usage={"prompt_tokens": 100, "completion_tokens": 10},
        )

    return answer


def live(
    endpoint: Endpoint, inputs: str, out: Path | None, processes: int = 2, **options: Any
) -> RunSettings:
    """Return the settings of a run against an endpoint."""
    return RunSettings(
        (inputs,),
        Options(base_url=endpoint.base_url, api_key="any", **options),
        out=out,
        model="m",
        schema=Answered,
        prompt="Which number?",
        processes=processes,
    )


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the parsed lines of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_files_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    """Two processes write the same files as one, except for the times in run.json."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "empty.txt").write_text(" ", "utf-8")
    (folder / "page.html").write_text(
        "<html><body><article><h1>Tin</h1><p>" + "Bà Lan đến dự. " * 40 + "</p></article>", "utf-8"
    )
    inputs = [SEEDS, str(folder)]
    for processes in (1, 2):
        totals = run_offline(inputs, tmp_path / str(processes), processes)
        assert (totals.records, totals.failures.total()) == (5, 2)
    for name in FILES:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
    runs = [json.loads((tmp_path / name / "run.json").read_text("utf-8")) for name in ("1", "2")]
    for run in runs:
        del run["started"], run["seconds"]
    assert runs[0] == runs[1]


def test_rules_and_copies_are_the_same(tmp_path: Path) -> None:
    """With two processes, records made by rules and records of copies are the same as with one."""
    for processes in (1, 2):
        run_offline([SEEDS], tmp_path / f"rules{processes}", processes, model="rules")
        copies = [SEEDS, *sorted(map(str, (REPOSITORY / "seeds").glob("*.txt")))[:1]]
        run_offline(copies, tmp_path / f"copies{processes}", processes, duplicates=0.8)
    for name in ("rules", "copies"):
        first, second = (tmp_path / f"{name}{number}" / FILES[0] for number in (1, 2))
        assert first.read_bytes() == second.read_bytes()


def test_nothing_is_asked_twice(tmp_path: Path) -> None:
    """Each article is asked about once, and a second call replays all of them."""
    inputs = write_articles(tmp_path, 40)
    asked: Counter[int] = Counter()
    with scripted_endpoint(counting(asked)) as endpoint:
        Run(live(endpoint, inputs, tmp_path / "out", 2)).run()
        first = (tmp_path / "out" / FILES[0]).read_bytes()
        totals = Run(live(endpoint, inputs, tmp_path / "out", 3)).run()
    assert asked == Counter(range(40))
    assert (totals.records, totals.replayed) == (40, 40)
    assert (
        first.replace(b'"replayed":false', b'"replayed":true')
        == (tmp_path / "out" / FILES[0]).read_bytes()
    )


def test_an_observer_gets_the_records_unless_it_only_counts(tmp_path: Path) -> None:
    """An observer without ``judged`` is given whole extractions, and the files are the same."""
    inputs = write_articles(tmp_path, 5)
    records: list[Any] = []

    class Recorder(Messages):
        def outcome(self, outcome: Any) -> None:
            records.append(outcome.record)

    with scripted_endpoint(counting(Counter())) as endpoint:
        Run(live(endpoint, inputs, tmp_path / "counted")).run()
        Run(live(endpoint, inputs, tmp_path / "seen")).run(Recorder())
    assert sorted(record.number for record in records) == list(range(5))
    counted, seen = (tmp_path / name / FILES[0] for name in ("counted", "seen"))
    assert counted.read_bytes() == seen.read_bytes()


def test_totals_are_those_of_one_process(tmp_path: Path) -> None:
    """With two processes, the counts, tokens and costs are the same as with one."""
    inputs = write_articles(tmp_path, 6)
    runs = []
    for processes in (1, 2):
        out = tmp_path / str(processes)
        with scripted_endpoint(counting(Counter())) as endpoint:
            settings = live(endpoint, inputs, out, processes, prices={"m": parse_price("1,2")[1]})
            for _ in range(2):
                Run(settings).run()
                runs.append(json.loads((out / "run.json").read_text("utf-8")))
    kept = [
        {name: run[name] for name in ("counts", "usage", "cost_usd", "this_call", "spent_usd")}
        for run in runs
    ]
    assert kept[0] == kept[2]
    assert kept[1] == kept[3]


def test_a_budget_holds_over_all_processes(tmp_path: Path) -> None:
    """Two processes spend the budget up to the last request that fits, and no more."""
    inputs = write_articles(tmp_path, 60)
    asked: Counter[int] = Counter()
    # At 1,000 dollars per million output tokens, an answer of ten tokens costs a cent.
    with scripted_endpoint(counting(asked)) as endpoint:
        settings = live(
            endpoint,
            inputs,
            tmp_path / "out",
            max_cost=0.255,
            max_output_tokens=10,
            prices={"m": parse_price("0,1000")[1]},
        )
        totals = Run(settings).run()
    assert (asked.total(), totals.records) == (25, 25)
    assert totals.failures["budget"] == 35


def test_a_killed_worker_loses_nothing_that_was_answered(tmp_path: Path, monkeypatch: Any) -> None:
    """If a worker is killed, the run ends with a message; the next call requests only the rest."""
    marker = tmp_path / "kill"
    marker.touch()
    monkeypatch.setenv(MARKER, str(marker))
    inputs = write_articles(tmp_path, 60)
    asked: Counter[int] = Counter()
    said = Messages()
    with scripted_endpoint(counting(asked)) as endpoint:
        settings = live(endpoint, inputs, tmp_path / "out", concurrency=4)
        totals = Run(settings).run(said)
        assert said.texts[-1].startswith("a worker process ended unexpectedly (signal SIGKILL)")
        assert totals.records + totals.failures["internal"] == 60
        assert totals.failures["internal"] > 0
        assert len(lines(tmp_path / "out" / FILES[1])) == totals.failures["internal"]
        assert Run(settings).run().records == 60
    assert asked == Counter(range(60))


def test_ctrl_c_ends_all_processes_and_the_run_continues(tmp_path: Path) -> None:
    """Ctrl-C, which a terminal sends to every process, exits with 130; the next call continues."""
    inputs = write_articles(tmp_path, 30)
    asked: Counter[int] = Counter()
    answer, enough = counting(asked), threading.Event()

    interrupted = threading.Event()

    def stalling(body: dict[str, Any]) -> Reply:
        if asked.total() < 12 or interrupted.is_set():
            return answer(body)
        enough.set()
        return Reply(silent=True)

    command = [
        *(sys.executable, "-c", PROGRAM, "extract", inputs, "--out", str(tmp_path / "out")),
        *("--model", "m", "--schema", "helpers.killed_worker:Answered", "--processes", "2"),
        *("--concurrency", "4", "--base-url"),
    ]
    with scripted_endpoint(stalling) as endpoint:

        def start() -> subprocess.Popen[str]:
            return subprocess.Popen(
                [*command, endpoint.base_url],
                cwd=REPOSITORY / "tests",
                env={**os.environ, "OPENAI_API_KEY": "any"},
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )

        process = start()
        assert enough.wait(LONGEST)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=LONGEST)
        assert process.returncode == 130, errors
        assert "the same command continues" in errors
        assert "Traceback" not in errors
        interrupted.set()
        process = start()
        _, errors = process.communicate(timeout=LONGEST)
    assert process.returncode == 0, errors
    assert set(asked) == set(range(30))
    assert asked.total() <= 30 + 4


def test_a_schema_that_cannot_be_sent_is_refused() -> None:
    """A model defined inside a function is refused, since it cannot be sent to another process."""

    class Local(BaseModel):
        number: int

    settings = RunSettings(
        (SEEDS,), Options(), offline=True, schema=Local, prompt="Which?", model="m", processes=2
    )
    with pytest.raises(ConfigurationError, match="define its model at the top level of a module"):
        Run(settings).run()


def test_a_number_below_one_is_refused() -> None:
    """A number of processes below one is refused."""
    with pytest.raises(ConfigurationError, match="--processes must be at least 1, not 0"):
        RunSettings((SEEDS,), Options(), processes=0)


def test_failed_articles_are_asked_again(tmp_path: Path) -> None:
    """With retry_failed, the next sample of a failed article is requested, as with one process."""
    inputs = write_articles(tmp_path, 4)
    asked: Counter[int] = Counter()
    answer = counting(asked)

    def first_wrong(body: dict[str, Any]) -> Reply:
        reply = answer(body)
        return Reply('{"number": "no"}') if asked.total() <= 4 else reply

    with scripted_endpoint(first_wrong) as endpoint:
        settings = live(endpoint, inputs, tmp_path / "out", max_attempts=1)
        assert Run(settings).run().failures == Counter(invalid=4)
        assert Run(replace(settings, retry_failed=True)).run().records == 4
    assert asked == Counter(list(range(4)) * 2)
