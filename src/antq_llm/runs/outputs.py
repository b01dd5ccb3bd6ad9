"""Where the results of a run are written: a folder with its store and files, or JSON lines."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from antq_llm.core.atomic_write import disk_errors_named, write_atomically
from antq_llm.core.json_text import encodable_value
from antq_llm.errors import ConfigurationError
from antq_llm.records.lines import FAILURES, RECORDS, write_lines, write_run
from antq_llm.records.result import Extraction
from antq_llm.runs.text_files import TEXTS, TextFiles
from antq_llm.runs.totals import Outcome, RunTotals
from antq_llm.store.store import Store

STORE_FILE = "store.sqlite3"
_VERSIONED = ("antq-llm", "openai", "instructor", "pydantic")


class OutputFolder:
    """The folder of a run: its store, ``records.jsonl``, ``failures.jsonl`` and ``run.json``.

    ``article_ids`` are those of the run's inputs. Raises ConfigurationError if the folder is a
    file, or its store cannot be used.
    """

    def __init__(self, folder: Path, article_ids: Iterable[str] = ()) -> None:
        if folder.exists() and not folder.is_dir():
            raise ConfigurationError(f"{folder} is a file: name a folder with --out")
        self._folder = folder
        self.store = Store(folder / STORE_FILE)
        folds_case = (folder / STORE_FILE.upper()).exists()
        self._texts = TextFiles(folder / TEXTS, article_ids, folds_case=folds_case)
        self._call = self.store.begin_call()

    def put(self, position: int, outcome: Outcome) -> None:
        """Store an outcome, and write the text of an article that was extracted from a page."""
        is_record = isinstance(outcome, Extraction)
        article_id = outcome.article.id if isinstance(outcome, Extraction) else outcome.article_id
        if isinstance(outcome, Extraction) and outcome.article.derived:
            text = self._texts.path(article_id)
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
        totals: RunTotals,
        settings: dict[str, Any],
        started: str,
        seconds: float,
        budget: dict[str, float] | None = None,
    ) -> None:
        """Write the files of this run, each whole or not at all.

        ``budget`` has the limit of the run, and what is spent and reserved, in US dollars.
        """
        run = {
            "settings": settings,
            "versions": {
                "python": platform.python_version(),
                **{name: version(name) for name in _VERSIONED},
            },
            "counts": _counts(totals),
            "usage": totals.usage.model_dump(),
            "cost_usd": totals.cost_usd,
            "spent_usd": totals.spent_usd,
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
    """Writes records as JSON lines in input order; early ones wait for those before them."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._next = 0
        self._early: dict[int, str | None] = {}

    def put(self, position: int, outcome: Outcome) -> None:
        """Write an outcome's line once all earlier ones are written; failures have no line."""
        self._early[position] = (
            json.dumps(encodable_value(outcome.as_line()), ensure_ascii=False, allow_nan=False)
            if isinstance(outcome, Extraction)
            else None
        )
        while self._next in self._early:
            line = self._early.pop(self._next)
            self._next += 1
            if line is not None:
                self._write(line + "\n")


class DiscardedOutcomes:
    """Keeps no outcomes; the run's totals count them."""

    def put(self, position: int, outcome: Outcome) -> None:
        """Do nothing."""


def _counts(totals: RunTotals) -> dict[str, Any]:
    failures = totals.failures.total()
    return {
        "articles": totals.records + failures,
        "records": totals.records,
        "failures": failures,
        "failures_by_kind": dict(sorted(totals.failures.items())),
        "dropped_items": totals.dropped_items,
        "replayed": totals.replayed,
        "escalated": totals.escalated,
        "duplicates": totals.duplicates,
    }
