"""Writers of a run's results to a folder with a store and files, or as JSON lines."""

from __future__ import annotations

import json
import logging
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from antq_llm.articles.unread import Unread, count_by_ending
from antq_llm.clients.completion import total_usage
from antq_llm.core.atomic_write import disk_errors_named, write_atomically
from antq_llm.core.json_text import encodable_value
from antq_llm.errors import (
    AnswerDeleted,
    AntqError,
    ArticleError,
    ConfigurationError,
    is_about_the_article,
)
from antq_llm.records.lines import FAILURES, RECORDS, write_lines, write_run
from antq_llm.records.result import Extraction, Failure
from antq_llm.records.text_files import text_file
from antq_llm.runs.forgetting import finish_forgetting
from antq_llm.runs.identity import RunIdentity, is_refused
from antq_llm.runs.totals import JudgedRecord, Outcome, RunTotals, is_duplicate
from antq_llm.store.opening import open_store
from antq_llm.store.protocol import Store
from antq_llm.store.rows import LineCounts, StoredOutcome
from antq_llm.validation.checks_version import CHECKS_VERSION

logger = logging.getLogger(__name__)

_VERSIONED = ("antq-llm", "openai", "instructor", "pydantic")


@dataclass(frozen=True)
class FolderOptions:
    """The options of a call that concern the folder of its run."""

    retry_failed: bool = False
    only_this_call: bool = False
    """Whether the files contain only the articles of this call."""
    keep_answers: int | None = None
    """The number of days after which to delete the texts of answers; None to keep them."""
    store: str | None = None
    """The address of a PostgreSQL database for the store; None to keep it in the folder."""


class OutputFolder:
    """The folder of a run, with a store, ``records.jsonl``, ``failures.jsonl`` and ``run.json``.

    By default, the files contain the outcomes of all calls with the same identity. Raises
    ConfigurationError if the folder is a file, if its store cannot be used or if the store has
    the outcomes of a run with another identity.
    """

    def __init__(
        self,
        folder: Path,
        identity: RunIdentity | None = None,
        options: FolderOptions | None = None,
    ) -> None:
        if folder.exists() and not folder.is_dir():
            raise ConfigurationError(f"{folder} is a file: name a folder with --out")
        self._folder = folder
        self._identity = identity
        self._options = options or FolderOptions()
        self.store: Store = open_store(folder, self._options.store)
        try:
            self._call = _begin_call(self.store, folder, identity, self._options)
            finish_forgetting(folder, self.store)
        except BaseException:
            self.store.close()
            raise

    def put(self, position: int, outcome: Outcome) -> None:
        """Store an outcome; for the record of a page or document, also write the article's text."""
        if isinstance(outcome, Extraction) and outcome.article.derived:
            self._write_text(outcome.article.id, outcome.article.text)
        self.store.put_outcome(self._call, position, stored_outcome(outcome))

    def put_judged(self, position: int, record: JudgedRecord) -> None:
        """Store a record from a worker; for a page or document, also write the article's text."""
        if record.derived_text is not None:
            self._write_text(record.stored.article_id, record.derived_text)
        self.store.put_outcome(self._call, position, record.stored)

    def _write_text(self, article_id: str, text: str) -> None:
        file = text_file(self._folder, article_id)
        with disk_errors_named(file):
            write_atomically(file, [text])

    def finish(
        self,
        totals: RunTotals,
        settings: dict[str, Any],
        started: str,
        seconds: float,
        budget: dict[str, float] | None = None,
        *,
        unread: Sequence[Unread] = (),
    ) -> None:
        """Write the files of the run, each atomically.

        ``unread`` lists the files, folders and rows that were not read. ``budget`` contains the
        limit and the amounts spent and reserved, in US dollars.
        """
        self.store.order_lines(self._call)
        if totals.expired:
            lines = self._count_lines(only_this_call=True)
            totals.fail_expired(lines.failures.get(AnswerDeleted.kind, 0))
        counts = self._count_lines(only_this_call=self._options.only_this_call)
        run = {
            "settings": settings,
            "identity": None if self._identity is None else self._identity.parts,
            "checks": CHECKS_VERSION,
            "versions": _versions(),
            "counts": counts.as_dict(),
            "usage": counts.usage.model_dump(),
            "cost_usd": counts.cost_usd,
            "this_call": totals.counts(),
            "spent_usd": totals.spent_usd,
            "expired_answers": self._expire_answers(),
            "budget": budget,
            "unread": count_by_ending(unread),
            "unread_files": [one.as_json() for one in unread],
            "started": started,
            "seconds": round(seconds, 3),
        }
        self._write_files(run)

    def _write_files(self, run: dict[str, Any]) -> None:
        only_this_call = self._options.only_this_call
        with disk_errors_named(self._folder):
            records = self.store.lines(self._call, "record", only_this_call=only_this_call)
            write_lines(self._folder / RECORDS, records)
            failures = self.store.lines(self._call, "failure", only_this_call=only_this_call)
            write_lines(self._folder / FAILURES, failures)
            write_run(self._folder, run)

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _count_lines(self, *, only_this_call: bool) -> LineCounts:
        return self.store.count_lines(self._call, CHECKS_VERSION, only_this_call=only_this_call)

    def _expire_answers(self) -> int:
        """Delete the texts of answers whose retention time is over; return their number."""
        days = self._options.keep_answers
        return 0 if days is None else expire_answers(self.store, days)


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in _VERSIONED}}


def expire_answers(store: Store, days: int) -> int:
    """Delete the texts of answers older than ``days`` days; return their number.

    Texts that may still be needed are kept; see ``Store.expire_answers``.
    """
    now = datetime.now(UTC)
    before = now - timedelta(days=min(days, now.toordinal() - 1))
    return store.expire_answers(before.isoformat(timespec="milliseconds"))


def stored_outcome(outcome: Outcome) -> StoredOutcome:
    """Return an outcome in the form in which it is stored."""
    line = outcome.as_line()
    attempts = outcome.error.attempts if isinstance(outcome, Failure) else outcome.attempts
    common: dict[str, Any] = {
        "line": line,
        "usage": total_usage(attempt.usage for attempt in attempts),
        "cost_usd": line["cost_usd"],
        "is_paid": not all(attempt.completion.replayed for attempt in attempts),
        "checks": CHECKS_VERSION,
    }
    if isinstance(outcome, Extraction):
        return StoredOutcome(
            outcome.article.id,
            "record",
            article_digest=outcome.article.digest,
            **common,
            dropped=outcome.dropped,
            escalated=outcome.escalated,
            duplicate=is_duplicate(outcome),
        )
    error = outcome.error
    return StoredOutcome(
        outcome.article_id,
        "failure",
        **common,
        reason=error.kind,
        is_stop=not is_settled(error),
        escalated=error.escalated,
    )


def is_settled(error: AntqError) -> bool:
    """Return whether an error is due to the article rather than to the run."""
    return isinstance(error, ArticleError) or (
        is_about_the_article(error) and error.kind != "rejected"
    )


def check_identity(
    store: Store, folder: Path, identity: RunIdentity, *, retry_failed: bool = False
) -> str | None:
    """Return the latest identity in the store, or None if there is none yet.

    Returns an empty string if the outcomes are from a version that did not store identities.
    Raises ConfigurationError if a call with ``identity`` cannot continue the stored run.
    """
    stored = store.latest_identity()
    if not stored:
        return stored
    refused = [
        difference
        for difference in identity.differences(RunIdentity.from_text(stored))
        if is_refused(difference, retry_failed=retry_failed)
    ]
    if refused:
        raise ConfigurationError(
            f"{folder} has the results of another run: {'; '.join(map(str, refused))}. "
            "Name another --out, or repeat the earlier settings"
        )
    return stored


def _begin_call(
    store: Store, folder: Path, identity: RunIdentity | None, options: FolderOptions
) -> int:
    if identity is None:
        return store.begin_call()
    stored = check_identity(store, folder, identity, retry_failed=options.retry_failed)
    if stored == "":
        # Outcomes from a version that did not store identities, perhaps with several prompts.
        foreign = [
            call
            for call, line in store.sample_lines()
            if not _may_be_of(identity, json.loads(line))
        ]
        if deleted := store.delete_outcomes(foreign):
            logger.warning(
                "%s: %d outcome(s) of calls with another prompt, schema or model were deleted; "
                "their answers stay in the store",
                folder,
                deleted,
            )
    return store.begin_call(identity.as_text(), replaces=stored)


def _may_be_of(identity: RunIdentity, line: dict[str, Any]) -> bool:
    parts = identity.parts
    expected = {
        "prompt_sha256": {parts["prompt"]["sha256"] if parts["prompt"] else None},
        "schema": {parts["schema"]["reference"]},
        "model": {parts["model"], parts.get("escalate")},
    }
    return all(line[name] in values for name, values in expected.items() if name in line)


class OrderedLines:
    """A writer of records as JSON lines, in the order of the inputs."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._next = 0
        self._early: dict[int, str | None] = {}

    def put(self, position: int, outcome: Outcome) -> None:
        """Write a record's line once all earlier inputs have outcomes; failures have no line."""
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
    """An output that discards outcomes; the run still counts them in its totals."""

    def put(self, position: int, outcome: Outcome) -> None:
        """Do nothing."""
