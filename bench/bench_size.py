"""``antq-llm extract`` over 1,000, 10,000 and 100,000 articles from a server that answers at once: time for each, peak memory, store; then again.

The command runs in a process of its own on one core, the server on the other. 100,000 articles take some 3 GB of disk for a while.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from articles import write_articles
from server import pin, running

COMMAND = Path(sysconfig.get_path("scripts")) / "antq-llm"
AT_A_TIME = 64
MEGABYTE = 1e6
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes: Linux counts in KiB."""


@dataclass(frozen=True)
class Run:
    """What one call of the command took."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    """The most memory that was resident at once."""


def extract(articles: Path, out: Path, base_url: str) -> Run:
    """Run the command to its end."""
    options = [
        "--out",
        str(out),
        "--model",
        "m",
        "--prompt",
        "movement_report@1",
        "--base-url",
        base_url,
        "--concurrency",
        str(AT_A_TIME),
    ]
    began = time.perf_counter()
    process = subprocess.Popen(
        [COMMAND, "extract", str(articles), *options],
        env={**os.environ, "OPENAI_API_KEY": "x"},
        stderr=subprocess.PIPE,
    )
    pin(process.pid, 0)
    assert process.stderr is not None
    said = process.stderr.read().decode()
    # What one child used, rather than all that ever ran.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(
            f"antq-llm extract ended with status {process.returncode}:\n{said[-3000:]}"
        )
    return Run(
        time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * MAXRSS_UNIT
    )


def row(size: int, what: str, run: Run, store: int) -> str:
    """Return a line of the table."""
    each = f"{size / run.seconds:.0f} | {run.seconds / size * 1000:.2f} | {run.cpu_seconds / size * 1000:.2f}"
    return (
        f"| {size} | {what} | {each} | {run.peak_bytes / MEGABYTE:.0f} | {store / MEGABYTE:.0f} |"
    )


def measure(size: int, base_url: str) -> None:
    """Print the first call and the same call again, for one number of articles."""
    with tempfile.TemporaryDirectory() as name:
        articles, out = Path(name) / "articles.jsonl", Path(name) / "out"
        write_articles(articles, range(size))
        for what in ("asked", "replayed"):
            run = extract(articles, out, base_url)
            with (out / "records.jsonl").open("rb") as file:
                records = sum(1 for _ in file)
            if records != size:
                raise RuntimeError(f"{size} articles gave {records} records")
            store = sum(path.stat().st_size for path in out.glob("store.sqlite3*"))
            print(row(size, what, run, store), flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        default=[1000, 10_000, 100_000],
        metavar="N",
        help="how many articles; default: 1000 10000 100000",
    )
    given = parser.parse_args()
    print(
        f"antq-llm extract, {AT_A_TIME} at a time, answered at once, start of the process included\n"
    )
    print(
        "| articles | | articles/s | ms/article | CPU ms/article | peak MB | store MB |\n| --- | --- | --- | --- | --- | --- | --- |",
        flush=True,
    )
    with running() as base_url:
        for size in given.sizes:
            measure(size, base_url)


if __name__ == "__main__":
    main()
