"""Articles per second of this library and of other clients, with the same server and articles.

Each client runs alone in its own process on one core, and the server runs on another core.
``make bench`` creates the environments of the clients.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from antq_llm.prompts.registry import load_prompt
from articles import REPOSITORY, article, example, records, write_articles
from server import pin, running

OURS, SDK, AGENTS = sys.executable, "sdk", "agents"
WARM_UP = 64
SCENES = ((0.0, 64, 1), (0.2, 64, 1), (0.2, 256, 4))
"""For each scene: seconds until an answer, articles in parallel and a factor for the number of
articles. The factor makes the run long enough that its start-up time does not matter.
"""
SLOW, SLOWER, SLOWEST = 4, 16, 40


@dataclass(frozen=True)
class Client:
    """A client to measure, which gets a row of the table."""

    name: str
    environment: str
    """The interpreter, or the name of an environment that the Makefile creates."""
    script: str
    variant: str = ""
    share: int = 1
    """The divisor for the number of articles, higher for slow clients."""
    delayed: bool = True
    """Whether to also measure the client with delayed answers."""

    @property
    def python(self) -> Path:
        """The interpreter of the client's environment."""
        if self.environment == OURS:
            return Path(self.environment)
        return Path(f"{sys.prefix}-peers") / self.environment / "bin" / "python"


INSTRUCTOR, CREATE, SAME_REQUEST = (
    "instructor, tools, aiohttp",
    "OpenAI SDK, create, aiohttp",
    "OpenAI SDK, create with the schema, aiohttp",
)
CLIENTS = (
    Client("bare aiohttp, JSON, pydantic: the upper limit", SDK, "peer_aiohttp.py"),
    Client("OpenAI SDK, post with a prepared body, aiohttp", SDK, "peer_sdk.py", "post aiohttp"),
    Client(CREATE, SDK, "peer_sdk.py", "create aiohttp"),
    Client(SAME_REQUEST, SDK, "peer_sdk.py", "create+schema aiohttp"),
    Client("OpenAI SDK, create", SDK, "peer_sdk.py", "create"),
    Client("OpenAI SDK, parse", SDK, "peer_sdk.py", "parse", share=SLOW),
    Client("OpenAI SDK, newest version, create, aiohttp", AGENTS, "peer_sdk.py", "create aiohttp"),
    Client(INSTRUCTOR, SDK, "peer_instructor.py", "aiohttp", share=SLOW),
    Client("instructor, tools", SDK, "peer_instructor.py", share=SLOW),
    Client("pydantic-ai, aiohttp", AGENTS, "peer_pydantic_ai.py", "aiohttp", share=SLOW),
    Client("pydantic-ai", AGENTS, "peer_pydantic_ai.py", share=SLOW),
    Client("langextract, whole articles", AGENTS, "peer_langextract.py", "whole", share=SLOWEST),
    Client("langextract, default chunks", AGENTS, "peer_langextract.py", "pieces", share=SLOWER),
    Client("antq_llm", OURS, "peer_antq_llm.py", "extract"),
    Client("antq_llm, replay from its store", OURS, "peer_antq_llm.py", "replay", delayed=False),
)


@dataclass(frozen=True)
class Figures:
    """The figures of one measurement."""

    articles: int
    rate: float
    """Articles per second."""
    cpu: float
    """CPU time of the client per article, in milliseconds."""
    requests: float
    """Requests per article."""
    server: float
    """The share of the time for which the server's core was busy."""
    versions: str


@dataclass(frozen=True)
class Scene:
    """The conditions of a measurement; ``number`` is the number of articles."""

    delay: float
    """Seconds until the server answers."""
    concurrency: int
    number: int

    def articles_for(self, client: Client) -> int:
        """Return the number of articles for a client: its share, but at least the concurrency."""
        return min(self.number, max(self.number // client.share, self.concurrency))


def measure(client: Client, scene: Scene, base_url: str, folder: Path) -> Figures:
    """Run one client in its own process and return its figures."""
    number = scene.articles_for(client)
    job: dict[str, Any] = {
        "variant": client.variant,
        "base_url": base_url,
        "instructions": load_prompt("movement_report@1").messages[0].content,
        "concurrency": scene.concurrency,
        "number": number,
        "articles": str(folder / "articles.jsonl"),
        "warm_up": str(folder / "warm_up.jsonl"),
        "example": example(),
    }
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
    command = [str(client.python), str(REPOSITORY / "bench" / "peers" / client.script)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        pin(process.pid, 0)
        out, errors = process.communicate(json.dumps(job))
    if process.returncode:
        raise RuntimeError(f"{client.name} failed:\n{errors[-3000:]}")
    took = json.loads(out.splitlines()[-1])
    return Figures(
        number,
        number / took["seconds"],
        took["cpu_seconds"] / number * 1000,
        took["requests"] / number,
        took["server_seconds"] / took["seconds"],
        took["versions"],
    )


def middle(figures: list[Figures]) -> Figures:
    """Return the medians over the rounds."""
    values = {
        name: statistics.median(getattr(measurement, name) for measurement in figures)
        for name in ("rate", "cpu", "requests", "server")
    }
    return Figures(articles=figures[0].articles, versions=figures[0].versions, **values)


def table(scene: Scene, found: dict[str, Figures]) -> str:
    """Return the figures, and their ratios to the reference clients, as a Markdown table."""
    ideal = scene.concurrency / scene.delay if scene.delay else math.nan
    references = (INSTRUCTOR, CREATE, SAME_REQUEST)
    rows = [
        [
            "client",
            "articles",
            "articles/s",
            "CPU ms/article",
            "x instructor",
            "x SDK create",
            "x create with schema",
            "of the ideal",
            "requests/article",
            "busy",
        ]
    ]
    rows.append(["---"] * len(rows[0]))
    for name, figures in found.items():
        rows.append(
            [
                name,
                f"{figures.articles}",
                f"{figures.rate:.0f}",
                f"{figures.cpu:.2f}",
                *(f"{figures.rate / found[reference].rate:.2f}" for reference in references),
                f"{figures.rate / ideal:.2f}" if scene.delay else "",
                f"{figures.requests:.2f}",
                f"{figures.rate * figures.cpu / 1000:.0%}, {figures.server:.0%}",
            ]
        )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def run(scene: Scene, rounds: int) -> dict[str, Figures]:
    """Measure all clients once per round, print the table and return the medians."""
    clients = [client for client in CLIENTS if client.delayed or not scene.delay]
    found: dict[str, list[Figures]] = {client.name: [] for client in clients}
    with running(scene.delay) as base_url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_articles(folder / "articles.jsonl", range(scene.number))
        write_articles(folder / "warm_up.jsonl", range(scene.number, scene.number + WARM_UP))
        for _ in range(rounds):
            for client in clients:
                found[client.name].append(measure(client, scene, base_url, folder))
                print(f"{client.name}: {found[client.name][-1].rate:.1f}/s", file=sys.stderr)
    medians = {name: middle(figures) for name, figures in found.items()}
    print(
        f"\nAnswered after {scene.delay * 1000:.0f} ms, {scene.concurrency} articles in parallel\n"
    )
    print(table(scene, medians), flush=True)
    return medians


def main() -> None:
    """Measure with immediate answers and with answers after 200 ms, and print the versions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--number", type=int, default=2000, help="articles for each client; slow ones get fewer"
    )
    parser.add_argument("--rounds", type=int, default=1, help="rounds for the medians")
    options = parser.parse_args()
    if missing := {client.python for client in CLIENTS if not client.python.exists()}:
        parser.exit(2, f"{', '.join(map(str, missing))} is missing: `make bench` creates it\n")
    size = sum(len(article(index).encode()) for index in range(len(records()))) / len(records())
    print(
        f"{options.number} articles of {size:.0f} bytes on average, "
        "client and server on one core each"
    )
    found: dict[str, Figures] = {}
    for delay, concurrency, times in SCENES:
        found |= run(Scene(delay, concurrency, options.number * times), options.rounds)
    print("\n" + "; ".join(sorted({figures.versions for figures in found.values()})))


if __name__ == "__main__":
    main()
