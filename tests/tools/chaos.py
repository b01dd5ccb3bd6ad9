"""Perform a chaos run (see ``tests/helpers/chaos.py``) and print its figures.

``python tests/tools/chaos.py [ARTICLES [KILLS [SEED]]]`` exits with 1 if an article was lost, if
more requests were paid for twice than can have been in flight when calls were killed, or if an
unexpected error occurred.
"""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from helpers.chaos import CONCURRENCY, chaos_run


def main(words: Sequence[str]) -> int:
    """Perform the run, print its figures and return the exit status."""
    numbers = [int(word) for word in words]
    articles, kills, seed = (*numbers, *(5000, 20, 2026)[len(numbers) :])
    with tempfile.TemporaryDirectory() as folder:
        figures = chaos_run(Path(folder), articles=articles, kills=kills, seed=seed)
    for field in fields(figures):
        value = getattr(figures, field.name)
        print(f"{field.name:16} {round(value, 1) if isinstance(value, float) else value}")
    is_lost = figures.in_both or figures.in_neither
    is_repeated = figures.paid_twice > kills * CONCURRENCY
    return 1 if is_lost or is_repeated or figures.unnamed_errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
