"""Several samples of one article's answer, made into one extraction by a vote that is judged as any answer is."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import replace
from statistics import median_low
from typing import Any, TypeVar

from pydantic import BaseModel

from antq_llm.core.json_pointer import parts_of, remove_items
from antq_llm.errors import AntqError, SchemaError, is_about_the_article
from antq_llm.extraction.options import Ungrounded
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.records.merging import unify_names
from antq_llm.records.result import Confidence, Extraction
from antq_llm.records.voting import Vote, agreements, vote
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.scoring.record_score import profile_for
from antq_llm.validation.article_warnings import article_warnings
from antq_llm.validation.checks import CheckedRecord, check_record, drop_unsupported
from antq_llm.validation.warnings import RecordWarning

T = TypeVar("T", bound=BaseModel)

SAMPLES = "samples"
"""The kind of the warnings that say what became of single samples."""
_REMARKS = frozenset({"injection", "unaccounted"})
"""Warnings that are made anew for the voted record."""
_TRIED_AGAIN = frozenset({"transport", "recording_missing"})
_AGREEMENT_DIGITS = 4
_USED = object()


async def elect(
    asking: Sequence[Coroutine[Any, Any, Extraction[T]]], ungrounded: Ungrounded
) -> Extraction[T]:
    """Return the extraction that several samples of one article vote for, asked at the same time; its attempts are those of all, in order.

    A sample whose answers fail has no vote; if all fail, the first one's error is raised. Any other error of a sample, as of a lost connection, is
    raised when all have ended. Errors carry the attempts of all samples.
    """
    outcomes = [
        _judged_or_raised(outcome)
        for outcome in await asyncio.gather(*asking, return_exceptions=True)
    ]
    attempts = tuple(attempt for outcome in outcomes for attempt in outcome.attempts)
    errors = [outcome for outcome in outcomes if isinstance(outcome, AntqError)]
    valid = [outcome for outcome in outcomes if isinstance(outcome, Extraction)]
    others = [error for error in errors if not is_about_the_article(error)]
    if others or not valid:
        # What ends a run comes before what its next call tries again.
        error = min(others or errors, key=lambda one: one.kind in _TRIED_AGAIN)
        error.attempts = attempts
        raise error
    elected = _elected(valid, ungrounded)
    notes = [
        note
        for number, outcome in enumerate(outcomes, start=1)
        for note in _notes(outcome, f"sample {number} of {len(outcomes)}")
    ]
    return replace(elected, attempts=attempts, warnings=(*notes, *elected.warnings))


def _judged_or_raised(outcome: Extraction[T] | BaseException) -> Extraction[T] | AntqError:
    """Return what is an outcome of an article; raise what nobody foresaw."""
    if isinstance(outcome, Extraction | AntqError):
        return outcome
    raise outcome


def _notes(outcome: Extraction[Any] | AntqError, name: str) -> list[RecordWarning]:
    """Return what a reader of the voted record should know of one sample."""
    if isinstance(outcome, AntqError):
        return [RecordWarning(kind=SAMPLES, message=f"{name} has no vote: {outcome}")]
    own = [warning for warning in outcome.warnings if warning.kind not in _REMARKS]
    return [
        RecordWarning(kind=SAMPLES, message=f"{name}: {warning.kind}: {warning.message}")
        for warning in own
    ]


def _elected(valid: Sequence[Extraction[T]], ungrounded: Ungrounded) -> Extraction[T]:
    """Return the extraction that valid samples vote for, with the agreement on each of its items."""
    schema = valid[0].schema
    profile, records = profile_for(schema), [schema.dump(one.record) for one in valid]
    voted = vote(records, profile)
    medoid = valid[voted.medoid]
    analyzed = AnalyzedArticle(medoid.article.text)
    try:
        checked, warnings = _settled(voted, schema, analyzed, ungrounded)
    except (InvalidAnswer, SchemaError) as invalid:
        message = f"what most samples agree on is no valid record ({invalid}): the record is that of the sample that agrees most with the others"
        elected = replace(
            medoid, warnings=(RecordWarning(kind=SAMPLES, message=message), *medoid.warnings)
        )
    else:
        # So many items most samples had to drop, before there was a vote on them.
        dropped = median_low(one.dropped for one in valid) + sum(
            warning.kind == "dropped" for warning in warnings
        )
        noted = (*warnings, *article_warnings(checked, schema, analyzed))
        elected = replace(
            medoid,
            record=checked.record,
            evidence=checked.evidence,
            warnings=noted,
            dropped=dropped,
        )
    confidence = tuple(
        Confidence(
            pointer=pointer, agreement=round(agreement, _AGREEMENT_DIGITS), samples=len(valid)
        )
        for pointer, agreement in agreements(schema.dump(elected.record), records, profile)
    )
    return replace(elected, samples=len(valid), confidence=confidence)


def _settled(
    voted: Vote, schema: Schema[T], analyzed: AnalyzedArticle, ungrounded: Ungrounded
) -> tuple[CheckedRecord[T], list[RecordWarning]]:
    """Return the judgement on a vote; what is faulty only in the combination that was voted is as one sample gave it.

    Raises InvalidAnswer where there is no valid record in it, or none that the caller wants.
    """
    checked, warnings = _judged(voted, schema, analyzed)
    if not checked.faults:
        return checked, warnings
    if ungrounded == "fail":
        raise InvalidAnswer(checked.faults)
    if ungrounded == "keep":
        return checked, warnings + [
            RecordWarning(kind="ungrounded", message=str(fault)) for fault in checked.faults
        ]
    remaining, more = drop_unsupported(checked, schema, analyzed)
    return remaining, warnings + more


def _judged(
    voted: Vote, schema: Schema[T], analyzed: AnalyzedArticle
) -> tuple[CheckedRecord[T], list[RecordWarning]]:
    """Judge a vote, again each time that a part of it was replaced by its stand-in; each stand-in is used once."""
    warnings: list[RecordWarning] = []
    while True:
        warnings += _without_dependents(voted, schema)
        try:
            checked = check_record(schema.read_data(voted.data), schema, analyzed)
        except InvalidAnswer as invalid:
            if not _stand_in(voted, [fault.pointer for fault in invalid.faults]):
                raise
        else:
            if not _stand_in(voted, checked.unsupported):
                return checked, warnings


def _without_dependents(voted: Vote, schema: Schema[Any]) -> list[RecordWarning]:
    """Name speakers as people are named, and drop, in place, what rests on an item that was not kept."""
    unify_names(voted.data, schema.kind)
    gone = schema.drop_dependents(voted.data)
    remove_items(
        voted.stand_ins,
        [
            pointer
            for pointer in gone
            if len(parts := parts_of(pointer)) == 2 and parts[0] in voted.lists
        ],
    )
    return [
        RecordWarning(
            kind="dropped", message=f"{pointer} was dropped: most samples lack what it rests on"
        )
        for pointer in gone
    ]


def _stand_in(voted: Vote, faulty: Iterable[str]) -> bool:
    """Replace, in place, the voted items and values at or around some pointers by their stand-ins; False if that changed nothing."""
    changed = False
    for pointer in faulty:
        names = parts_of(pointer)[:2]
        into: Any = voted.data
        spare: Any = voted.stand_ins
        key: Any = names[0] if names else None
        if key in voted.lists:
            # What is wrong with a list as a whole, such as its length, is mended by no item.
            into, spare, key = into[key], spare[key], int(names[1]) if len(names) == 2 else None
        elif key not in voted.stand_ins:
            continue
        if key is not None and spare[key] is not _USED:
            changed |= into[key] != spare[key]
            into[key], spare[key] = spare[key], _USED
    return changed
