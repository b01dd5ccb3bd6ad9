"""Speed-up from ``antq-llm extract --processes`` when a run is replayed from its store.

The store is filled once, with answers from a local server. Then, in several rounds, the same
command runs with each number of processes in turn. Other programs on the machine reduce the
speed-up, so the load average and the number of busy cores are printed next to each time.
"""

from __future__ import annotations

import argparse
import filecmp
import os
import shutil
import statistics
import subprocess
import sysconfig
import tempfile
import time
from pathlib import Path

from articles import write_articles
from server import running

COMMAND = Path(sysconfig.get_path("scripts")) / "antq-llm"
CONCURRENCY = 64


def extract(articles: Path, out: Path, base_url: str, processes: int) -> tuple[float, float]:
    """Run the command; return its elapsed seconds and the CPU seconds of all its processes."""
    began, before = time.perf_counter(), os.times()
    subprocess.run(
        [
            *(COMMAND, "extract", articles, "--out", out, "--model", "m"),
            *("--prompt", "movement_report@1", "--base-url", base_url),
            *("--concurrency", str(CONCURRENCY), "--processes", str(processes)),
        ],
        env={**os.environ, "OPENAI_API_KEY": "x"},
        stderr=subprocess.DEVNULL,
        check=True,
    )
    after = os.times()
    cpu = sum(
        getattr(after, name) - getattr(before, name)
        for name in ("children_user", "children_system")
    )
    return time.perf_counter() - began, cpu


def main() -> None:
    """Measure the runs and print their times and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=5000, metavar="N")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    options = parser.parse_args()
    seconds: dict[int, list[float]] = {number: [] for number in options.processes}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        articles, out, first = folder / "articles.jsonl", folder / "out", folder / "first.jsonl"
        write_articles(articles, range(options.articles))
        with running() as base_url:
            asked = extract(articles, out, base_url, options.processes[-1])
        print(f"asked with {options.processes[-1]} process(es): {asked[0]:.1f} s", flush=True)
        for _ in range(options.rounds):
            for number in options.processes:
                # Nothing listens there: a request would fail.
                wall, cpu = extract(articles, out, "http://127.0.0.1:9/v1", number)
                seconds[number].append(wall)
                if first.exists() and not filecmp.cmp(first, out / "records.jsonl", shallow=False):
                    raise RuntimeError(f"{number} process(es) gave different records")
                shutil.copy(out / "records.jsonl", first)
                print(
                    f"{number} process(es): {wall:.1f} s, {options.articles / wall:.0f} articles/s"
                    f", {cpu / wall:.2f} cores busy, load average {os.getloadavg()[0]:.1f} on "
                    f"{os.cpu_count()} cores",
                    flush=True,
                )
    base = statistics.median(seconds[options.processes[0]])
    for number in options.processes[1:]:
        ratio = base / statistics.median(seconds[number])
        print(
            f"{number} process(es) compared with {options.processes[0]}: {ratio:.2f} times as fast"
        )


if __name__ == "__main__":
    main()
