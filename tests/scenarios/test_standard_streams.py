"""Commands with closed or full standard streams, or with readers that disconnect."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers.command_line import LAN, LONGEST, NAME_SCHEMA, PROGRAM, lines_of, results
from helpers.endpoint import Endpoint, Reply, error, scripted_endpoint

pytestmark = pytest.mark.slow
ARTICLES = 30


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    """An endpoint that refuses every third article, so that failures are printed."""

    def reply(body: dict[str, Any]) -> Reply:
        number = int(body["messages"][-1]["content"].split("Bài số ")[1].split(".")[0])
        return Reply(LAN) if number % 3 else error(400, "no")

    with scripted_endpoint(reply) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with articles, a schema and the program to run."""
    lines = [json.dumps({"id": f"a{n:02}", "text": f"Bài số {n}."}) for n in range(ARTICLES)]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), "utf-8")
    (tmp_path / "schema.json").write_text(json.dumps(NAME_SCHEMA))
    (tmp_path / "program.py").write_text(PROGRAM)
    return tmp_path


def call(
    folder: Path,
    endpoint: Endpoint,
    redirection: str,
    *options: str,
    source: str = "in.jsonl",
    limit: int | None = None,
) -> tuple[int, str]:
    """Run ``extract`` in a shell with redirected streams; return its status and standard error.

    ``limit`` is the maximum size of a file in KiB.
    """
    words = [sys.executable, "program.py", "extract", source, "--schema", "schema.json"]
    words += ["--model", "m", "--base-url", endpoint.base_url, *options]
    limits = "" if limit is None else f"ulimit -f {limit}; "
    script = f"{limits}set -o pipefail; {' '.join(words)} {redirection}"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**os.environ, "OPENAI_API_KEY": "k", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    return done.returncode, done.stderr


REDIRECTIONS = [
    ">&-",
    "2>&-",
    ">&- 2>&-",
    "<&- >&- 2>&-",
    ">/dev/full",
    "2>/dev/full",
    ">/dev/full 2>&1",
    "2>&1 | head -n 1 >/dev/null",
    "2> >(true)",
]


@pytest.mark.parametrize("redirection", REDIRECTIONS)
def test_a_run_with_a_folder_is_finished(
    folder: Path, endpoint: Endpoint, redirection: str
) -> None:
    """Whatever happens to the streams, a run with --out completes with the right exit status."""
    status, said = call(folder, endpoint, redirection, "--out", "out")
    assert (status, "Traceback" in said) == (1, False)
    records, failures = results(folder / "out")
    assert (len(records), len(failures)) == (ARTICLES * 2 // 3, ARTICLES // 3)


def test_messages_do_not_end_up_in_a_file_of_the_run(folder: Path, endpoint: Endpoint) -> None:
    """With all streams closed, no file of the run receives printed output."""
    call(folder, endpoint, "<&- >&- 2>&-", "--out", "out")
    assert json.loads((folder / "out" / "run.json").read_text("utf-8"))["counts"]["articles"]
    assert len(lines_of(folder / "out" / "failures.jsonl")) == ARTICLES // 3


def test_results_for_a_closed_stream_are_not_asked_for(folder: Path, endpoint: Endpoint) -> None:
    """Without --out, a closed standard output is refused before anything is sent."""
    sent = len(endpoint.bodies)
    status, said = call(folder, endpoint, ">&-")
    assert (status, len(endpoint.bodies)) == (2, sent)
    assert "--out" in said


def test_results_for_a_full_disk_are_a_wrong_call(folder: Path, endpoint: Endpoint) -> None:
    """Without --out, a full standard output ends the run with status 2 and a message about it."""
    status, said = call(folder, endpoint, ">/dev/full")
    assert status == 2
    assert "standard output cannot be written" in said.splitlines()[-1]


def test_results_for_a_reader_that_is_gone_end_the_run(folder: Path, endpoint: Endpoint) -> None:
    """Without --out, a reader that disconnects ends the run without a traceback."""
    status, said = call(folder, endpoint, "| true")
    assert status == 1
    assert "Error" not in said


def test_a_closed_standard_input_fails_its_article(folder: Path, endpoint: Endpoint) -> None:
    """An article read from a closed standard input fails as unreadable or empty."""
    status, said = call(folder, endpoint, "<&-", "--out", "out", source="-")
    assert (status, "debug" in said) == (1, False)
    assert [line["error"]["kind"] for line in lines_of(folder / "out" / "failures.jsonl")] in (
        ["unreadable"],
        ["empty"],
    )


@pytest.mark.parametrize("words", ["prompts list", "prompts list --json", "config show"])
def test_a_table_for_a_reader_that_is_gone_says_nothing(words: str, folder: Path) -> None:
    """A command that prints for a disconnected reader ends silently with status 1."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "program.py", *words.split()],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("words", [["prompts", "list"], ["schemas", "list"], ["--version"]])
def test_other_commands_name_a_full_disk(words: list[str], folder: Path) -> None:
    """A command that prints to a full disk says that standard output cannot be written."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "program.py", *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    assert done.returncode == 2
    assert "standard output cannot be written" in done.stderr


@pytest.mark.parametrize("blocks", [20, 200, 300])
def test_a_limit_on_the_size_of_files_is_named(
    folder: Path, endpoint: Endpoint, blocks: int
) -> None:
    """If the store reaches a file size limit, the error names its file; a second call continues."""
    status, said = call(folder, endpoint, "", "--out", "out", limit=blocks)
    assert (status, "store.sqlite3" in said.splitlines()[-1]) == (2, True)
    status, said = call(folder, endpoint, "", "--out", "out")
    records, failures = results(folder / "out")
    assert (status, len(records) + len(failures)) == (1, ARTICLES)
