"""Garbage collection in the processes of a run."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import atexit, gc, sys
from antq_llm.cli.main import main
default = gc.get_threshold()
atexit.register(lambda: print(gc.get_threshold() > default, gc.get_freeze_count() > 0))
main(["--version"] if sys.argv[1] == "called" else None)
"""


def _at_exit(argument: str) -> list[str]:
    """Return, at the exit of a process, whether collection is rare and left out at exit."""
    process = subprocess.run(
        [sys.executable, "-c", _PROGRAM, argument], capture_output=True, text=True, check=False
    )
    return process.stdout.splitlines()[-1].split()


def test_the_program_collects_rarely_and_not_at_exit() -> None:
    """The program changes the garbage collector's settings for its own process."""
    assert _at_exit("--version") == ["True", "True"]


def test_a_caller_keeps_the_settings() -> None:
    """Calling ``main`` with arguments leaves the garbage collector alone."""
    assert _at_exit("called") == ["False", "False"]
