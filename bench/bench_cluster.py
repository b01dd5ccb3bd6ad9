"""Speed of a Ray cluster of two nodes on this machine, with a local server that delays its answers.

The benchmark compares one worker with two when the delay is the bottleneck, measures the rate under
``--rpm`` and checks that the records equal those made without a cluster. Other programs on the
machine distort the figures, so the load average is printed next to each.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from pyarrow import dataset

from antq_llm.distributed.job import ClusterRun, ClusterSettings
from antq_llm.extraction.options import Options
from antq_llm.runs.run import Run
from antq_llm.runs.settings import RunSettings
from articles import write_articles
from server import running

LIMIT = 50
"""The requests per second that ``--rpm`` allows."""


def run_settings(articles: Path, base_url: str, concurrency: int, **options: Any) -> RunSettings:
    """Return the settings of a run over ``articles`` with the server at ``base_url``."""
    return RunSettings(
        (str(articles),),
        Options(base_url=base_url, api_key="x", concurrency=concurrency, **options),
        model="m",
        prompt="movement_report@1",
    )


def seconds_of(settings: RunSettings, out: Path, workers: int) -> float:
    """Run a job on the cluster; return the seconds from its first finished part to its last.

    This excludes the start of the workers. Failed articles raise RuntimeError.
    """
    totals = ClusterRun(ClusterSettings(settings, str(out), workers, chunk_articles=16)).run()
    if totals.failures:
        raise RuntimeError(f"failures: {totals.failures}")
    answered = sorted(path.stat().st_mtime for path in (out / "_completions").rglob("*.json"))
    return answered[-1] - answered[0]


def headlines(folder: Path) -> set[tuple[str, str]]:
    """Return the id and the headline of each article in an output folder.

    An article that occurs twice raises RuntimeError.
    """
    table = dataset.dataset(folder / "articles", format="parquet").to_table()
    rows = table.select(["article_id", "headline"]).to_pylist()
    if len(rows) != len({row["article_id"] for row in rows}):
        raise RuntimeError("an article occurs twice")
    return {(row["article_id"], row["headline"]) for row in rows}


def main() -> None:
    """Run the jobs and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1000, metavar="N")
    parser.add_argument("--delay", type=float, default=1.0, metavar="S")
    parser.add_argument(
        "--concurrency", type=int, default=8, metavar="N", help="articles in parallel, per worker"
    )
    options = parser.parse_args()
    os.environ.update(RAY_USAGE_STATS_ENABLED="0", OPENAI_API_KEY="x", RAY_AUTH_MODE="disabled")
    import ray
    from ray.cluster_utils import Cluster

    memory = 100_000_000
    node = {"num_cpus": 1, "object_store_memory": memory, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=node)
    cluster.add_node(num_cpus=1, object_store_memory=memory)
    ray.init(address=cluster.address, log_to_driver=False)
    with tempfile.TemporaryDirectory() as name, running(options.delay) as base_url:
        folder = Path(name)
        articles = folder / "articles.jsonl"
        write_articles(articles, range(options.articles))
        settings = run_settings(articles, base_url, options.concurrency)
        seconds = {}
        for workers in (1, 2):
            seconds[workers] = seconds_of(settings, folder / f"out{workers}", workers)
            rate = options.articles / seconds[workers]
            load = os.getloadavg()[0]
            print(
                f"{workers} worker(s): {rate:.1f} articles/s, load average {load:.1f}", flush=True
            )
        print(f"2 workers compared with 1: {seconds[1] / seconds[2]:.2f} times as fast", flush=True)
        limited = run_settings(articles, base_url, 64, rpm=60 * LIMIT)
        rate = options.articles / seconds_of(limited, folder / "limited", 2)
        print(
            f"at most {LIMIT}/s: {rate:.1f} requests/s, load {os.getloadavg()[0]:.1f}", flush=True
        )
        began = time.perf_counter()
        one = folder / "one"
        Run(RunSettings(**{**vars(run_settings(articles, base_url, 64)), "out": one})).run()
        lines = map(json.loads, (one / "records.jsonl").read_text("utf-8").splitlines())
        single = {(line["article_id"], line["record"]["headline"]) for line in lines}
        print(f"one machine: {time.perf_counter() - began:.1f} s")
        print(f"the same records: {single == headlines(folder / 'out2')}")
    ray.shutdown()
    cluster.shutdown()


if __name__ == "__main__":
    main()
