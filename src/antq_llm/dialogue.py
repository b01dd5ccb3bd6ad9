"""One article's exchange with a model: ask, judge, ask again, and keep everything that was received."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from pydantic import BaseModel

from antq_llm.article import Article
from antq_llm.boundary import boundary_code
from antq_llm.clients.base import Client
from antq_llm.consistency import ArticleReading
from antq_llm.errors import AntqError, CompletionError, ExtractionError
from antq_llm.options import Ungrounded
from antq_llm.prompt import Prompt
from antq_llm.record import Attempt, Extraction, RecordWarning
from antq_llm.request import Reask, Request
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.validation import Judgement, feedback, judge, remarks, usable, without_doubtful

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class Rules:
    """When an answer is accepted, and when the asking ends."""

    max_attempts: int = 3
    ungrounded: Ungrounded = "drop"


@dataclass(frozen=True)
class Asked(Generic[T]):
    """An article with the request that is made of it."""

    article: Article
    prompt: Prompt
    schema: Schema[T]
    request: Request

    @cached_property
    def reading(self) -> ArticleReading:
        """What is read of the article by rule."""
        return ArticleReading(self.article.text)


async def converse(asked: Asked[T], client: Client, rules: Rules) -> Extraction[T]:
    """Return the extraction of one article.

    Raises ExtractionError where no answer was valid within the attempts, and what the client raises; both carry the attempts.
    """
    attempts: list[Attempt] = []
    request = asked.request
    latest_valid: Judgement[T] | None = None
    while len(attempts) < rules.max_attempts:
        try:
            completion = await client.complete(request)
        except AntqError as error:
            error.attempts = tuple(attempts)
            raise
        try:
            usable(completion)
        except CompletionError as error:
            error.attempts = (*attempts, Attempt(completion, str(error)))
            raise
        try:
            judgement = judge(completion.text, asked.schema, asked.reading)
        except InvalidAnswer as invalid:
            faults = invalid.faults
        else:
            faults = judgement.faults
            latest_valid = judgement
            if not faults:
                attempts.append(Attempt(completion))
                return _extraction(asked, judgement, attempts, ())
        told = feedback(faults, boundary_code(asked.article.text, asked.article.digest))
        attempts.append(Attempt(completion, told))
        request = asked.request.again(Reask(completion.text, told))
    return _settle(asked, latest_valid, attempts, rules)


def _settle(asked: Asked[T], judgement: Judgement[T] | None, attempts: list[Attempt], rules: Rules) -> Extraction[T]:
    """Make the best of the last answer that satisfied the schema, as the caller chose for items that the article does not bear out."""
    if judgement is not None and rules.ungrounded == "keep":
        warnings = [RecordWarning(kind="ungrounded", message=str(fault)) for fault in judgement.faults]
        return _extraction(asked, judgement, attempts, warnings)
    if judgement is not None and rules.ungrounded == "drop":
        try:
            remaining, warnings = without_doubtful(judgement, asked.schema, asked.reading)
        except InvalidAnswer as invalid:
            raise _extraction_error(attempts, str(invalid)) from invalid
        return _extraction(asked, remaining, attempts, warnings)
    raise _extraction_error(attempts, attempts[-1].error or "")


def _extraction(asked: Asked[T], judgement: Judgement[T], attempts: list[Attempt], warnings: Sequence[RecordWarning]) -> Extraction[T]:
    return Extraction(
        article=asked.article,
        record=judgement.record,
        evidence=judgement.evidence,
        schema=asked.schema,
        prompt=asked.prompt.reference,
        prompt_sha256=asked.prompt.digest,
        model=asked.request.model,
        attempts=tuple(attempts),
        warnings=(*warnings, *remarks(judgement.data, asked.schema, asked.reading)),
        dropped=sum(warning.kind == "dropped" for warning in warnings),
    )


def _extraction_error(attempts: list[Attempt], last: str) -> ExtractionError:
    faults = "; ".join(line.removeprefix("- ") for line in last.splitlines() if line.startswith("- ")) or last
    words = faults if len(faults) <= 300 else faults[:300] + "…"
    message = f"no valid answer in {len(attempts)} attempt(s); the last: {words}. Raise --max-attempts, or try another prompt or model"
    return ExtractionError(message, attempts=tuple(attempts))
