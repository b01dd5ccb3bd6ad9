"""A worker of a cluster, which processes articles in parallel within the shared limits."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from antq_llm.articles.article import Article
from antq_llm.articles.inputs import Input
from antq_llm.clients.base import Client
from antq_llm.clients.circuit_breaker import CircuitBreaker
from antq_llm.distributed.completion_files import CompletionFiles
from antq_llm.distributed.parts import mark_done, write_part
from antq_llm.distributed.remote_limits import (
    Limits,
    SharedClient,
    SharedLedger,
    SharedRateLimiter,
)
from antq_llm.distributed.storage import Storage
from antq_llm.errors import AntqError, ConfigurationError, PromptError
from antq_llm.extraction.baseline import RULES, RulesExtractor
from antq_llm.extraction.client_factory import resolve_client
from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.options import Options
from antq_llm.prompts.prompt import Prompt
from antq_llm.records.result import Extraction, Failure
from antq_llm.runs.outputs import is_settled
from antq_llm.runs.runner import Runner
from antq_llm.runs.totals import Outcome, RunTotals
from antq_llm.schemas.base import Schema


@dataclass(frozen=True, slots=True)
class WorkerSetup:
    """The settings with which a worker processes articles."""

    name: str
    address: str
    """The address of the output."""
    schema: Schema[Any]
    prompt: Prompt
    model: str
    """The name of the model; ``rules`` for the baseline."""
    options: Options
    offline: bool


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """The result of processing a chunk."""

    totals: RunTotals
    failures: tuple[Failure, ...]
    """All failures, without their attempts."""
    open_lines: tuple[dict[str, Any], ...]
    """The failures that the next call retries, as JSON data for the driver to write."""
    stop: AntqError | None
    """The error that stops the run, if any."""


class ChunkWorker:
    """A worker that processes chunks of articles and writes each as a part of the output."""

    def __init__(self, setup: WorkerSetup, limits: Limits) -> None:
        self._setup = setup
        self._storage = Storage(setup.address)
        self._extractor: Extractor[Any] | RulesExtractor[Any] = (
            RulesExtractor(setup.schema, setup.options)
            if setup.model == RULES
            else Extractor(
                setup.schema,
                setup.prompt,
                client=_client(setup, limits, self._storage),
                model=setup.model,
                options=setup.options,
            )
        )

    async def process(self, part: str, inputs: Sequence[Input]) -> ChunkResult:
        """Process a chunk and write its part; raise errors that would affect every article."""
        outcomes = _Outcomes()
        runner = Runner(_Guarded(self._extractor), outcomes)
        await runner.run(inputs)
        records, failures = outcomes.records, outcomes.failures
        settled = [one for one in failures if is_settled(one.error)]
        still_open = [one for one in failures if not is_settled(one.error)]
        done = [*(one.article.id for one in records), *(one.article_id for one in settled)]
        if done:
            write_part(
                self._storage,
                part,
                self._setup.schema,
                records=[one.as_line() for one in records],
                failures=[one.as_line() for one in settled],
                texts={one.article.id: one.article.text for one in records if one.article.derived},
            )
            mark_done(self._storage, part, done, _counts(outcomes, settled))
        return ChunkResult(
            runner.totals,
            tuple(Failure(one.article_id, one.source, _brief(one.error)) for one in failures),
            tuple(one.as_line() for one in still_open),
            next((one.error for one in still_open if one.error.kind in _STOPS), None),
        )


_STOPS = frozenset({"budget", "quota", "unreachable"})
"""The kinds of failure that stop the run because other articles would probably fail too."""


@dataclass
class _Outcomes:
    """A sink that keeps the outcomes of a chunk."""

    by_position: dict[int, Outcome] = field(default_factory=dict)

    def put(self, position: int, outcome: Outcome) -> None:
        self.by_position[position] = outcome

    @property
    def records(self) -> list[Extraction[Any]]:
        return [one for one in self._sorted() if isinstance(one, Extraction)]

    @property
    def failures(self) -> list[Failure]:
        return [one for one in self._sorted() if isinstance(one, Failure)]

    def _sorted(self) -> list[Outcome]:
        return [self.by_position[position] for position in sorted(self.by_position)]


class _Guarded:
    """An extractor that turns unexpected errors, for example in a schema's code, into failures."""

    def __init__(self, extractor: Extractor[Any] | RulesExtractor[Any]) -> None:
        self._extractor = extractor
        self.options = extractor.options

    def key(self, article: Article) -> str:
        return self._extractor.key(article)

    async def outcome(self, source: Article, *, sample: int = 0) -> Outcome:
        try:
            return await self._extractor.outcome(source, sample=sample)
        except (ConfigurationError, PromptError):
            raise
        except Exception as error:
            logging.getLogger(__name__).exception("article %s", source.id)
            text = f"{source.id}: {type(error).__name__}: {error}"
            return Failure(source.id, source.source, AntqError(text), source.metadata)


def _client(setup: WorkerSetup, limits: Limits, storage: Storage) -> Client:
    if setup.offline:
        return resolve_client(setup.options, setup.model, offline=True).client
    breaker = CircuitBreaker()
    options = setup.options
    shares_rate = options.rpm is not None or options.tpm is not None
    resolved = resolve_client(
        options,
        setup.model,
        offline=False,
        ledger=SharedLedger(limits, setup.name),
        breaker=breaker,
        rate_limiter=SharedRateLimiter(limits, breaker, options.concurrency)
        if shares_rate
        else None,
    )
    return SharedClient(resolved.client, CompletionFiles(storage), limits, setup.name)


def _counts(outcomes: _Outcomes, failures: Sequence[Failure]) -> dict[str, Any]:
    totals = RunTotals()
    counted: list[Outcome] = [*outcomes.records, *failures]
    for outcome in counted:
        totals.add(outcome)
    return {
        "records": totals.records,
        "failures": dict(totals.failures),
        "dropped_items": totals.dropped_items,
        "escalated": totals.escalated,
        "usage": totals.usage.model_dump(),
        "cost_usd": totals.cost_usd,
    }


def _brief(error: AntqError) -> AntqError:
    """Return a copy of an error without the model's answers, which can be long."""
    brief = AntqError(str(error))
    brief.kind = error.kind
    return brief
