"""The re-ask loop, which asks a model about an article until an answer passes the checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from pydantic import BaseModel

from antq_llm.articles.article import Article
from antq_llm.clients.base import Client
from antq_llm.clients.request import Reask, Request
from antq_llm.errors import (
    AntqError,
    CompletionError,
    ExtractionError,
    RecordingMissing,
    SchemaError,
)
from antq_llm.extraction.options import Ungrounded
from antq_llm.extraction.second_look import FollowUpHook, follow_up_of
from antq_llm.extraction.ungrounded import settle_unsupported
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.language import LanguageCode
from antq_llm.mentions.mention import Mention
from antq_llm.prompts.delimiters import delimiter_code
from antq_llm.prompts.prompt import Prompt
from antq_llm.records.result import Attempt, Extraction
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import Fault, InvalidAnswer
from antq_llm.validation.answer import feedback, raise_for_unusable, read_answer
from antq_llm.validation.article_warnings import article_warnings
from antq_llm.validation.checks import (
    CheckedRecord,
    check_answer,
    check_record,
    drop_unsupported,
)
from antq_llm.validation.insistence import GivenValues, Insistence
from antq_llm.validation.unaccounted import unaccounted_figures
from antq_llm.validation.warnings import RecordWarning

T = TypeVar("T", bound=BaseModel)

_CUT_SHORT = frozenset({"truncated", "refused", "filtered"})
_MAX_MESSAGE_CHARACTERS = 300


@dataclass(frozen=True)
class ReaskPolicy:
    """The limits on asking a model about an article, and the handling of unsupported items."""

    max_attempts: int = 3
    ungrounded: Ungrounded = "drop"
    second_look: bool = False
    output_limit: int | None = None
    """The maximum number of output tokens per answer; None for no limit."""


@dataclass(frozen=True)
class ExtractionTask(Generic[T]):
    """An article or chunk, with the first request about it."""

    article: Article
    prompt: Prompt
    schema: Schema[T]
    request: Request
    language: LanguageCode | None = None
    """The language of the article; None to detect it."""

    @cached_property
    def analyzed(self) -> AnalyzedArticle:
        """The article, with the figures, dates and names found in it."""
        return AnalyzedArticle.of(self.article, self.language)


@dataclass(frozen=True)
class SettledRecord(Generic[T]):
    """The final record of a conversation, with its attempts and warnings."""

    checked: CheckedRecord[T]
    attempts: tuple[Attempt, ...]
    warnings: tuple[RecordWarning, ...] = ()

    def as_extraction(self, task: ExtractionTask[T]) -> Extraction[T]:
        """Return the record as an extraction of the task's article."""
        return Extraction(
            article=task.article,
            record=self.checked.record,
            answer=self.checked.answer,
            insistence=self.checked.insistence,
            evidence=self.checked.evidence,
            schema=task.schema,
            prompt=task.prompt.reference,
            prompt_sha256=task.prompt.digest,
            model=task.request.model,
            attempts=self.attempts,
            warnings=(
                *self.warnings,
                *article_warnings(self.checked, task.schema, task.analyzed),
            ),
            dropped=sum(warning.kind == "dropped" for warning in self.warnings),
        )


async def extract_with_reasks(
    task: ExtractionTask[T], client: Client, policy: ReaskPolicy
) -> Extraction[T]:
    """Return the extraction of an article; if an answer has faults, ask the model again.

    Raises ExtractionError if no attempt gave a valid answer, and passes on the client's errors. All
    errors carry the attempts.
    """
    return (await converse(task, client, policy)).as_extraction(task)


async def converse(
    task: ExtractionTask[T], client: Client, policy: ReaskPolicy
) -> SettledRecord[T]:
    """Ask a model until an answer has no faults or no attempts are left; return the record.

    Raises the same errors as ``extract_with_reasks``.
    """
    conversation = _Conversation(task, client, policy)
    request = task.request
    while conversation.has_attempts_left:
        try:
            text = await conversation.ask(request)
        except CompletionError as error:
            if not conversation.has_valid_answer or error.kind not in _CUT_SHORT:
                raise
            # An earlier answer satisfied the schema and was paid for, so it is used.
            return conversation.settle(error.attempts)
        faults = conversation.check(text)
        if not faults:
            break
        request = conversation.refuse(text, faults)
    return await conversation.look_again(conversation.settle())


def settle(
    task: ExtractionTask[T],
    checked: CheckedRecord[T] | None,
    attempts: Sequence[Attempt],
    policy: ReaskPolicy,
) -> SettledRecord[T]:
    """Return the record of the last answer that satisfied the schema.

    The policy decides what happens to unsupported items. Raises ExtractionError if no answer
    satisfied the schema, if the policy rejects the unsupported items or if the record is not valid
    without them.
    """
    if checked is None:
        raise no_valid_answer(attempts, attempts[-1].error or "")
    try:
        remaining, warnings = settle_unsupported(
            checked, task.schema, task.analyzed, policy.ungrounded
        )
    except InvalidAnswer as invalid:
        refused = attempts[-1].error if policy.ungrounded == "fail" else None
        raise no_valid_answer(attempts, refused or str(invalid)) from invalid
    except SchemaError as error:
        error.attempts = tuple(attempts)
        raise
    return SettledRecord(remaining, tuple(attempts), tuple(warnings))


def no_valid_answer(attempts: Sequence[Attempt], reason: str) -> ExtractionError:
    """Return the error for an article without a valid answer.

    ``reason`` is the last feedback or another text. If it is feedback, the error shows only the
    faults.
    """
    lines = [line.removeprefix("- ") for line in reason.splitlines() if line.startswith("- ")]
    words = "; ".join(lines) or reason
    if len(words) > _MAX_MESSAGE_CHARACTERS:
        words = words[:_MAX_MESSAGE_CHARACTERS] + "…"
    return ExtractionError(
        f"no valid answer in {len(attempts)} attempt(s); last error: {words}. "
        "Raise --max-attempts, or try another prompt or model",
        attempts=tuple(attempts),
    )


class _Conversation(Generic[T]):
    """A conversation with a model about one article, and its attempts so far."""

    def __init__(self, task: ExtractionTask[T], client: Client, policy: ReaskPolicy) -> None:
        self._task = task
        self._client = client
        self._policy = policy
        self._attempts: list[Attempt] = []
        self._latest_valid: CheckedRecord[T] | None = None
        self._refused: list[GivenValues] = []

    @property
    def has_attempts_left(self) -> bool:
        return len(self._attempts) < self._policy.max_attempts

    @property
    def has_valid_answer(self) -> bool:
        return self._latest_valid is not None

    async def ask(self, request: Request) -> str:
        """Send a request and return the text of a usable answer; errors carry all attempts."""
        try:
            completion = await self._client.complete(request)
        except AntqError as error:
            error.attempts = tuple(self._attempts)
            raise
        self._attempts.append(Attempt(completion))
        try:
            raise_for_unusable(completion, self._policy.output_limit)
        except CompletionError as error:
            error.attempts = (*self._attempts[:-1], Attempt(completion, str(error)))
            raise
        return completion.text

    def check(self, text: str) -> Sequence[Fault]:
        """Return the faults of an answer, and keep the answer if it satisfies the schema.

        A value that the model repeats after an objection is accepted if the article has its digits,
        words or name.
        """
        insistence = Insistence(self._refused)
        try:
            checked = check_answer(text, self._task.schema, self._task.analyzed, insistence)
        except InvalidAnswer as invalid:
            return invalid.faults
        except AntqError as error:
            error.attempts = tuple(self._attempts)
            raise
        self._latest_valid = checked
        self._refused.append(checked.refused)
        return checked.faults

    def refuse(self, text: str, faults: Sequence[Fault]) -> Request:
        """Return the re-ask for the last answer, and note the reason in the answer's attempt."""
        article = self._task.article
        message = feedback(faults, delimiter_code(article.text, article.digest))
        self._attempts[-1] = Attempt(self._attempts[-1].completion, message)
        return self._task.request.again(Reask(text, message, turn=len(self._attempts)))

    def settle(self, attempts: Sequence[Attempt] | None = None) -> SettledRecord[T]:
        """Return the record of the latest answer that satisfied the schema."""
        return settle(
            self._task,
            self._latest_valid,
            self._attempts if attempts is None else attempts,
            self._policy,
        )

    async def look_again(self, settled: SettledRecord[T]) -> SettledRecord[T]:
        """Ask about figures that are in no item, if the policy requests a second look.

        If the question fails, the record does not change, and a warning is added.
        """
        task = self._task
        hook = follow_up_of(task.schema) if self._policy.second_look else None
        if hook is None:
            return settled
        figures = unaccounted_figures(settled.checked.data, task.schema.roles, task.analyzed)
        if not figures:
            return settled
        try:
            checked, dropped = await self._with_overlooked(settled.checked, figures, hook)
        except (CompletionError, RecordingMissing, InvalidAnswer) as error:
            checked = settled.checked
            dropped = [
                RecordWarning(kind="second_look", message=f"the second look failed: {error}")
            ]
        return SettledRecord(checked, tuple(self._attempts), (*settled.warnings, *dropped))

    async def _with_overlooked(
        self, checked: CheckedRecord[T], figures: Sequence[Mention], hook: FollowUpHook
    ) -> tuple[CheckedRecord[T], list[RecordWarning]]:
        """Ask about figures that are in no item; return the record with the added items.

        Items that the article does not support are dropped, with a warning for each.
        """
        task = self._task
        answer = self._attempts[-1].completion.text
        follow_up = hook(figures, task.request, answer, task.analyzed)
        text = await self.ask(follow_up.request)
        found = read_answer(text, follow_up.request.schema)
        completed = check_record(
            follow_up.complete(checked.answer, found),
            task.schema,
            task.analyzed,
            checked.insistence,
        )
        return drop_unsupported(completed, task.schema, task.analyzed)
