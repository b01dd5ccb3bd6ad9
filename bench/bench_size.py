"""Cost of ``antq-llm extract`` on 1,000, 10,000 and 100,000 articles, then again from its store.

The benchmark measures the time per article, the peak memory and the size of the store for each
call. The server answers immediately, and all answers differ. The command runs on one core and the
server on another. The largest size, 100,000 articles, needs about 2 GB of disk space.
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
CONCURRENCY = 64
MEGABYTE = 1e6
KILOBYTE = 1e3
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes per unit of ``ru_maxrss``: macOS counts in bytes, Linux in KiB."""


@dataclass(frozen=True)
class Run:
    """The time and memory of one run of the command."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    """The peak resident memory."""


def extract(articles: Path, out: Path, base_url: str) -> Run:
    """Run the command and return its time and memory; raise RuntimeError if it fails."""
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
        str(CONCURRENCY),
    ]
    began = time.perf_counter()
    process = subprocess.Popen(
        [COMMAND, "extract", str(articles), *options],
        env={**os.environ, "OPENAI_API_KEY": "x"},
        stderr=subprocess.PIPE,
    )
    pin(process.pid, 0)
    assert process.stderr is not None
    errors = process.stderr.read().decode()
    # The usage of this child, not of all children so far.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(
            f"antq-llm extract ended with status {process.returncode}:\n{errors[-3000:]}"
        )
    return Run(
        time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * MAXRSS_UNIT
    )


def row(size: int, name: str, run: Run, store: int) -> str:
    """Return the row of the Markdown table for a call."""
    cells = [
        f"{size}",
        name,
        f"{size / run.seconds:.0f}",
        f"{run.seconds / size * 1000:.2f}",
        f"{run.cpu_seconds / size * 1000:.2f}",
        f"{run.peak_bytes / MEGABYTE:.0f}",
        f"{store / MEGABYTE:.1f}",
        f"{store / size / KILOBYTE:.2f}",
    ]
    return f"| {' | '.join(cells)} |"


def measure(size: int, calls: int, base_url: str) -> None:
    """Print the figures of the first call and of each repetition."""
    with tempfile.TemporaryDirectory() as folder:
        articles, out = Path(folder) / "articles.jsonl", Path(folder) / "out"
        write_articles(articles, range(size))
        for name in ("asked", *(f"call {number}" for number in range(2, calls + 1))):
            run = extract(articles, out, base_url)
            with (out / "records.jsonl").open("rb") as file:
                records = sum(1 for _ in file)
            if records != size:
                raise RuntimeError(f"{size} articles gave {records} records")
            store = sum(path.stat().st_size for path in out.glob("store.sqlite3*"))
            print(row(size, name, run, store), flush=True)


def main() -> None:
    """Measure all sizes and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        default=[1000, 10_000, 100_000],
        metavar="N",
        help="numbers of articles; default: 1000 10000 100000",
    )
    parser.add_argument(
        "--calls", type=int, default=2, metavar="N", help="calls over the same articles; default: 2"
    )
    options = parser.parse_args()
    print(
        f"antq-llm extract, {CONCURRENCY} articles in parallel, answered at once, "
        "including the start of the process\n"
    )
    print(
        "| articles | | articles/s | ms/article | CPU ms/article | peak MB | store MB | "
        "kB/article |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
    with running() as base_url:
        for size in options.sizes:
            measure(size, options.calls, base_url)


if __name__ == "__main__":
    main()
