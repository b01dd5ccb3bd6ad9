"""Conversion of extractions to the records that worker processes send."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from antq_llm.records.result import Extraction
from antq_llm.runs.outputs import stored_outcome
from antq_llm.runs.totals import JudgedRecord, received_answers
from antq_llm.store.packing import pack
from antq_llm.store.sql.outcome_table import split_line


def judged_record(extraction: Extraction[Any]) -> JudgedRecord:
    """Return the parts of an extraction that the main process needs.

    The line of a new record is compressed here; the line of a replayed record is not, because it
    is usually stored already.
    """
    received = received_answers(extraction.attempts)
    stored = stored_outcome(extraction)
    line = stored.line if isinstance(stored.line, bytes) else split_line(stored.line)
    return JudgedRecord(
        replace(stored, line=line, packed=pack(line) if received else None),
        extraction.replayed,
        received,
        extraction.article.text if extraction.article.derived else None,
    )
