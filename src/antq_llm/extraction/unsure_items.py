"""A second look at the unsure items of a record, with further samples.

An item is replaced if all further samples agree on another one. Replacing items after a single
further sample adds more errors than it fixes. Two further samples rarely agree on another item, but
are usually right if they do (``docs/confidence.md``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from antq_llm.core.json_pointer import parts_of, value_at
from antq_llm.errors import (
    CompletionError,
    ConfigurationError,
    ExtractionError,
    RecordingMissing,
    SchemaError,
)
from antq_llm.extraction.options import Options
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.language import LanguageCode
from antq_llm.records.answered import Answered, AnsweredRecord, fields_of, items_of
from antq_llm.records.result import Extraction
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.validation.article_warnings import article_warnings
from antq_llm.validation.checks import check_record
from antq_llm.validation.insistence import Insistence
from antq_llm.validation.warnings import MADE_ANEW, RecordWarning

if TYPE_CHECKING:
    from antq_llm.confidence.item_rater import ItemRater

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class _Replacement:
    """The replacement for the item at a pointer, on which all further samples agree."""

    pointer: str
    part: Answered


def rater_of(schema: Schema[Any], options: Options) -> ItemRater | None:
    """Return a rater of items, or None if the options do not ask for confidence.

    Raises ConfigurationError if ``second_look_samples`` is set without ``second_look`` or without a
    calibration.
    """
    if options.second_look_samples and not options.second_look:
        raise ConfigurationError("second_look_samples needs second_look: set both")
    if not (options.confidence or options.calibration or options.second_look_samples):
        return None
    from antq_llm.confidence.item_rater import ItemRater

    rater = ItemRater.of(schema, options.calibration)
    if options.second_look_samples and not rater.has_model:
        raise ConfigurationError(
            f"second_look_samples needs a calibration, but {schema.reference} has none: "
            f"run antq-llm calibrate, and set calibration to the file that it writes"
        )
    return rater


async def rate_and_look(
    extraction: Extraction[T],
    rater: ItemRater,
    samples: Callable[[], Sequence[Awaitable[Extraction[T]]]],
    options: Options,
) -> Extraction[T]:
    """Return an extraction with confidence, after a second look if the options ask for it.

    If samples voted on the record, there is no second look.
    """
    rated = rater.rate(extraction)
    if not options.second_look_samples or rated.samples:
        return rated
    return await look_at_unsure_items(rated, rater, samples, options.language)


async def look_at_unsure_items(
    extraction: Extraction[T],
    rater: ItemRater,
    samples: Callable[[], Sequence[Awaitable[Extraction[T]]]],
    language: LanguageCode | None = None,
) -> Extraction[T]:
    """Return a rated extraction; replace unsure items if further samples agree on other items.

    ``samples`` is called only if there are unsure items. An item is kept if the samples differ from
    each other or if the replacement has faults. If a sample fails, the record does not change, and
    the extraction gets a warning.
    """
    unsure = rater.unsure_items(extraction.confidence)
    if not unsure:
        return extraction
    outcomes = await asyncio.gather(*samples(), return_exceptions=True)
    others: list[Extraction[T]] = []
    for outcome in outcomes:
        if isinstance(outcome, Extraction):
            others.append(outcome)
        elif not isinstance(outcome, CompletionError | ExtractionError | RecordingMissing):
            raise outcome
        else:
            extraction = _with_warning(extraction, f"the second look failed: {outcome}")
            extraction = replace(extraction, attempts=(*extraction.attempts, *outcome.attempts))
    attempts = [attempt for other in others for attempt in other.attempts]
    extraction = replace(extraction, attempts=(*extraction.attempts, *attempts))
    if len(others) < len(outcomes):
        return extraction
    before = extraction
    for replacement in list(_replacements(extraction, others, unsure)):
        extraction = _replaced(extraction, replacement, others, language)
    return extraction if extraction is before else rater.rate(extraction)


def _replacements(
    extraction: Extraction[Any], others: Sequence[Extraction[Any]], unsure: Sequence[str]
) -> Iterator[_Replacement]:
    # Pairing items needs scipy, which is slow to import.
    from antq_llm.records.agreement import differs, item_counterparts
    from antq_llm.scoring.record_score import profile_for

    schema = extraction.schema
    dumps = [schema.dump(other.record) for other in others]
    data = schema.dump(extraction.record)
    for found in item_counterparts(data, dumps, profile_for(schema)):
        if found.pointer not in unsure or len(parts_of(found.pointer)) > 2:
            continue
        first, *rest = found.others
        if first is None or any(differs(first, other, found.rule) for other in rest):
            continue
        if differs(found.item, first, found.rule):
            part = _part_of(others[0], dumps[0], found.pointer, first, schema)
            yield _Replacement(found.pointer, part)


def _part_of(
    other: Extraction[Any], dump: Any, pointer: str, item: Any, schema: Schema[Any]
) -> Answered:
    """Return an item of another extraction, with the part of the answer that it comes from."""
    answer = dump if other.answer is None else other.answer
    name, *index = parts_of(pointer)
    field = fields_of(Answered(dump, answer), schema.aliases)[name]
    if not index:
        return field
    place = next(number for number, listed in enumerate(dump[name]) if listed is item)
    return items_of(field)[place]


def _replaced(
    extraction: Extraction[T],
    replacement: _Replacement,
    others: Sequence[Extraction[Any]],
    language: LanguageCode | None,
) -> Extraction[T]:
    """Return the extraction with an item replaced, or unchanged if the new record has faults.

    The extraction is also unchanged if another part of the record would lose an item it depends on.
    """
    schema = extraction.schema
    data = schema.dump(extraction.record)
    answer = data if extraction.answer is None else extraction.answer
    record = AnsweredRecord(Answered(data, answer), schema.roles, schema.aliases)
    analyzed = AnalyzedArticle.of(extraction.article, language)
    insistences: list[Insistence] = [extraction.insistence, *(one.insistence for one in others)]
    try:
        record.replace(replacement.pointer, replacement.part)
        record.respell_references()
        if record.drop_dependents([data]):
            return extraction
        checked = check_record(record.answer, schema, analyzed, *insistences)
    except (InvalidAnswer, SchemaError):
        return extraction
    if checked.faults:
        return extraction
    kept = [warning for warning in extraction.warnings if warning.kind not in MADE_ANEW]
    warning = _warning_of(replacement, value_at(data, replacement.pointer), len(others))
    return replace(
        extraction,
        record=checked.record,
        answer=checked.answer,
        insistence=checked.insistence,
        evidence=checked.evidence,
        warnings=(*kept, warning, *article_warnings(checked, schema, analyzed)),
    )


def _warning_of(replacement: _Replacement, item: Any, samples: int) -> RecordWarning:
    return RecordWarning(
        kind="second_look",
        message=f"{replacement.pointer} was replaced: {samples} further samples "
        "agree on the new item",
        pointer=replacement.pointer,
        item=item,
    )


def _with_warning(extraction: Extraction[T], message: str) -> Extraction[T]:
    warning = RecordWarning(kind="second_look", message=message)
    return replace(extraction, warnings=(*extraction.warnings, warning))
