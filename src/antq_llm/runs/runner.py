"""The concurrent processing of a run's articles, each of which becomes a record or failure."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast

from antq_llm.articles.article import Article
from antq_llm.articles.inputs import Input
from antq_llm.core.concurrency import run_workers
from antq_llm.errors import (
    AntqError,
    ArticleError,
    BudgetExceeded,
    CompletionError,
    ConfigurationError,
    Deferred,
    PromptError,
    RecordingMissing,
    RunStopped,
)
from antq_llm.extraction.access_refusals import AccessRefusals
from antq_llm.extraction.options import Options
from antq_llm.records.result import Failure
from antq_llm.runs.totals import JudgedRecord, Outcome, RunTotals

if TYPE_CHECKING:
    from antq_llm.duplicates.finder import Ask, DuplicateFinder


class Sink(Protocol):
    """A receiver of outcomes in order of completion."""

    def put(self, position: int, outcome: Outcome) -> None:
        """Receive the outcome of the input at a position."""
        ...


class JudgedSink(Sink, Protocol):
    """A sink that also receives records from worker processes."""

    def put_judged(self, position: int, record: JudgedRecord) -> None:
        """Receive the record of the input at a position."""
        ...


class OutcomeSource(Protocol):
    """A source of the outcomes of articles, such as an extractor or the rules."""

    options: Options

    def key(self, article: Article) -> str:
        """Return the digest that identifies an article's request."""
        ...

    async def outcome(self, source: Article, *, sample: int = 0) -> Outcome | JudgedRecord:
        """Return a record or a failure; raise errors that affect every article."""
        ...


class InputReader(Protocol):
    """A source of outcomes that reads and processes inputs outside this process."""

    def reads(self, source: Input) -> bool:
        """Return whether this reader can read an input."""
        ...

    async def outcome(self, source: Input, *, sample: int = 0) -> Outcome | JudgedRecord:
        """Return the outcome of an input, which is a failure if the input cannot be read."""
        ...


class SampleIndex(Protocol):
    """The current sample of each request, which is the index of the answer in use."""

    @property
    def any_sample(self) -> bool:
        """Whether any request has a current sample other than the first."""
        ...

    def sample_of(self, digest: str) -> int:
        """Return the current sample of a request."""
        ...

    def use_sample(self, digest: str, sample: int) -> None:
        """Set the current sample of a request."""
        ...


class BatchRounds(Protocol):
    """A source of answers to requests that were deferred to a batch."""

    async def run_round(self) -> None:
        """Wait until answers have arrived; raise RunStopped if none will arrive in this run."""
        ...


@dataclass
class Runner:
    """A runner that processes a run's inputs and passes their outcomes to a sink."""

    extractor: OutcomeSource
    sink: Sink
    retries: SampleIndex | None = None
    """The current samples of requests; None if nothing is kept between runs."""
    retry_failed: bool = False
    reader: InputReader | None = None
    """The reader that uses other processes; None to read all inputs in this process."""
    finder: DuplicateFinder | None = None
    """The search for copies; None to process copies like other articles."""
    batches: BatchRounds | None = None
    """The source of answers to deferred requests, whose articles are then processed again."""
    max_concurrency: int | None = None
    """The maximum number of articles in memory; None for the extractor's concurrency."""
    on_outcome: Callable[[Outcome], None] = lambda _: None
    on_judged: Callable[[], None] = lambda: None
    """The function called instead of ``on_outcome`` for a record from a worker process."""
    totals: RunTotals = field(default_factory=RunTotals)
    _open: set[int] = field(default_factory=set, init=False)
    """The positions of the inputs that do not have an outcome yet."""
    _deferred: list[int] = field(default_factory=list, init=False)
    """The positions of the articles that wait for a batch round."""
    _stop: RunStopped | None = field(default=None, init=False)
    """The reason why the run ends early; None if it does not."""
    _samples_matter: bool = field(default=False, init=False)
    """Whether any request may have a current sample other than the first."""
    _error: ConfigurationError | PromptError | None = field(default=None, init=False)
    """The first error that affects every article; None if there was none."""
    _refusals: AccessRefusals = field(default_factory=AccessRefusals, init=False)
    _refused: list[int] = field(default_factory=list, init=False)
    """The positions of the refused articles, in the order of ``_refusals``."""
    _sink_works: bool = field(default=True, init=False)
    """False after the sink raised an error; it then gets no further outcomes."""

    async def run(self, inputs: Sequence[Input]) -> RunTotals:
        """Process every input; each gets an outcome even if the run stops early.

        An error that affects every article is raised once the other inputs are reported as failed.
        Answers to requests in flight are kept, except after an interruption or unexpected error.
        """
        self._open = set(range(len(inputs)))
        self._samples_matter = self.retries is not None and (
            self.retry_failed or self.retries.any_sample
        )
        try:
            await self._process_all(inputs)
        except (Exception, asyncio.CancelledError) as error:
            stop = _reason_for_stop(error)
            self._fail_remaining(inputs, stop)
            if stop is not error:
                raise
        return self.totals

    async def _process_all(self, inputs: Sequence[Input]) -> None:
        await self._process(inputs, range(len(inputs)))
        while self.batches is not None and self._deferred and self._goes_on:
            await self.batches.run_round()
            deferred, self._deferred = sorted(self._deferred), []
            await self._process(inputs, deferred)
        if self._error is not None:
            raise self._error
        for position, failure in zip(self._refused, list(self._refusals.settled()), strict=True):
            self._put(position, failure)
        if self._stop is not None:
            raise self._stop

    async def _process(self, inputs: Sequence[Input], positions: Sequence[int]) -> None:
        async def work(position: int) -> bool:
            try:
                outcome = await self._outcome(inputs[position])
            except (ConfigurationError, PromptError) as error:
                self._error = self._error or error
                return False
            if isinstance(outcome, JudgedRecord):
                self._put_judged(position, outcome)
            elif isinstance(outcome, Failure) and isinstance(outcome.error, Deferred):
                self._deferred.append(position)
            elif self._refusals.holds(outcome):
                self._refused.append(position)
            else:
                self._put(position, outcome)
                # With batches, the scheduler stops the run; earlier answers are still checked.
                if self.batches is None and self._stop is None:
                    self._stop = _stop_after(outcome)
            return self._goes_on

        max_concurrency = self.max_concurrency or self.extractor.options.concurrency
        await run_workers(positions, work, max_concurrency)

    @property
    def _goes_on(self) -> bool:
        return self._stop is None and self._error is None and not self._refusals.ends_run

    def _fail_remaining(self, inputs: Sequence[Input], stop: RunStopped) -> None:
        for position in sorted(self._open):
            if self._sink_works:
                self._put(position, Failure(inputs[position].id, inputs[position].source, stop))

    def _put(self, position: int, outcome: Outcome) -> None:
        self._sink_works = False
        self.sink.put(position, outcome)
        self._sink_works = True
        self._open.discard(position)
        self.totals.add(outcome)
        self.on_outcome(outcome)

    def _put_judged(self, position: int, record: JudgedRecord) -> None:
        self._refusals.note_answer(escalated=record.stored.escalated, is_new=record.stored.is_paid)
        self._sink_works = False
        cast("JudgedSink", self.sink).put_judged(position, record)
        self._sink_works = True
        self._open.discard(position)
        self.totals.add_judged(record)
        self.on_judged()

    async def _outcome(self, source: Input) -> Outcome | JudgedRecord:
        if (
            self.reader is not None
            and self.finder is None
            and not self._samples_matter
            and self.reader.reads(source)
        ):
            return await self.reader.outcome(source)
        try:
            article = source.read()
        except ArticleError as error:
            return Failure(source.id, source.source, error)
        if self.finder is None:
            return await self._ask(article)
        # Workers send whole extractions to a run that searches for copies.
        return await self.finder.outcome(source, article, cast("Ask", self._ask))

    async def _ask(self, article: Article, *, retry: bool = True) -> Outcome | JudgedRecord:
        """Return the outcome of an article's current sample.

        With ``retry_failed``, the next sample follows if the article failed in an earlier run.
        """
        if self.retries is None or not self._samples_matter:
            return await self.extractor.outcome(article)
        digest = self.extractor.key(article)
        sample = self.retries.sample_of(digest)
        outcome = await self.extractor.outcome(article, sample=sample)
        if (
            retry
            and self.retry_failed
            and isinstance(outcome, Failure)
            and _was_answered_before(outcome.error)
        ):
            outcome = await self.extractor.outcome(article, sample=sample + 1)
            if not isinstance(outcome, Failure) or outcome.error.attempts:
                self.retries.use_sample(digest, sample + 1)
        return outcome


_NOT_ANSWERED = frozenset({"transport", "quota", "budget"})
"""The kinds of failures that the next run retries even without ``retry_failed``."""


def _was_answered_before(error: AntqError) -> bool:
    """Return whether an article failed because of answers that an earlier run received."""
    if isinstance(error, RecordingMissing | RunStopped) or error.kind in _NOT_ANSWERED:
        return False
    return bool(error.attempts) and all(attempt.completion.replayed for attempt in error.attempts)


def _stop_after(outcome: Outcome) -> RunStopped | None:
    """Return the reason why a run stops after an outcome, or None if it continues."""
    if not isinstance(outcome, Failure):
        return None
    if isinstance(outcome.error, RunStopped):
        return outcome.error
    if isinstance(outcome.error, BudgetExceeded):
        return RunStopped.before_article(outcome.error, kind="budget")
    if isinstance(outcome.error, CompletionError) and outcome.error.kind == "quota":
        return RunStopped.before_article(outcome.error, kind="quota")
    return None


def _reason_for_stop(error: BaseException) -> RunStopped:
    """Return the error to report for articles that a run did not finish because of ``error``."""
    if isinstance(error, RunStopped):
        return error
    if isinstance(error, asyncio.CancelledError):
        return RunStopped(
            "the run was interrupted before this article was done: "
            "run the same command again to continue",
            kind="interrupted",
        )
    if isinstance(error, ConfigurationError | PromptError):
        return RunStopped(
            "the run stopped on an error that affects every article: correct it and run again",
            kind="configuration",
        )
    return RunStopped(
        "the run stopped on an unexpected error (see above); "
        "run the same command again to continue",
        kind="internal",
    )
