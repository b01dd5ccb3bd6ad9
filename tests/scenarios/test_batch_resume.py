"""A stopped or killed run with ``--batch`` continues without paying twice."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from filelock import FileLock

from antq_llm.clients.pricing import Price
from antq_llm.errors import ConfigurationError
from antq_llm.openai_batch import collecting_client
from antq_llm.store.spending_ledger import StoreLedger
from antq_llm.store.sqlite.sqlite_store import SqliteStore
from helpers.batch_runs import Work, right, wrong_at_first
from helpers.batch_service import KEY, BatchService, Plan, batch_service
from helpers.fork_server import ForkedProcess, ForkServer, fork_server

# A process that was started in the background may ignore Ctrl-C.
PROGRAM = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from antq_llm.cli.main import main
main()
"""
PROGRAM_WITHOUT_WAITS = """
import sys
from pathlib import Path
from antq_llm.extraction.options import Options
from antq_llm.runs.run import Run
from antq_llm.runs.settings import RunSettings

async def sleep(seconds):
    pass

settings = RunSettings(
    ("in.jsonl",),
    Options(base_url=sys.argv[1]),
    out=Path("out"),
    schema=Path("schema.json"),
    model="m",
    batch=True,
)
totals = Run(settings, sleep=sleep).run()
sys.exit(1 if totals.failures else 0)
"""
LONGEST = 120
"""The maximum duration of a process in seconds."""
SLOW = Plan(("validating", "in_progress"))
"""A batch that does not end."""

FILES, BATCHES, LOOK, CONTENT = (
    ("POST", r"/files$"),
    ("POST", r"/batches$"),
    ("GET", r"/batches/"),
    ("GET", r"/content$"),
)
# The step of the run, and whether the service has already done its part.
DEATHS = [
    (FILES, "before"),
    (FILES, "after"),
    (BATCHES, "before"),
    (BATCHES, "after"),
    (LOOK, "before"),
    (LOOK, "after"),
    (CONTENT, "before"),
    (CONTENT, "after"),
    (BATCHES, "after"),
    (CONTENT, "after"),
]


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """Six articles to extract in batches."""
    return Work(tmp_path)


def start(server: ForkServer, program: str, *words: str) -> ForkedProcess:
    """Start a program in another process."""
    return server.start(program, *words, environment={"OPENAI_API_KEY": KEY})


def start_command(server: ForkServer, service: BatchService) -> ForkedProcess:
    """Start ``antq-llm extract --batch``."""
    options = ["--schema", "schema.json", "--model", "m", "--base-url", service.base_url]
    return start(server, PROGRAM, "extract", "in.jsonl", *options, "--out", "out", "--batch")


def finished(process: ForkedProcess) -> tuple[int, str]:
    """Return a process's exit status and its standard error."""
    return process.wait(LONGEST), process.errors


def once_at(
    method: str, pattern: str, act: Callable[[], None], when: Any = "after"
) -> Callable[[str, str], Any]:
    """Return a function that calls ``act`` and returns ``when`` at the first matching request."""
    done: list[str] = []

    def lose(verb: str, path: str) -> Any:
        if done or verb != method or not re.search(pattern, path):
            return None
        done.append(path)
        act()
        return when

    return lose


@pytest.mark.slow
def test_killed_at_any_point_of_the_protocol_nothing_is_paid_for_twice(work: Work) -> None:
    """Even if a run is killed at any step of the protocol, each request is executed only once."""
    started: SimpleQueue[ForkedProcess] = SimpleQueue()
    with batch_service(wrong_at_first) as service, fork_server(work.folder) as server:
        for (method, pattern), when in DEATHS:
            service.lose = once_at(method, pattern, lambda: started.get().kill(), when)
            process = start(server, PROGRAM_WITHOUT_WAITS, service.base_url)
            started.put(process)
            assert finished(process)[0] == -signal.SIGKILL
        service.lose = lambda _method, _path: None
        status, said = finished(start(server, PROGRAM_WITHOUT_WAITS, service.base_url))
    assert status == 0, said
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert set(service.accepted.values()) == {1}
    assert set(service.executed.values()) == {1}
    assert len(service.accepted) == 8
    assert sorted(path.name for path in (work.folder / "out" / "batches").iterdir()) == ["lock"]


@pytest.mark.slow
def test_a_run_left_by_ctrl_c_is_picked_up(work: Work) -> None:
    """Ctrl-C exits with 130, and the same command continues the run, as the message says."""
    started: SimpleQueue[ForkedProcess] = SimpleQueue()
    with batch_service(right, plans=[SLOW]) as service, fork_server(work.folder) as server:
        service.lose = once_at(*LOOK, lambda: started.get().send_signal(signal.SIGINT), None)
        process = start_command(server, service)
        started.put(process)
        status, said = finished(process)
        assert status == 130
        assert (
            "6 request(s) are pending (batch_1): the provider continues to process them; "
            "run the same command again to collect the answers" in said
        )
        assert "Traceback" not in said
        assert set(work.kinds().values()) == {"interrupted"}
        service.batches["batch_1"].plan = Plan(("completed",))
        status, said = finished(start_command(server, service))
    assert status == 0, said
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert set(service.accepted.values()) == {1}


async def leave(work: Work, service: BatchService) -> None:
    """Interrupt a run while its batch is pending."""

    def interrupt(_seconds: float) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await work.run_batches(service, interrupt)


async def test_a_batch_that_ended_in_the_meantime_counts_as_paid_for_now(work: Work) -> None:
    """Answers that a continued run downloads do not count as replayed."""
    with batch_service(right, plans=[SLOW]) as service:
        await leave(work, service)
        service.batches["batch_1"].plan = Plan(("completed",))
        await work.run_batches(service)
    assert {line["replayed"] for line in work.records()} == {False}
    assert len(service.batches) == 1


async def test_new_articles_join_what_is_under_way(work: Work) -> None:
    """New articles are submitted, but the pending batch is not submitted again."""
    with batch_service(right, plans=[SLOW]) as service:
        await leave(work, service)
        work.write([f"Bài số {number} về an ninh." for number in range(8)])
        service.batches["batch_1"].plan = Plan(("in_progress", "in_progress", "completed"))
        await work.run_batches(service)
    assert work.numbers() == list(range(8))
    assert [len(made.lines) for made in service.batches.values()] == [6, 2]


async def test_a_run_without_batches_does_not_pay_for_what_is_under_way(work: Work) -> None:
    """Without --batch, a run is refused while batches are pending but reads batches that ended."""
    with batch_service(right, plans=[SLOW]) as service:
        await leave(work, service)
        with pytest.raises(ConfigurationError, match=r"6 request\(s\) .* pending .*--batch"):
            await work.extract(service, batch=False)
        service.batches["batch_1"].plan = Plan(("cancelled",), executed=4)
        totals = await work.extract(service, batch=False)
    assert (totals.records, totals.replayed) == (6, 0)
    assert sum(service.executed.values()) == 4
    assert len(service.live) == 2


async def test_money_for_batches_that_were_never_made_is_free(work: Work) -> None:
    """The next run releases money that was reserved for requests that were never submitted."""
    store = SqliteStore(work.folder / "out" / "store.sqlite3")
    assert await StoreLedger(store).reserve("batch-d", 0.05, 0.05)
    await store.drain()
    store.close()
    with batch_service(right) as service:
        await work.extract(
            service,
            batch=False,
            prices={work.model: Price(0.0, 10.0)},
            max_cost=0.05,
            max_output_tokens=1000,
        )
    assert work.numbers() == [0, 1, 2, 3, 4, 5]


async def test_another_address_is_refused(work: Work) -> None:
    """A run with another base URL is refused while batches are pending."""
    with batch_service(right, plans=[SLOW]) as service, batch_service(right) as other:
        await leave(work, service)
        for batch in (True, False):
            with pytest.raises(ConfigurationError, match=service.base_url):
                await work.extract(other, batch=batch)
    assert other.seen == []


async def test_a_batch_that_the_service_does_not_know_is_not_paid_for_again(work: Work) -> None:
    """A batch that the service does not know stops the run and is not created again."""
    with batch_service(right, plans=[SLOW]) as service:
        await leave(work, service)
        del service.batches["batch_1"]
        with pytest.raises(ConfigurationError, match="has no batch batch_1"):
            await work.extract(service)
    assert service.batches == {}


async def test_a_full_disk_ends_a_run_in_order(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a request file cannot be written, every article fails, and the next run continues."""

    def on_a_full_disk(_: int) -> str:
        (work.folder / "out" / "batches" / "full.jsonl").symlink_to("/dev/full")
        return "full"

    with batch_service(right) as service:
        monkeypatch.setattr(collecting_client.secrets, "token_hex", on_a_full_disk)
        with pytest.raises(
            ConfigurationError,
            match=r"full\.jsonl cannot be written \(No space left on device\): free some space",
        ):
            await work.extract(service)
        monkeypatch.undo()
        assert set(work.kinds().values()) == {"configuration"}
        assert len(work.failures()) == 6
        await work.extract(service)
    assert work.numbers() == [0, 1, 2, 3, 4, 5]
    assert len(service.batches) == 1


async def test_two_runs_do_not_have_the_same_batches_in_hand(work: Work) -> None:
    """A second run on a folder is refused while the first one works on its batches."""
    folder = work.folder / "out" / "batches"
    folder.mkdir(parents=True)
    with (
        batch_service(right) as service,
        FileLock(folder / "lock"),
        pytest.raises(ConfigurationError, match="another run"),
    ):
        await work.extract(service)
    assert service.seen == []


@pytest.mark.parametrize(
    ("words", "key", "said"), [([], KEY, "--out"), (["--out", "out"], "another", "OPENAI_API_KEY")]
)
def test_wrong_calls_exit_with_two(work: Work, words: list[str], key: str, said: str) -> None:
    """A batch run without --out or with a refused key is a usage error."""
    with batch_service(right) as service:
        call = [
            sys.executable,
            "-c",
            PROGRAM,
            "extract",
            "in.jsonl",
            "--model",
            "m",
            "--batch",
            "--base-url",
            service.base_url,
            *words,
        ]
        done = subprocess.run(
            call,
            cwd=work.folder,
            env={**os.environ, "OPENAI_API_KEY": key},
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
