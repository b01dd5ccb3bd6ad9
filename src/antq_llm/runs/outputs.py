"""Where a run's results are written: a folder with its store and files, or JSON lines in input order."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from antq_llm.core.atomic_write import disk_errors_named, write_atomically
from antq_llm.errors import ConfigurationError
from antq_llm.records.lines import FAILURES, RECORDS, write_lines, write_run
from antq_llm.records.result import Extraction
from antq_llm.runs.runner import Outcome, RunTotals
from antq_llm.store.store import Store

STORE_FILE = "store.sqlite3"


class OutputFolder:
    """``records.jsonl``, ``failures.jsonl``, ``run.json`` and the texts taken from pages; written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        if folder.exists() and not folder.is_dir():
            raise ConfigurationError(f"{folder} is a file: name a folder with --out")
        self._folder = folder
        self.store = Store(folder / STORE_FILE)
        self._call = self.store.begin_call()

    def put(self, position: int, outcome: Outcome) -> None:
        """Keep an outcome in the store, and the text of an article that was taken from a page."""
        is_record = isinstance(outcome, Extraction)
        article_id = outcome.article.id if isinstance(outcome, Extraction) else outcome.article_id
        if isinstance(outcome, Extraction) and outcome.article.derived:
            text = self._folder / "texts" / f"{article_id}.txt"
            with disk_errors_named(text):
                write_atomically(text, [outcome.article.text])
        self.store.put_outcome(
            self._call,
            position,
            article_id,
            "record" if is_record else "failure",
            outcome.as_line(),
        )

    def finish(
        self,
        tally: RunTotals,
        settings: dict[str, Any],
        started: str,
        seconds: float,
        budget: dict[str, float] | None = None,
    ) -> None:
        """Write the files of this run from the store; ``budget`` is its cap and what is spent and reserved of it, in US dollars."""
        run = {
            "settings": settings,
            "versions": {
                "python": platform.python_version(),
                **{
                    name: version(name) for name in ("antq-llm", "openai", "instructor", "pydantic")
                },
            },
            "counts": {
                "articles": tally.records + tally.failures.total(),
                "records": tally.records,
                "failures": tally.failures.total(),
                "failures_by_kind": dict(sorted(tally.failures.items())),
                "dropped_items": tally.dropped_items,
                "replayed": tally.replayed,
                "escalated": tally.escalated,
                "duplicates": tally.duplicates,
            },
            "usage": tally.usage.model_dump(),
            "cost_usd": tally.cost_usd,
            "spent_usd": tally.spent_usd,
            "budget": budget,
            "started": started,
            "seconds": round(seconds, 3),
        }
        with disk_errors_named(self._folder):
            write_lines(self._folder / RECORDS, self.store.lines(self._call, "record"))
            write_lines(self._folder / FAILURES, self.store.lines(self._call, "failure"))
            write_run(self._folder, run)

    def close(self) -> None:
        """Close the store."""
        self.store.close()


class OrderedLines:
    """Records as JSON lines in the order of the input; what comes early waits for its turn."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._next = 0
        self._early: dict[int, str | None] = {}

    def put(self, position: int, outcome: Outcome) -> None:
        """Write an outcome's line as soon as all before it are written; failures have none."""
        self._early[position] = (
            json.dumps(outcome.as_line(), ensure_ascii=False, allow_nan=False)
            if isinstance(outcome, Extraction)
            else None
        )
        while self._next in self._early:
            line = self._early.pop(self._next)
            self._next += 1
            if line is not None:
                self._write(line + "\n")
