"""The script in docs/large-folders.md runs as printed, even after a kill."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import threading
import time
from contextlib import closing
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


def stored_answers(store: Path) -> int:
    """Return the number of answers in a store that another process may be writing."""
    with closing(sqlite3.connect(store, timeout=LONGEST)) as database:
        [count] = database.execute("SELECT count(*) FROM completions").fetchone()
        return int(count)


def test_the_script_is_short() -> None:
    """The script has at most 15 lines of code."""
    assert len([line for line in SCRIPT.splitlines() if line.strip()]) <= 15


@pytest.mark.slow
def test_the_script_continues_after_a_kill(tmp_path: Path) -> None:
    """After a kill, the restarted script sends again only the requests without a stored answer."""
    shutil.copytree(data_folder("seeds"), tmp_path / "articles")
    store = tmp_path / "out/store.sqlite3"
    asked: list[str] = []
    lock = threading.Lock()
    is_killed = False

    def answer(body: dict[str, Any]) -> Reply:
        with lock:
            asked.append(json.dumps(body["messages"]))
            # The last two articles are not answered at first, so the kill comes in the middle.
            is_silent = not is_killed and len(asked) > 3
        return Reply(json.dumps(report()), silent=is_silent)

    with scripted_endpoint(answer) as server, fork_server(tmp_path) as processes:
        program = f"endpoint = {server.base_url!r}\n{SCRIPT}"
        first = processes.start(program, environment={})
        deadline = time.monotonic() + LONGEST
        while len(asked) < 5 or stored_answers(store) < 3:
            assert time.monotonic() < deadline
            assert first.poll() is None, first.errors
            time.sleep(0.005)
        first.kill()
        first.wait()
        is_killed = True
        second = processes.start(program, environment={})
        assert second.wait() == 0, second.errors
    assert len(set(asked[:5])) == 5
    assert sorted(asked[5:]) == sorted(asked[3:5])
    records = list(open_run(tmp_path / "out").records)
    assert len(records) == 5
    assert {type(stored.record).__name__ for stored in records} == {"MovementReport"}
    budget = json.loads((tmp_path / "out/run.json").read_text("utf-8"))["budget"]
    assert budget["max_cost_usd"] == 5.0
