"""Many articles: asked about at the pace that was set, every one ending as a record or a failure."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from antq_llm.articles.article import Article
from antq_llm.articles.sources import Input
from antq_llm.clients.completion import Usage, total_cost, total_usage
from antq_llm.duplicates.finder import DuplicateFinder
from antq_llm.duplicates.record_transfer import DUPLICATE
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
from antq_llm.extraction.options import Options
from antq_llm.records.result import Extraction, Failure

Outcome = Extraction[Any] | Failure


class Sink(Protocol):
    """Where outcomes go as they come."""

    def put(self, position: int, outcome: Outcome) -> None:
        """Take the outcome of the input at a position."""
        ...


@dataclass
class RunTotals:
    """What a run came to."""

    records: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    """How many articles failed, by kind."""
    dropped_items: int = 0
    replayed: int = 0
    """How many records cost nothing now."""
    escalated: int = 0
    """How many articles a stronger model was asked about too, failures among them."""
    duplicates: int = 0
    """How many records were taken over from the article that they are a copy of."""
    usage: Usage = field(default_factory=lambda: total_usage(()))
    cost_usd: float | None = 0.0
    asked: int = 0
    """For how many articles something was sent now."""
    sent: Usage = field(default_factory=lambda: total_usage(()))
    """Tokens of what was sent now; ``usage`` and ``cost_usd`` are of all answers that the outcomes rest on, as often as they do."""
    spent_usd: float | None = 0.0

    def add(self, outcome: Outcome) -> None:
        """Count one outcome."""
        attempts = outcome.attempts if isinstance(outcome, Extraction) else outcome.error.attempts
        self.usage = total_usage([self.usage, *(attempt.usage for attempt in attempts)])
        self.cost_usd = total_cost(
            [self.cost_usd, *(attempt.completion.cost_usd for attempt in attempts)]
        )
        if now := [attempt.completion for attempt in attempts if not attempt.completion.replayed]:
            self.asked += 1
            self.sent = total_usage([self.sent, *(completion.usage for completion in now)])
            self.spent_usd = total_cost(
                [self.spent_usd, *(completion.cost_usd for completion in now)]
            )
        self.escalated += (
            outcome.escalated if isinstance(outcome, Extraction) else outcome.error.escalated
        )
        if isinstance(outcome, Failure):
            self.failures[outcome.error.kind] += 1
            return
        self.records += 1
        self.dropped_items += outcome.dropped
        self.replayed += outcome.replayed
        self.duplicates += any(warning.kind == DUPLICATE for warning in outcome.warnings)


class OutcomeSource(Protocol):
    """What gives an article its outcome: an extractor, or the rules."""

    options: Options

    def key(self, article: Article) -> str:
        """Return what tells one article's request from another's."""
        ...

    async def outcome(self, source: Article, *, sample: int = 0) -> Outcome:
        """Return an extraction or a failure; raise what would meet every article alike."""
        ...


class SampleIndex(Protocol):
    """Which sample of a request is the current one."""

    @property
    def any_sample(self) -> bool:
        """Whether there is a request whose current sample is not the first."""
        ...

    def sample_of(self, digest: str) -> int:
        """Return its number."""
        ...

    def use_sample(self, digest: str, sample: int) -> None:
        """Make a sample the current one."""
        ...


class BatchRounds(Protocol):
    """What gets the answers to requests that were deferred."""

    async def turn(self) -> None:
        """Return when answers have come, so that deferred articles can be gone on with; RunStopped where none will come in this run."""
        ...


@dataclass
class Runner:
    """One run over a list of inputs."""

    extractor: OutcomeSource
    sink: Sink
    retries: SampleIndex | None = None
    """Keeps which sample of a failed article's request counts; None where nothing is kept between runs."""
    retry_failed: bool = False
    copies: DuplicateFinder | None = None
    """Finds copies of earlier articles before they are asked about; None where each article is asked about itself."""
    rounds: BatchRounds | None = None
    """Gets the answers to what was deferred; the articles that have none yet are then gone through again."""
    at_a_time: int | None = None
    """How many articles are held at a time; None for as many as are asked about."""
    on_outcome: Callable[[Outcome], None] = lambda _: None
    tally: RunTotals = field(default_factory=RunTotals)
    _open: set[int] = field(default_factory=set, init=False)
    """The places in the input that have no outcome yet."""
    _deferred: list[int] = field(default_factory=list, init=False)
    """Those of them whose articles wait for a round's answers."""
    _stop: RunStopped | None = field(default=None, init=False)
    """Why the run ends before all was asked about, if it does."""
    _samples_matter: bool = field(default=False, init=False)
    """Whether another sample than the first may be the current one of a request."""
    _sink_takes: bool = field(default=True, init=False)
    """False once the sink has raised: what it did not take cannot be told to it either."""

    async def run(self, inputs: Sequence[Input]) -> RunTotals:
        """Extract from every input; articles in equal outcomes out, also when the run is stopped.

        Raises what would meet every article alike, after each input that was not reached has become a failure.
        """
        self._open = set(range(len(inputs)))
        self._samples_matter = self.retries is not None and (
            self.retry_failed or self.retries.any_sample
        )
        stop: RunStopped | None = None
        try:
            await self._work(inputs, range(len(inputs)))
            while self.rounds is not None and self._deferred and self._stop is None:
                await self.rounds.turn()
                again, self._deferred = sorted(self._deferred), []
                await self._work(inputs, again)
            stop = self._stop
        except RunStopped as stopped:
            stop = stopped
        except (ConfigurationError, PromptError):
            stop = RunStopped(
                "the run was stopped by an error that meets every article alike: correct it and run again",
                kind="configuration",
            )
            raise
        except Exception:
            stop = RunStopped(
                "the run was stopped by an error that nobody foresaw: see its message, and run again to continue",
                kind="internal",
            )
            raise
        except asyncio.CancelledError:
            stop = RunStopped(
                "the run was interrupted before this article was done: run again to continue",
                kind="interrupted",
            )
            raise
        finally:
            for position in sorted(self._open):
                if stop is not None and self._sink_takes:
                    self._put(position, Failure(inputs[position].id, inputs[position].source, stop))
        return self.tally

    async def _work(self, inputs: Sequence[Input], places: Sequence[int]) -> None:
        """Work through the inputs at some places, each worker on one at a time; an error of one ends all."""
        waiting = iter(places)

        async def work() -> None:
            for position in waiting:
                outcome = await self._outcome(inputs[position])
                if isinstance(outcome, Failure) and isinstance(outcome.error, Deferred):
                    self._deferred.append(position)
                else:
                    self._put(position, outcome)
                    # What goes out in batches is stopped there: answers that came before are still to be judged.
                    self._stop = self._stop or (None if self.rounds else _reason_to_stop(outcome))
                if self._stop is not None:
                    return
                # Answers from the store never wait: others, and Ctrl-C, get their turn here.
                await asyncio.sleep(0)

        workers = [
            asyncio.create_task(work())
            for _ in range(
                min(self.at_a_time or self.extractor.options.concurrency, len(places)) or 1
            )
        ]
        try:
            done, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
            for worker in done:
                worker.result()
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    def _put(self, position: int, outcome: Outcome) -> None:
        self._sink_takes = False
        self.sink.put(position, outcome)
        self._sink_takes = True
        self._open.discard(position)
        self.tally.add(outcome)
        self.on_outcome(outcome)

    async def _outcome(self, one: Input) -> Outcome:
        try:
            article = one.read()
        except ArticleError as error:
            return Failure(one.id, one.source, error)
        return await (
            self._ask(article)
            if self.copies is None
            else self.copies.outcome(one, article, self._ask)
        )

    async def _ask(self, article: Article, *, retry: bool = True) -> Outcome:
        """Return the outcome of the current sample of an article's request, or of the next one where a failure is asked about again."""
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
            if isinstance(outcome, Extraction) or outcome.error.attempts:
                self.retries.use_sample(digest, sample + 1)
        return outcome


def _was_answered_before(error: AntqError) -> bool:
    judged = not isinstance(error, RecordingMissing) and error.kind not in {
        "transport",
        "quota",
        "budget",
    }
    return (
        judged
        and bool(error.attempts)
        and all(attempt.completion.replayed for attempt in error.attempts)
    )


def _reason_to_stop(outcome: Outcome) -> RunStopped | None:
    if not isinstance(outcome, Failure):
        return None
    said = f"not asked, since the run was stopped: {outcome.error}"
    if isinstance(outcome.error, BudgetExceeded):
        return RunStopped(said, kind="budget")
    return (
        RunStopped(said, kind="quota")
        if isinstance(outcome.error, CompletionError) and outcome.error.kind == "quota"
        else None
    )
