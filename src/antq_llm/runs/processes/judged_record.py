"""Records in the form that worker processes send: the parts to store and to count."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from antq_llm.clients.completion import total_cost, total_usage
from antq_llm.records.result import Extraction
from antq_llm.runs.outputs import stored_outcome
from antq_llm.runs.totals import JudgedRecord
from antq_llm.store.packing import pack
from antq_llm.store.sql.outcome_table import split_line


def judged_record(extraction: Extraction[Any]) -> JudgedRecord:
    """Return the parts of an extraction that the run's own process needs.

    The line of a new record is compressed here; that of a replayed record is not, because it is
    usually stored already.
    """
    completions = [attempt.completion for attempt in extraction.attempts]
    received = [completion for completion in completions if not completion.replayed]
    stored = stored_outcome(extraction)
    line = stored.line if isinstance(stored.line, bytes) else split_line(stored.line)
    return JudgedRecord(
        replace(stored, line=line, packed=pack(line) if received else None),
        extraction.replayed,
        total_usage(completion.usage for completion in received) if received else None,
        total_cost(completion.cost_usd for completion in received) if received else None,
        extraction.article.text if extraction.article.derived else None,
    )
