"""Verdicts on a sample from ``antq-llm audit``, each saved immediately to the sample's file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import get_args

from antq_llm.annotation.audit_file import read_audit, write_audit
from antq_llm.annotation.audit_sample import AuditItem, Verdict
from antq_llm.review.gold_store import ChangedElsewhere

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


class AuditSample:
    """The items of an audit file, reread from the file on each call."""

    def __init__(self, path: Path) -> None:
        """Raise ConfigurationError unless the file is a sample from ``antq-llm audit``."""
        self.path = path
        self._lock = Lock()
        read_audit(path)

    def items(self) -> list[AuditItem]:
        """Return the items with their verdicts."""
        return read_audit(self.path)

    def judge(self, number: int, seen: AuditItem, verdict: Verdict | None, note: str) -> None:
        """Save the verdict on an item; raise ChangedElsewhere if the item differs from ``seen``."""
        with self._lock:
            items = self.items()
            if number >= len(items) or items[number] != seen:
                raise ChangedElsewhere
            items[number] = replace(seen, verdict=verdict, note=note)
            write_audit(self.path, items)
