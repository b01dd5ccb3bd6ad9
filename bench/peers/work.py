"""Code shared by all measured clients: the job, the loop over articles and the printed figures.

It uses only the standard library.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

MODEL = "m"


@dataclass(frozen=True)
class Job:
    """The settings of a client's measurement, which the client reads from standard input."""

    variant: str
    """The method and transport to measure."""
    base_url: str
    instructions: str
    concurrency: int
    number: int
    """The number of articles to measure."""
    articles: str
    """The path of a file of JSON lines with at least ``number`` articles."""
    warm_up: str
    """The path of a file of other articles, which are extracted first and not measured."""
    example: dict[str, Any]
    """A text and its passages, for a client that needs an example."""

    def texts(self) -> list[str]:
        """Return the texts to measure."""
        return _texts(self.articles)[: self.number]

    def warm_up_texts(self) -> list[str]:
        """Return the texts of the warm-up."""
        return _texts(self.warm_up)


def _texts(path: str) -> list[str]:
    with Path(path).open(encoding="utf-8") as file:
        return [json.loads(line)["text"] for line in file]


def read_job() -> Job:
    """Read the job from standard input."""
    return Job(**json.load(sys.stdin))


@dataclass(frozen=True)
class Measured:
    """The figures of one measurement."""

    articles: int
    seconds: float
    cpu_seconds: float
    """CPU time of all threads of the client."""
    requests: int
    server_seconds: float
    """CPU time of the server."""
    versions: str


@contextmanager
def measured(job: Job, *packages: str) -> Iterator[None]:
    """Measure the block, and print the figures and the packages' versions as one JSON line."""
    before, clock, cpu = _server_load(job), time.perf_counter(), time.process_time()
    yield
    seconds, cpu_seconds = time.perf_counter() - clock, time.process_time() - cpu
    after = _server_load(job)
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    requests, server_seconds = (after[key] - before[key] for key in ("requests", "cpu_seconds"))
    figures = Measured(job.number, seconds, cpu_seconds, requests, server_seconds, versions)
    print(json.dumps(asdict(figures)))


def _server_load(job: Job) -> dict[str, Any]:
    with urllib.request.urlopen(f"{job.base_url.removesuffix('/v1')}/load") as response:
        load: dict[str, Any] = json.load(response)
    return load


async def ask_all(ask: Callable[[str], Awaitable[Any]], texts: list[str], concurrency: int) -> None:
    """Ask about every text; raise ValueError if an answer belongs to another article."""
    remaining = iter(texts)

    async def worker() -> None:
        for text in remaining:
            record = await ask(text)
            if record.headline not in text:
                raise ValueError(f"{record.headline!r} is not the headline of this article")

    await asyncio.gather(*(worker() for _ in range(concurrency)))


async def measure(job: Job, ask: Callable[[str], Awaitable[Any]], *packages: str) -> None:
    """Warm up, then measure a client that returns a record for a text."""
    await ask_all(ask, job.warm_up_texts(), job.concurrency)
    texts = job.texts()
    with measured(job, *packages):
        await ask_all(ask, texts, job.concurrency)
