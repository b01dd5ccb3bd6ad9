"""Time of ``import antq_llm`` and ``antq-llm --help``: medians of 20 runs.

The time of the import excludes the start of the interpreter.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

RUNS = 20
COMMAND = Path(sysconfig.get_path("scripts")) / "antq-llm"


def seconds(command: list[str]) -> float:
    """Return the seconds that one run of a command takes."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    """Run the commands in turn, so that load affects all of them alike, and print the medians."""
    commands = {
        "empty": [sys.executable, "-c", "pass"],
        "import": [sys.executable, "-c", "import antq_llm"],
        "help": [str(COMMAND), "--help"],
    }
    for command in commands.values():
        seconds(command)
    times = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, command in commands.items():
            times[name].append(seconds(command))
    imports = [taken - empty for taken, empty in zip(times["import"], times["empty"], strict=True)]
    for name, taken in (
        ("import antq_llm, beyond an empty interpreter", imports),
        ("antq-llm --help", times["help"]),
    ):
        print(
            f"{name:<48}{statistics.median(taken) * 1000:8.1f} ms, "
            f"the fastest {min(taken) * 1000:.1f} ms"
        )


if __name__ == "__main__":
    main()
