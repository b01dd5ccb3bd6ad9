"""Time, peak memory and store size of ``antq-llm extract`` on 1,000 to 100,000 articles.

The command runs on one core and the server, which answers without delay, on the other. Each size
is run twice; the second run replays the answers. 100,000 articles need about 3 GB of disk.
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
    """The resources that one run used."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    """The highest resident memory."""


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
    # The resources of this child alone.
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
    rate, wall, cpu = size / run.seconds, run.seconds / size, run.cpu_seconds / size
    each = f"{rate:.0f} | {wall * 1000:.2f} | {cpu * 1000:.2f}"
    return (
        f"| {size} | {what} | {each} | {run.peak_bytes / MEGABYTE:.0f} | {store / MEGABYTE:.0f} |"
    )


def measure(size: int, base_url: str) -> None:
    """Print the results of two runs for one number of articles."""
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
    print(f"antq-llm extract, {AT_A_TIME} in parallel, including the start of the process\n")
    print("| articles | | articles/s | ms/article | CPU ms/article | peak MB | store MB |")
    print("| --- | --- | --- | --- | --- | --- | --- |", flush=True)
    with running() as base_url:
        for size in given.sizes:
            measure(size, base_url)


if __name__ == "__main__":
    main()
