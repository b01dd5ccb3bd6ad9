"""A job on two nodes gives the same records as a local run, even if workers are lost."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyarrow import dataset

from antq_llm.clients.pricing import parse_price
from antq_llm.distributed.job import ClusterRun, ClusterSettings
from antq_llm.errors import ConfigurationError
from antq_llm.extraction.options import Options
from antq_llm.runs.run import Run
from antq_llm.runs.settings import RunSettings
from helpers.endpoint import Endpoint, Reply, scripted_endpoint

ray = pytest.importorskip("ray", reason="the extra ray is not installed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.block_network(allowed_hosts=[".*"]),  # The nodes use the machine's address.
]
SCHEMA = {
    "title": "number",
    "type": "object",
    "properties": {"number": {"type": "integer"}},
    "required": ["number"],
    "additionalProperties": False,
}
ARTICLES = int(os.environ.get("TEST_CLUSTER_ARTICLES", "200"))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Run a cluster of two nodes."""
    from ray.cluster_utils import Cluster

    os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_AUTH_MODE="disabled", OPENAI_API_KEY="any")
    node = {"num_cpus": 1, "object_store_memory": 100_000_000, "include_dashboard": False}
    running = Cluster(initialize_head=True, head_node_args=node)
    running.second = running.add_node(num_cpus=2, object_store_memory=100_000_000)
    ray.init(address=running.address, log_to_driver=False)
    yield running
    ray.shutdown()
    running.shutdown()
    del os.environ["RAY_AUTH_MODE"], os.environ["OPENAI_API_KEY"]


class Server:
    """A server that answers with the article's number and calls functions at given requests."""

    def __init__(self) -> None:
        self.asked: Counter[int] = Counter()
        self.at: dict[int, Any] = {}
        self._lock = threading.Lock()

    def __call__(self, body: dict[str, Any]) -> Reply:
        found = re.search(r"Bài số (\d+)", body["messages"][-1]["content"])
        assert found
        with self._lock:
            self.asked[int(found[1])] += 1
            event = self.at.pop(self.asked.total(), None)
        if event is not None:
            event()
        text = "no" if found[1] == "13" else json.dumps({"number": int(found[1])})
        return Reply(text, usage={"prompt_tokens": 100, "completion_tokens": 10})


def settings(folder: Path, endpoint: Endpoint, **options: Any) -> RunSettings:
    """Return the settings of a run over numbered articles, one of which gets invalid answers."""
    path = folder / "in.jsonl"
    lines = (
        json.dumps({"id": f"a{one}", "text": f"Bài số {one}.", "title": f"Bài {one}"})
        for one in range(ARTICLES)
    )
    path.write_text("\n".join(lines), "utf-8")
    defaults = {"max_attempts": 1, "concurrency": 4}
    return RunSettings(
        (str(path),),
        Options(base_url=endpoint.base_url, api_key="any", **{**defaults, **options}),
        model="m",
        schema=SCHEMA,
        prompt="Which number?",
    )


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table in the output, sorted by article."""
    found = dataset.dataset(folder / table, format="parquet").to_table().to_pylist()
    return sorted(found, key=lambda row: row["article_id"])


def kill_worker(folder: Path) -> None:
    """Kill the process of one worker."""
    workers = [
        int(path.name)
        for path in Path("/proc").iterdir()
        if path.name.isdecimal() and b"ray::WorkerActor" in _command(path)
    ]
    os.kill(workers[0], signal.SIGKILL)


def _command(path: Path) -> bytes:
    try:
        return (path / "cmdline").read_bytes()
    except OSError:
        return b""


def test_losses_cost_only_what_was_in_flight(cluster: Any, tmp_path: Path) -> None:
    """After a worker and a node are killed, the records are complete and without duplicates."""
    from antq_llm.export.export_run import export_run

    server = Server()
    with scripted_endpoint(server) as endpoint:
        run = settings(tmp_path, endpoint)
        Run(RunSettings(**{**vars(run), "out": tmp_path / "one"})).run()
        assert server.asked.total() == ARTICLES
        server.asked.clear()
        server.at = {
            ARTICLES * 3 // 10: lambda: kill_worker(tmp_path),
            ARTICLES * 13 // 20: lambda: threading.Thread(
                target=cluster.remove_node, args=(cluster.second, False)
            ).start(),
        }
        job = ClusterSettings(run, str(tmp_path / "out"), workers=2, chunk_articles=20)
        totals = ClusterRun(job).run()
        assert (totals.records, dict(totals.failures)) == (ARTICLES - 1, {"invalid": 1})
        assert set(server.asked) == set(range(ARTICLES))
        # The two lost workers had at most 16 requests in flight in total.
        assert server.asked.total() <= ARTICLES + 2 * 2 * 4
        again = ClusterRun(job).run()
        assert (again.records, again.failures.total()) == (0, 0)
    export_run(tmp_path / "one", "parquet", tmp_path / "tables")
    for table in ("articles", "failures", "metadata"):
        single = dataset.dataset(tmp_path / "tables" / f"{table}.parquet").to_table().to_pylist()
        expected = sorted(single, key=lambda row: row["article_id"])
        found = rows(tmp_path / "out", table)
        for row in (*expected, *found):
            row.pop("replayed", None)
        assert found == expected


def test_a_budget_is_not_passed(cluster: Any, tmp_path: Path) -> None:
    """A job stays within its budget, and once it is spent, the next call sends no requests."""
    server = Server()
    money = {"max_cost": 0.505, "max_output_tokens": 10, "prices": {"m": parse_price("0,1000")[1]}}
    with scripted_endpoint(server) as endpoint:
        run = settings(tmp_path, endpoint, **money)
        job = ClusterSettings(run, str(tmp_path / "out"), workers=1, chunk_articles=10)
        totals = ClusterRun(job).run()
        assert server.asked.total() == 50
        assert totals.records + totals.failures.total() == ARTICLES
        assert len(rows(tmp_path / "out", "failures")) == totals.failures.total()
        ClusterRun(job).run()
        assert server.asked.total() == 50
        other = settings(tmp_path, endpoint, temperature=0.5)
        with pytest.raises(ConfigurationError, match=r"temperature was not set and is now 0\.5"):
            ClusterRun(ClusterSettings(other, str(tmp_path / "out"))).run()
