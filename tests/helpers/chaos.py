"""A chaos run: many articles, a faulty server, and calls that are killed and continued."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers.command_line import NAME_SCHEMA, lines_of
from helpers.fault_server import (
    Fault,
    completion,
    compressed,
    failing,
    fault_server,
    replying,
    response,
)
from helpers.fork_server import ForkedProcess, ForkServer, fork_server

PROGRAM = "import sys; from antq_llm.cli.main import main; sys.exit(main(sys.argv[1:]))"
CONCURRENCY = 32
FAULTY = 0.25
"""The share of requests that are answered with a fault."""
MAX_CALLS = 12
"""The maximum number of calls after the last kill; each retries articles without an answer."""
LONGEST = 900.0
"""The maximum duration of a call in seconds."""

Maker = Callable[[], Fault]


def paid(text: str | None = '{"name": "Lan"}', reason: str | None = "stop", **more: Any) -> Fault:
    """Return a response with a completion that counts as paid for."""
    return replying(completion(text, reason, **more))


UNPAID: dict[str, Maker] = {
    **{f"status {status}": lambda status=status: failing(status) for status in (408, 500, 502)},
    "503 with a wait": lambda: failing(503, "busy", Retry_After="0.05"),
    "429": lambda: failing(429, "slow down", Retry_After="0.05"),
    "524": lambda: failing(524),
    "400": lambda: failing(400, "no such thing"),
    "403": lambda: failing(403, "blocked"),
    "404": lambda: failing(404, "blocked"),
    "418": lambda: failing(418),
    "a page": lambda: replying("<html>welcome</html>"),
    "half a pair": lambda: replying('{"error": {"message": "x \\ud800"}}', 400),
    "no choices": lambda: replying({"choices": []}),
    "an error in a 200": lambda: replying({"error": {"code": 503, "message": "overloaded"}}),
    "a reset": lambda: Fault(resets=True),
    "a hang-up": lambda: Fault(closes=True),
    "half a body": lambda: Fault([response(completion())[:200]], closes=True),
    "a short body": lambda: Fault([response(completion(), length=5000)], closes=True),
    "no HTTP": lambda: Fault([b"\x00\xff not HTTP\r\n\r\n"], closes=True),
    "a stall": lambda: Fault([response(completion())[:50]], stalls=True),
    "a bomb": lambda: compressed(30_000_000),
    "quota": lambda: failing(402, "no money", code="insufficient_quota"),
}
PAID: dict[str, Maker] = {
    "prose": lambda: paid("I cannot say."),
    "broken JSON": lambda: paid('{"name": "La'),
    "another schema": lambda: paid('{"nom": 7}'),
    "too deep": lambda: paid("[" * 5000),
    "cut off": lambda: paid('{"name": "La', "length"),
    "filtered": lambda: paid("", "content_filter"),
    "refused": lambda: paid(None, refusal="no"),
    "two parts": lambda: Fault(
        [response(completion())[:100], response(completion())[100:]], pause=0.05
    ),
    "a closed connection": lambda: Fault([response(completion())], closes=True),
    "a late second response": lambda: Fault([response(completion())], late=response(completion())),
}
RARE = frozenset({"429", "a stall", "a bomb", "quota"})
"""Faults that are made less frequent, because they slow down or end a call."""
RARITY = 0.05


@dataclass
class ChaosFigures:
    """The result of a chaos run."""

    articles: int
    kills: int
    calls: int = 0
    requests: int = 0
    faults: int = 0
    answers_paid: int = 0
    paid_twice: int = 0
    """The number of complete answers to questions that were already answered."""
    records: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    in_both: int = 0
    in_neither: int = 0
    unnamed_errors: list[str] = field(default_factory=list)
    """Lines about unexpected errors on standard error."""
    memory_early: float = 0.0
    """Peak in MB in the first half of the call whose second half needed the most memory."""
    memory_late: float = 0.0
    """Peak in MB in the second half of that call."""
    seconds: float = 0.0


class ChaosServer:
    """A function that chooses each reply by the article and its number of requests, not by time."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._asked: Counter[int] = Counter()
        self._sent: defaultdict[str, int] = defaultdict(int)
        self.faults: Counter[str] = Counter()

    @property
    def requests(self) -> int:
        """The number of requests received."""
        return self._asked.total()

    @property
    def answers(self) -> int:
        """The number of complete answers sent."""
        return sum(self._sent.values())

    @property
    def repeated(self) -> int:
        """The number of complete answers to questions that were already answered."""
        return sum(sent - 1 for sent in self._sent.values())

    def __call__(self, body: dict[str, Any]) -> Fault:
        question = json.dumps(body["messages"], ensure_ascii=False)
        found = re.search(r"Bài số (\d+)\.", question)
        number = int(found[1]) if found else -1
        with self._lock:
            self._asked[number] += 1
            dice = random.Random(f"{self._seed}:{number}:{self._asked[number]}")
            name = self._chosen(dice)
            self.faults[name] += 1
            if name in PAID or name == "good":
                self._sent[question] += 1
        return {**UNPAID, **PAID}[name]() if name != "good" else paid()

    def _chosen(self, dice: random.Random) -> str:
        if dice.random() >= FAULTY:
            return "good"
        name = dice.choice([*UNPAID, *PAID])
        return "status 500" if name in RARE and dice.random() >= RARITY else name


def chaos_run(folder: Path, *, articles: int, kills: int, seed: int) -> ChaosFigures:
    """Run calls against a faulty server, kill the first ``kills`` and return the figures."""
    (folder / "schema.json").write_text(json.dumps(NAME_SCHEMA))
    lines = (json.dumps({"id": f"a{n}", "text": f"Bà Lan. Bài số {n}."}) for n in range(articles))
    (folder / "in.jsonl").write_text("\n".join(lines), "utf-8")
    figures, chaos, dice = ChaosFigures(articles, kills), ChaosServer(seed), random.Random(seed)
    began = time.monotonic()
    with fault_server(chaos) as endpoint, fork_server(folder) as server:
        for _ in range(kills):
            goal = chaos.requests + dice.randrange(1, max(2, articles // (kills + 1)))
            call = _start(server, endpoint.base_url)
            _follow(call, figures, until=lambda goal=goal: chaos.requests >= goal)
            call.kill()
            call.wait()
        while figures.calls < kills + MAX_CALLS:
            before = chaos.requests
            call = _start(server, endpoint.base_url)
            _follow(call, figures, until=lambda: False)
            if call.wait() == 0 or chaos.requests == before:
                break
    figures.seconds = time.monotonic() - began
    figures.requests, figures.answers_paid = chaos.requests, chaos.answers
    figures.faults, figures.paid_twice = chaos.requests - chaos.faults["good"], chaos.repeated
    _count_outcomes(folder / "out", figures)
    return figures


def _start(server: ForkServer, base_url: str) -> ForkedProcess:
    words = ["extract", "in.jsonl", "--schema", "schema.json", "--model", "m", "--out", "out"]
    words += ["--base-url", base_url, "--concurrency", str(CONCURRENCY), "--timeout", "5"]
    return server.start(PROGRAM, *words, environment={"OPENAI_API_KEY": "any"})


def _follow(call: ForkedProcess, figures: ChaosFigures, *, until: Callable[[], bool]) -> None:
    """Record the memory and errors of a call until the call ends or a condition holds."""
    figures.calls += 1
    memory: list[float] = []
    deadline = time.monotonic() + LONGEST
    while call.poll() is None and not until():
        if time.monotonic() > deadline:
            raise TimeoutError("the call does not end by itself")
        memory.append(_memory_of(call.pid))
        time.sleep(0.05)
    figures.unnamed_errors += [
        line for line in call.errors.splitlines() if "Traceback" in line or "--debug" in line
    ]
    half = len(memory) // 2
    if half and max(memory[half:]) > figures.memory_late:
        figures.memory_early, figures.memory_late = max(memory[:half]), max(memory[half:])


def _memory_of(pid: int) -> float:
    """Return the resident memory of a process in MB, or 0 if it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1000 if found else 0.0


def _count_outcomes(out: Path, figures: ChaosFigures) -> None:
    records = Counter(line["article_id"] for line in lines_of(out / "records.jsonl"))
    failed = lines_of(out / "failures.jsonl")
    failures = Counter(line["article_id"] for line in failed)
    figures.records = records.total()
    figures.failures = Counter(line["error"]["kind"] for line in failed)
    seen = records + failures
    figures.in_both = sum(count > 1 for count in seen.values())
    figures.in_neither = figures.articles - len(seen)
