"""One article's exchange with a model: ask, judge, ask again, and keep everything that was received."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from pydantic import BaseModel

from antq_llm.articles.article import Article
from antq_llm.articles.chunking import Chunk
from antq_llm.clients.base import Client
from antq_llm.clients.request import Reask, Request
from antq_llm.errors import AntqError, CompletionError, Deferred, ExtractionError, RecordingMissing
from antq_llm.extraction.options import Ungrounded
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.movement_report.follow_up import (
    OVERLOOKED_FIGURES_SCHEMA,
    question_about,
    with_overlooked,
)
from antq_llm.prompts.delimiters import delimiter_code
from antq_llm.prompts.prompt import Prompt
from antq_llm.records.merging import ChunkRecord, merge_records
from antq_llm.records.result import Attempt, Extraction
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.validation.answer import feedback, raise_for_unusable, read_answer
from antq_llm.validation.article_warnings import article_warnings
from antq_llm.validation.checks import (
    CheckedRecord,
    check_answer,
    check_record,
    drop_unsupported,
    has_figures,
)
from antq_llm.validation.unaccounted import unaccounted_figures
from antq_llm.validation.warnings import RecordWarning

T = TypeVar("T", bound=BaseModel)

_CUT_SHORT = frozenset({"truncated", "refused", "filtered"})


@dataclass(frozen=True)
class ReaskPolicy:
    """When an answer is accepted, and when the asking ends."""

    max_attempts: int = 3
    ungrounded: Ungrounded = "drop"
    second_look: bool = False


@dataclass(frozen=True)
class ExtractionTask(Generic[T]):
    """An article, or a part of one, with the request that is made of it."""

    article: Article
    prompt: Prompt
    schema: Schema[T]
    request: Request

    @cached_property
    def analyzed(self) -> AnalyzedArticle:
        """What is read of the text by rule."""
        return AnalyzedArticle(self.article.text)


@dataclass
class _Answered(Generic[T]):
    """The judgement that was settled on, and how it came about."""

    checked: CheckedRecord[T]
    attempts: list[Attempt]
    warnings: list[RecordWarning] = field(default_factory=list)


async def extract_with_reasks(
    asked: ExtractionTask[T], client: Client, rules: ReaskPolicy
) -> Extraction[T]:
    """Return the extraction of one article.

    Raises ExtractionError where no answer was valid within the attempts, and what the client raises; both carry the attempts.
    """
    return _extraction(asked, await _answer(asked, client, rules))


async def extract_in_chunks(
    whole: ExtractionTask[T],
    parts: Sequence[tuple[Chunk, ExtractionTask[T]]],
    client: Client,
    rules: ReaskPolicy,
) -> Extraction[T]:
    """Return the extraction of an article that is asked about in parts, one after the other; a part that fails fails the article.

    Where a part is Deferred the others are asked about all the same, so that all of them go out in one batch.
    """
    attempts: list[Attempt] = []
    records: list[ChunkRecord] = []
    warnings: list[RecordWarning] = []
    deferred: Deferred | None = None
    for part, asked in parts:
        try:
            answered = await _answer(asked, client, rules)
        except Deferred as error:
            deferred = error
            continue
        except AntqError as error:
            if deferred is not None:
                # Told once all that comes before it is known, with every attempt.
                break
            error.attempts = (*attempts, *error.attempts)
            raise
        attempts += answered.attempts
        warnings += answered.warnings
        spans = {
            one.pointer: (part.offset_in_text(one.start), part.offset_in_text(one.end))
            for one in answered.checked.evidence
        }
        records.append(ChunkRecord(answered.checked.data, spans))
    if deferred is not None:
        raise deferred
    try:
        merged = merge_records(records, whole.schema.kind, whole.article.text)
        checked = check_record(whole.schema.read_data(merged), whole.schema, whole.analyzed)
    except InvalidAnswer as invalid:
        raise _extraction_error(attempts, f"the parts do not fit together: {invalid}") from invalid
    settled = (
        _settle(whole, checked, attempts, rules) if checked.faults else _Answered(checked, attempts)
    )
    settled.warnings = warnings + settled.warnings
    return _extraction(whole, settled)


async def _answer(asked: ExtractionTask[T], client: Client, rules: ReaskPolicy) -> _Answered[T]:
    """Ask until an answer is accepted or the attempts are used up."""
    attempts: list[Attempt] = []
    request = asked.request
    latest_valid: CheckedRecord[T] | None = None
    while len(attempts) < rules.max_attempts:
        try:
            text = await _receive(request, client, attempts)
        except CompletionError as error:
            if latest_valid is None or error.kind not in _CUT_SHORT:
                raise
            # An answer that satisfied the schema was paid for before this one was cut short.
            attempts[:] = error.attempts
            return _settle(asked, latest_valid, attempts, rules)
        try:
            checked = check_answer(text, asked.schema, asked.analyzed)
        except InvalidAnswer as invalid:
            faults = invalid.faults
        except AntqError as error:
            error.attempts = tuple(attempts)
            raise
        else:
            faults = checked.faults
            latest_valid = checked
            if not faults:
                return await _second_look(asked, _Answered(checked, attempts), client, rules)
        told = feedback(faults, delimiter_code(asked.article.text, asked.article.digest))
        attempts[-1] = Attempt(attempts[-1].completion, told)
        request = asked.request.again(Reask(text, told, turn=len(attempts)))
    return await _second_look(asked, _settle(asked, latest_valid, attempts, rules), client, rules)


async def _receive(request: Request, client: Client, attempts: list[Attempt]) -> str:
    """Return the text of a completion, which is added to the attempts; errors carry them."""
    try:
        completion = await client.complete(request)
    except AntqError as error:
        error.attempts = tuple(attempts)
        raise
    attempts.append(Attempt(completion))
    try:
        raise_for_unusable(completion)
    except CompletionError as error:
        error.attempts = (*attempts[:-1], Attempt(completion, str(error)))
        raise
    return completion.text


async def _second_look(
    asked: ExtractionTask[T], answered: _Answered[T], client: Client, rules: ReaskPolicy
) -> _Answered[T]:
    """Ask once more about figures in no item, where that was chosen and there are any; a record is never lost by it."""
    if not rules.second_look or not has_figures(asked.schema):
        return answered
    figures = unaccounted_figures(answered.checked.data, asked.analyzed)
    if not figures:
        return answered
    request = question_about(
        figures, asked.request, answered.attempts[-1].completion.text, asked.analyzed
    )
    attempts = list(answered.attempts)
    try:
        overlooked = read_answer(
            await _receive(request, client, attempts), OVERLOOKED_FIGURES_SCHEMA
        )
        data = with_overlooked(answered.checked.data, overlooked)
        checked = check_record(asked.schema.read_data(data), asked.schema, asked.analyzed)
        more: list[RecordWarning] = []
        if checked.faults:
            checked, more = drop_unsupported(checked, asked.schema, asked.analyzed)
    except (CompletionError, RecordingMissing, InvalidAnswer) as error:
        warning = RecordWarning(
            kind="second_look", message=f"the second look gave nothing: {error}"
        )
        return _Answered(answered.checked, attempts, [*answered.warnings, warning])
    return _Answered(checked, attempts, [*answered.warnings, *more])


def _settle(
    asked: ExtractionTask[T],
    checked: CheckedRecord[T] | None,
    attempts: list[Attempt],
    rules: ReaskPolicy,
) -> _Answered[T]:
    """Make the best of the last answer that satisfied the schema, as the caller chose for items that the article does not bear out."""
    if checked is not None and rules.ungrounded == "keep":
        return _Answered(
            checked,
            attempts,
            [RecordWarning(kind="ungrounded", message=str(fault)) for fault in checked.faults],
        )
    if checked is not None and rules.ungrounded == "drop":
        try:
            remaining, warnings = drop_unsupported(checked, asked.schema, asked.analyzed)
        except InvalidAnswer as invalid:
            raise _extraction_error(attempts, str(invalid)) from invalid
        return _Answered(remaining, attempts, warnings)
    faults = "; ".join(map(str, checked.faults)) if checked is not None else ""
    raise _extraction_error(attempts, attempts[-1].error or faults)


def _extraction(asked: ExtractionTask[T], answered: _Answered[T]) -> Extraction[T]:
    return Extraction(
        article=asked.article,
        record=answered.checked.record,
        evidence=answered.checked.evidence,
        schema=asked.schema,
        prompt=asked.prompt.reference,
        prompt_sha256=asked.prompt.digest,
        model=asked.request.model,
        attempts=tuple(answered.attempts),
        warnings=(
            *answered.warnings,
            *article_warnings(answered.checked, asked.schema, asked.analyzed),
        ),
        dropped=sum(warning.kind == "dropped" for warning in answered.warnings),
    )


def _extraction_error(attempts: list[Attempt], last: str) -> ExtractionError:
    faults = (
        "; ".join(line.removeprefix("- ") for line in last.splitlines() if line.startswith("- "))
        or last
    )
    words = faults if len(faults) <= 300 else faults[:300] + "…"
    message = f"no valid answer in {len(attempts)} attempt(s); the last: {words}. Raise --max-attempts, or try another prompt or model"
    return ExtractionError(message, attempts=tuple(attempts))
