"""The benchmarks can be imported, although CI does not run them."""

from __future__ import annotations

import subprocess
import sys

from helpers.paths import REPOSITORY

BENCH = REPOSITORY / "bench"


def test_every_benchmark_can_be_imported() -> None:
    """Each benchmark imports only names that the library still has."""
    names = sorted(path.stem for path in BENCH.glob("bench_*.py"))
    assert names
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(f"import {name}" for name in names)],
        cwd=BENCH,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
