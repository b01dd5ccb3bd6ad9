"""Chunk-by-chunk extraction of an article that is too long for one request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel

from antq_llm.articles.chunking import Chunk
from antq_llm.clients.base import Client
from antq_llm.errors import AntqError, Deferred
from antq_llm.extraction.reask import (
    ExtractionTask,
    ReaskPolicy,
    SettledRecord,
    converse,
    no_valid_answer,
    settle,
)
from antq_llm.records.merging import ChunkRecord, merge_records
from antq_llm.records.result import Attempt, Extraction
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.validation.checks import check_record
from antq_llm.validation.insistence import Insistence
from antq_llm.validation.warnings import RecordWarning

T = TypeVar("T", bound=BaseModel)


async def extract_in_chunks(
    whole: ExtractionTask[T],
    chunks: Sequence[tuple[Chunk, ExtractionTask[T]]],
    client: Client,
    policy: ReaskPolicy,
) -> Extraction[T]:
    """Send an article's chunks to the model one after the other; return the article's extraction.

    If a chunk fails, the article fails. If the answer for a chunk is deferred, the remaining chunks
    are sent anyway, so that their requests go into the same batch.
    """
    attempts: list[Attempt] = []
    warnings: list[RecordWarning] = []
    records: list[ChunkRecord] = []
    insistences: list[Insistence] = []
    deferred: Deferred | None = None
    for chunk, task in chunks:
        try:
            settled = await converse(task, client, policy)
        except Deferred as error:
            deferred = error
            continue
        except AntqError as error:
            if deferred is not None:
                # A later batch round raises the error, with the attempts of the chunks before it.
                break
            error.attempts = (*attempts, *error.attempts)
            raise
        attempts += settled.attempts
        # The pointers of the warnings refer to the record of the chunk.
        warnings += [warning.detached() for warning in settled.warnings]
        records.append(_chunk_record(chunk, settled))
        insistences.append(settled.checked.insistence)
    if deferred is not None:
        raise deferred
    merged = _merge(whole, records, insistences, attempts, policy)
    return replace(merged, warnings=(*warnings, *merged.warnings)).as_extraction(whole)


def _chunk_record(chunk: Chunk, settled: SettledRecord[T]) -> ChunkRecord:
    spans = {
        evidence.pointer: (chunk.offset_in_text(evidence.start), chunk.offset_in_text(evidence.end))
        for evidence in settled.checked.evidence
    }
    return ChunkRecord(settled.checked.data, spans, settled.checked.answer)


def _merge(
    whole: ExtractionTask[T],
    records: Sequence[ChunkRecord],
    insistences: Sequence[Insistence],
    attempts: Sequence[Attempt],
    policy: ReaskPolicy,
) -> SettledRecord[T]:
    try:
        schema = whole.schema
        merged = merge_records(records, schema.roles, whole.article.text, schema.aliases)
        checked = check_record(merged.answer, schema, whole.analyzed, *insistences)
    except InvalidAnswer as invalid:
        reason = f"the merged record of the chunks is not valid: {invalid}"
        raise no_valid_answer(attempts, reason) from invalid
    return settle(whole, checked, attempts, policy)
