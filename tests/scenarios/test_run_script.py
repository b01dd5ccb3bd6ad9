"""The script in docs/large-folders.md runs as printed, even after a kill."""

from __future__ import annotations

import json
import re
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from antq_llm.core.packaged_data import data_folder
from antq_llm.runs import open_run
from helpers.endpoint import Reply, scripted_endpoint
from helpers.fork_server import fork_server
from helpers.paths import REPOSITORY
from helpers.samples import report

PAGE = (REPOSITORY / "docs/large-folders.md").read_text("utf-8")
[SCRIPT] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
LONGEST = 120
"""The maximum duration of a process in seconds."""


def test_the_script_is_short() -> None:
    """The script has at most 15 lines of code."""
    assert len([line for line in SCRIPT.splitlines() if line.strip()]) <= 15


@pytest.mark.slow
def test_the_script_continues_after_a_kill(tmp_path: Path) -> None:
    """After a kill, the restarted script gets every record and repeats at most five requests."""
    shutil.copytree(data_folder("seeds"), tmp_path / "articles")
    asked: list[bytes] = []
    is_killed = False

    def answer(body: dict[str, Any]) -> Reply:
        asked.append(json.dumps(body["messages"]).encode())
        # The last articles are not answered at first, so the kill comes in the middle.
        return Reply(json.dumps(report()), silent=not is_killed and len(asked) > 3)

    with scripted_endpoint(answer) as server, fork_server(tmp_path) as processes:
        program = f"endpoint = {server.base_url!r}\n{SCRIPT}"
        first = processes.start(program, environment={})
        deadline = time.monotonic() + LONGEST
        while len(asked) < 4 and first.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        first.kill()
        first.wait()
        is_killed = True
        second = processes.start(program, environment={})
        assert second.wait() == 0, second.errors
    assert len(set(asked)) == 5
    # Requests whose answers were not stored before the kill are sent again.
    assert len(asked) <= 5 + 5
    records = list(open_run(tmp_path / "out").records)
    assert len(records) == 5
    assert {type(stored.record).__name__ for stored in records} == {"MovementReport"}
    budget = json.loads((tmp_path / "out/run.json").read_text("utf-8"))["budget"]
    assert budget["max_cost_usd"] == 5.0
