"""What all measured clients share: the job as it is read, the pump that drives it, and the line that is printed. Standard library only."""

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
    """What a client is to do: the same for all of them."""

    variant: str
    """Which of the ways of this client is measured."""
    base_url: str
    instructions: str
    concurrency: int
    number: int
    """How many articles are measured."""
    articles: str
    """A file of JSON lines with at least so many."""
    warm_up: str
    """A file of other articles, which are asked about first and not measured."""
    example: dict[str, Any]
    """A text and its passages, for a client that wants to be shown one."""

    def texts(self) -> list[str]:
        """Return the texts to measure."""
        return _texts(self.articles)[: self.number]

    def warm_up_texts(self) -> list[str]:
        """Return the texts that come before."""
        return _texts(self.warm_up)


def _texts(path: str) -> list[str]:
    with Path(path).open(encoding="utf-8") as file:
        return [json.loads(line)["text"] for line in file]


def read_job() -> Job:
    """Return the job that was written to standard input."""
    return Job(**json.load(sys.stdin))


@dataclass(frozen=True)
class Measured:
    """What a client took for its articles."""

    articles: int
    seconds: float
    cpu_seconds: float
    """Of all threads of the client's process."""
    requests: int
    server_seconds: float
    """Of the server's processor."""
    versions: str


@contextmanager
def measured(job: Job, *packages: str) -> Iterator[None]:
    """Measure the block and print the figures as one JSON line, with the versions of the packages that are at work."""
    before, clock, cpu = _server_load(job), time.perf_counter(), time.process_time()
    yield
    seconds, cpu_seconds, after = (
        time.perf_counter() - clock,
        time.process_time() - cpu,
        _server_load(job),
    )
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    requests, server_seconds = (after[key] - before[key] for key in ("requests", "cpu_seconds"))
    print(
        json.dumps(
            asdict(Measured(job.number, seconds, cpu_seconds, requests, server_seconds, versions))
        )
    )


def _server_load(job: Job) -> dict[str, Any]:
    with urllib.request.urlopen(f"{job.base_url.removesuffix('/v1')}/load") as response:
        load: dict[str, Any] = json.load(response)
    return load


async def pump(ask: Callable[[str], Awaitable[Any]], texts: list[str], concurrency: int) -> None:
    """Ask about every text, so many at a time; an answer that is not of its article ends the measurement."""
    to_come = iter(texts)

    async def one() -> None:
        for text in to_come:
            record = await ask(text)
            if record.headline not in text:
                raise ValueError(
                    f"{record.headline!r} is not the headline of the article that was asked about"
                )

    await asyncio.gather(*(one() for _ in range(concurrency)))


async def measure(job: Job, ask: Callable[[str], Awaitable[Any]], *packages: str) -> None:
    """Warm up, then measure a client that takes a text and gives a record."""
    await pump(ask, job.warm_up_texts(), job.concurrency)
    texts = job.texts()
    with measured(job, *packages):
        await pump(ask, texts, job.concurrency)
