"""Processes that start quickly, because they are forked from one that imported the library.

A run in another process takes more than a second to import its modules. Tests that kill dozens of
processes fork them from a server that has already imported the modules.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SERVER = """
import json, os, signal, sys
import antq_llm.cli.main, antq_llm.runs.run, antq_llm.clients.openai.client
import antq_llm.clients.openai.batch_api, antq_llm.openai_batch.scheduler, genai_prices

def run(job):
    null = os.open(os.devnull, os.O_RDWR)
    error = os.open(job["stderr"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for source, target in ((null, 0), (null, 1), (error, 2)):
        os.dup2(source, target)
    os.chdir(job["folder"])
    os.environ.update(job["environment"])
    sys.argv = ["antq-llm", *job["arguments"]]
    exec(job["program"], {"__name__": "__main__"})

def status(pid):
    found, state = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(state) if found else None

for line in sys.stdin:
    job = json.loads(line)
    if "program" in job:
        answer = os.fork()
        if not answer:
            run(job)
            sys.exit()
    else:
        answer = status(job["pid"])
    print(json.dumps(answer), flush=True)
"""

_LOCK = threading.Lock()
"""A lock that lets only one thread use a server at a time."""


class ForkedProcess:
    """A process forked by the server, with the subset of ``subprocess.Popen`` that tests use."""

    def __init__(self, server: subprocess.Popen[str], pid: int, stderr: Path) -> None:
        self.pid = pid
        self._server = server
        self._stderr = stderr
        self._status: int | None = None

    def poll(self) -> int | None:
        """Return the exit status: None while the process runs, -9 after a SIGKILL."""
        if self._status is None:
            self._status = ask(self._server, {"pid": self.pid})
        return self._status

    def wait(self, timeout: float = 600.0) -> int:
        """Return the exit status; kill the process and raise an error after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while (status := self.poll()) is None:
            if time.monotonic() > deadline:
                self.kill()
                raise TimeoutError(f"still running after {timeout} seconds: {self.errors}")
            time.sleep(0.005)
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal unless the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Send SIGKILL unless the process has ended."""
        self.send_signal(signal.SIGKILL)

    @property
    def errors(self) -> str:
        """The text that the process has written to standard error."""
        return self._stderr.read_text("utf-8")


class ForkServer:
    """A server that starts programs in a folder."""

    def __init__(self, server: subprocess.Popen[str], folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._started = 0

    def start(self, program: str, *arguments: str, environment: Mapping[str, str]) -> ForkedProcess:
        """Run Python code with arguments in another process; standard output is discarded."""
        self._started += 1
        stderr = self._folder / f".stderr-{self._started}"
        job = {
            "program": program,
            "arguments": arguments,
            "folder": str(self._folder),
            "environment": dict(environment),
            "stderr": str(stderr),
        }
        return ForkedProcess(self._server, ask(self._server, job), stderr)


def ask(server: subprocess.Popen[str], job: Mapping[str, Any]) -> Any:
    """Send a job to the server and return its answer."""
    assert server.stdin is not None
    assert server.stdout is not None
    with _LOCK:
        server.stdin.write(json.dumps(job) + "\n")
        server.stdin.flush()
        return json.loads(server.stdout.readline())


@contextmanager
def fork_server(folder: Path) -> Iterator[ForkServer]:
    """Run a server whose programs run in a folder; kill those that are still running at the end."""
    command = [sys.executable, "-c", _SERVER]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as server:
        try:
            yield ForkServer(server, folder)
        finally:
            os.killpg(server.pid, signal.SIGKILL)
