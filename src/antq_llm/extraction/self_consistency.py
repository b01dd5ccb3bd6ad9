"""Self-consistency: a vote over several samples, checked like any other answer."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import replace
from statistics import median_low
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from antq_llm.core.json_pointer import parts_of, pointer_to, remove_items, value_at
from antq_llm.errors import AntqError, SchemaError, is_about_the_article
from antq_llm.extraction.options import Ungrounded
from antq_llm.extraction.ungrounded import settle_unsupported
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.language import LanguageCode
from antq_llm.records.agreement import agreements
from antq_llm.records.answered import Answered, AnsweredRecord
from antq_llm.records.result import Confidence, Extraction
from antq_llm.records.voting import Vote, vote
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.scoring.record_score import profile_for
from antq_llm.validation.article_warnings import article_warnings
from antq_llm.validation.checks import CheckedRecord, check_record
from antq_llm.validation.insistence import GivenValues, Insistence
from antq_llm.validation.warnings import MADE_ANEW, RecordWarning, WarningKind

T = TypeVar("T", bound=BaseModel)

SAMPLES: WarningKind = "samples"
"""The kind of a warning about samples or their votes."""
_RETRIED_BY_NEXT_RUN = frozenset({"transport", "recording_missing"})
_AGREEMENT_DIGITS = 4


async def elect(
    samples: Sequence[Coroutine[Any, Any, Extraction[T]]],
    ungrounded: Ungrounded,
    language: LanguageCode | None = None,
) -> Extraction[T]:
    """Run several samples of one article concurrently, and return the voted extraction.

    The extraction has the attempts of all samples, in order. A sample without a valid answer has no
    vote; if no sample has a valid answer, the first error is raised. Any other error in a sample,
    such as a lost connection, is raised after all samples have ended. A raised AntqError has the
    attempts of all samples.
    """
    outcomes = [
        _checked_outcome(outcome)
        for outcome in await asyncio.gather(*samples, return_exceptions=True)
    ]
    attempts = tuple(attempt for outcome in outcomes for attempt in outcome.attempts)
    errors = [outcome for outcome in outcomes if isinstance(outcome, AntqError)]
    valid = [outcome for outcome in outcomes if isinstance(outcome, Extraction)]
    others = [error for error in errors if not is_about_the_article(error)]
    if others or not valid:
        # Errors that end a run take precedence over those that the next call retries.
        error = min(others or errors, key=lambda error: error.kind in _RETRIED_BY_NEXT_RUN)
        error.attempts = attempts
        raise error
    elected = _elected(valid, ungrounded, language)
    sample_warnings = [
        warning
        for number, outcome in enumerate(outcomes, start=1)
        for warning in _sample_warnings(outcome, f"sample {number} of {len(outcomes)}")
    ]
    return replace(elected, attempts=attempts, warnings=(*sample_warnings, *elected.warnings))


def _checked_outcome(outcome: Extraction[T] | BaseException) -> Extraction[T] | AntqError:
    """Return the outcome of a sample, or raise it if it is an unexpected error."""
    if isinstance(outcome, Extraction | AntqError):
        return outcome
    raise outcome


def _sample_warnings(outcome: Extraction[Any] | AntqError, name: str) -> list[RecordWarning]:
    if isinstance(outcome, AntqError):
        return [RecordWarning(kind=SAMPLES, message=f"{name} has no vote: {outcome}")]
    return [
        RecordWarning(
            kind=SAMPLES,
            message=f"{name}: {warning.kind}: {warning.message}",
            item=warning.item,
        )
        for warning in outcome.warnings
        if warning.kind not in MADE_ANEW
    ]


def _elected(
    valid: Sequence[Extraction[T]], ungrounded: Ungrounded, language: LanguageCode | None
) -> Extraction[T]:
    """Return the extraction that valid samples vote for, with their agreement on its items."""
    schema = valid[0].schema
    profile = profile_for(schema)
    records = [schema.dump(extraction.record) for extraction in valid]
    answers = [
        data if extraction.answer is None else extraction.answer
        for extraction, data in zip(valid, records, strict=True)
    ]
    voted = vote(records, profile, answers, schema.aliases)
    elected = _checked_vote(voted, records, valid, ungrounded, language)
    confidence = tuple(
        Confidence(
            pointer=pointer, agreement=round(agreement, _AGREEMENT_DIGITS), samples=len(valid)
        )
        for pointer, agreement in agreements(schema.dump(elected.record), records, profile)
    )
    return replace(elected, samples=len(valid), confidence=confidence)


def _checked_vote(
    voted: Vote,
    records: Sequence[Any],
    valid: Sequence[Extraction[T]],
    ungrounded: Ungrounded,
    language: LanguageCode | None,
) -> Extraction[T]:
    """Return the voted extraction or, if it is not valid, the extraction of the medoid.

    The medoid is the sample that agrees most with the others.
    """
    medoid = valid[voted.medoid]
    schema = medoid.schema
    article = medoid.article
    analyzed = AnalyzedArticle.of(article, language)
    try:
        ballot = _Ballot(voted, records, schema, _insistences(valid, records))
        checked, warnings = _settle(ballot, analyzed, ungrounded)
    except (InvalidAnswer, SchemaError) as invalid:
        message = (
            f"the voted record is not valid ({invalid}): "
            "the sample that agrees most with the others was used instead"
        )
        warning = RecordWarning(kind=SAMPLES, message=message)
        return replace(medoid, warnings=(warning, *medoid.warnings))
    # Most samples dropped at least this many items before the vote.
    dropped_by_most = median_low(extraction.dropped for extraction in valid)
    return replace(
        medoid,
        record=checked.record,
        answer=checked.answer,
        insistence=checked.insistence,
        evidence=checked.evidence,
        warnings=(*warnings, *article_warnings(checked, schema, analyzed)),
        dropped=dropped_by_most + sum(warning.kind == "dropped" for warning in warnings),
    )


def _insistences(valid: Sequence[Extraction[Any]], records: Sequence[Any]) -> list[Insistence]:
    """Return the values that each sample insists on.

    If any sample had a re-ask, the values that most samples give are added.
    """
    each = [extraction.insistence for extraction in valid]
    if len(valid) < 2 or all(len(extraction.attempts) < 2 for extraction in valid):
        return each
    most = Insistence([GivenValues(data) for data in records], needed=len(records) // 2 + 1)
    return [*each, most]


def _settle(
    ballot: _Ballot[T], analyzed: AnalyzedArticle, ungrounded: Ungrounded
) -> tuple[CheckedRecord[T], list[RecordWarning]]:
    """Check a vote and replace its faulty parts; drop or keep items that are still unsupported.

    Raises InvalidAnswer if the result is not a valid record, or if ``ungrounded`` is ``fail`` and
    there are unsupported items.
    """
    checked, warnings = _check(ballot, analyzed)
    remaining, settled = settle_unsupported(checked, ballot.schema, analyzed, ungrounded)
    return remaining, warnings + settled


def _check(
    ballot: _Ballot[T], analyzed: AnalyzedArticle
) -> tuple[CheckedRecord[T], list[RecordWarning]]:
    """Check a vote, and check it again after each replacement of a faulty part."""
    warnings: list[RecordWarning] = []
    while True:
        warnings += ballot.drop_dependents()
        try:
            checked = check_record(ballot.answer, ballot.schema, analyzed, *ballot.insistences)
        except InvalidAnswer as invalid:
            if not ballot.replace_faulty(fault.pointer for fault in invalid.faults):
                raise
        else:
            doubtful = [finding.item for finding in (*checked.unverified, *checked.disputed)]
            mixed = [item for item in doubtful if ballot.is_mixed(item, checked.data)]
            if not ballot.replace_faulty([*checked.unsupported, *mixed]):
                return checked, warnings


class _Ballot(Generic[T]):
    """A vote in which each part can be replaced once, with a part from a single sample."""

    def __init__(
        self,
        voted: Vote,
        samples: Sequence[Any],
        schema: Schema[T],
        insistences: Sequence[Insistence] = (),
    ) -> None:
        """Start from a vote; ``samples`` are the dumps of the records that were voted on."""
        self.schema = schema
        self.insistences = insistences
        self._samples = samples
        self._record = AnsweredRecord(voted.record, schema.roles, schema.aliases)
        self._values = dict(voted.values)
        self._items: dict[str, list[Answered | None]] = {
            name: list(items) for name, items in voted.items.items()
        }
        self._names = {part.key: name for name, part in voted.values.items()}

    @property
    def answer(self) -> Any:
        """The voted record, in the form of a model's answer."""
        return self._record.answer

    def drop_dependents(self) -> list[RecordWarning]:
        """Respell references, and drop parts that depend on missing items.

        Each reference is spelled like the name of its item. Returns a warning for each dropped
        part.
        """
        self._record.respell_references()
        before = copy.deepcopy(self._record.data)
        dropped = self._record.drop_dependents(self._samples)
        voted_items = [
            pointer
            for pointer in dropped
            if len(parts := parts_of(pointer)) == 2 and parts[0] in self._items
        ]
        remove_items(self._items, voted_items)
        return [
            RecordWarning(
                kind="dropped",
                message=f"{pointer} was dropped: most samples lack the item that it depends on",
                item=value_at(before, pointer),
            )
            for pointer in dropped
        ]

    def is_mixed(self, pointer: str, data: Any) -> bool:
        """Return whether no single sample contains the voted item in this form."""
        key, index = _key_and_index(pointer)
        if key not in self._items or index is None:
            return False
        item = data[key][index]
        return all(item not in (sample.get(key) or ()) for sample in self._samples)

    def replace_faulty(self, pointers: Iterable[str]) -> bool:
        """Replace the voted items and values at the pointers, and return whether any changed."""
        changed = False
        for pointer in pointers:
            changed |= self._replace(pointer)
        return changed

    def _replace(self, pointer: str) -> bool:
        key, index = _key_and_index(pointer)
        if key not in self._items:
            # Faults name the keys of the answer.
            name = self._names.get(key, key)
            part = self._values.pop(name, None)
            return part is not None and self._record.replace(pointer_to([name]), part)
        if index is None:
            # Replacing an item cannot correct a fault of the whole list, such as its length.
            return False
        items = self._items[key]
        part, items[index] = items[index], None
        return part is not None and self._record.replace(pointer_to([key, index]), part)


def _key_and_index(pointer: str) -> tuple[str, int | None]:
    """Return the first two steps of a pointer: a key (empty for the root) and an index or None."""
    steps = parts_of(pointer)[:2]
    key = steps[0] if steps else ""
    index = int(steps[1]) if len(steps) == 2 and steps[1].isdecimal() else None
    return key, index
