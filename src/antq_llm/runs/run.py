"""A run, which produces a record or failure for each input; with a store, it can be continued."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from antq_llm.articles.unread import Unread
from antq_llm.clients.budget import Ledger
from antq_llm.clients.circuit_breaker import CircuitBreaker
from antq_llm.clients.rate_limit.limiter import Clock, Sleep
from antq_llm.core.event_loop import woken_by_signals
from antq_llm.extraction.baseline import RULES
from antq_llm.extraction.client_factory import ResolvedClient, resolve_client
from antq_llm.extraction.extractor import Extractor
from antq_llm.runs.connection import BatchHooks, Connection, connect
from antq_llm.runs.identity import RunIdentity
from antq_llm.runs.observer import CountingOnly, RunObserver, SilentObserver, traced_run
from antq_llm.runs.outputs import DiscardedOutcomes, FolderOptions, OutputFolder
from antq_llm.runs.plan import RunPlan, plan_run
from antq_llm.runs.runner import OutcomeSource, Runner, Sink
from antq_llm.runs.settings import RunSettings
from antq_llm.runs.totals import RunTotals

if TYPE_CHECKING:
    from antq_llm.extraction.baseline import RulesExtractor
    from antq_llm.openai_batch.polling_policy import PollingPolicy
    from antq_llm.runs.processes.pool import WorkerPool

ARTICLES_PER_REQUEST = 2
"""The number of articles in memory per concurrent request.

While the model answers a request about one article, the answer about another is checked.
"""
MIN_CONCURRENCY_TO_HOLD_MORE = 16
"""The lowest concurrency at which ``ARTICLES_PER_REQUEST`` applies.

At a lower concurrency, checks cause little delay.
"""


class Run:
    """A run over articles, which reports its progress to an observer and prints nothing.

    ``sink`` receives the outcomes if ``settings.out`` is None. ``sleep`` and ``polling`` determine
    how the run waits for the Batch API. ``clock`` returns the seconds since an arbitrary time; the
    run uses it to decide when to give up on an endpoint that does not answer.
    """

    def __init__(
        self,
        settings: RunSettings,
        *,
        sink: Sink | None = None,
        sleep: Sleep = asyncio.sleep,
        polling: PollingPolicy | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self._settings = settings
        self._sink = sink
        self._sleep = sleep
        self._polling = polling
        self._clock = clock

    def run(self, observer: RunObserver | None = None) -> RunTotals:
        """Execute the run from synchronous code; see ``execute``."""
        return asyncio.run(self.execute(observer))

    async def execute(self, observer: RunObserver | None = None) -> RunTotals:
        """Process all articles and return the totals.

        The output files are written even if the run is interrupted. Unusable settings raise
        ConfigurationError, PromptError or SchemaError, in most cases before the output folder is
        created.
        """
        tracing = traced_run(observer or SilentObserver(), is_offline=self._settings.offline)
        with woken_by_signals(), tracing as observed:
            return await self._execute(observed)

    async def _execute(self, observer: RunObserver) -> RunTotals:
        settings, totals = self._settings, RunTotals()
        plan = plan_run(settings)
        used = _settings_used(settings, plan)
        for message in plan.listed.messages():
            observer.message(message)
        breaker = CircuitBreaker(clock=self._clock)
        resolved = None if plan.rules else self._resolve_client(breaker)
        model = resolved.model if resolved else RULES
        async with AsyncExitStack() as stack:
            folder = self._open_folder(plan, model)
            if folder is not None:
                stack.callback(folder.close)
            connection = await self._connect(stack, resolved, folder, observer)
            extractor = plan.rules or Extractor(
                plan.schema,
                plan.prompt,
                client=connection.client,
                model=model,
                options=settings.options,
            )
            stack.push_async_callback(extractor.aclose)
            if folder is not None:
                used["model"] = model
                max_cost = settings.options.max_cost
                unread = plan.listed.unread
                files = _RunFiles(folder, totals, used, max_cost, connection.ledger, unread)
                stack.push_async_callback(files.write)
            # The pool ends before the files are written, so that they contain all its answers.
            pool = await self._start_pool(stack, plan, extractor, folder, observer)
            runner = self._runner(
                extractor, plan, folder, connection, pool=pool, observer=observer, totals=totals
            )
            limiter = connection.limiter
            observer.start(len(plan.inputs), totals, lambda: limiter.window if limiter else None)
            await runner.run(plan.inputs)
            connection.finish()
            return totals

    async def _connect(
        self,
        stack: AsyncExitStack,
        resolved: ResolvedClient | None,
        folder: OutputFolder | None,
        observer: RunObserver,
    ) -> Connection:
        """Return the connection, which ``stack`` closes, or an empty one for the rules baseline."""
        if resolved is None:
            return Connection()
        hooks = BatchHooks(observer.message, self._sleep, self._polling, self._clock)
        store = folder.store if folder else None
        return await connect(self._settings, resolved, store, stack, hooks)

    async def _start_pool(
        self,
        stack: AsyncExitStack,
        plan: RunPlan,
        extractor: Extractor[Any] | RulesExtractor[Any],
        folder: OutputFolder | None,
        observer: RunObserver,
    ) -> WorkerPool | None:
        """Start worker processes if the settings ask for more than one; ``stack`` ends them."""
        if self._settings.processes == 1:
            return None
        from antq_llm.runs.processes.pool import started_pool  # it needs multiprocessing

        counts_only = folder is not None and isinstance(observer, CountingOnly)
        return await stack.enter_async_context(
            started_pool(
                self._settings,
                plan,
                extractor,
                observer.message,
                sends_records=plan.finder is not None or not counts_only,
            )
        )

    def _open_folder(self, plan: RunPlan, model: str) -> OutputFolder | None:
        settings = self._settings
        if settings.out is None:
            return None
        prompt = None if plan.rules else plan.prompt
        identity = RunIdentity.of(prompt, plan.schema, model, settings.options)
        options = FolderOptions(
            settings.retry_failed,
            settings.only_this_call,
            settings.keep_answers,
            settings.store,
        )
        return OutputFolder(settings.out, identity, options)

    def _resolve_client(self, breaker: CircuitBreaker) -> ResolvedClient:
        settings = self._settings
        return resolve_client(
            settings.options, settings.model, offline=settings.offline, breaker=breaker
        )

    def _runner(
        self,
        extractor: OutcomeSource,
        plan: RunPlan,
        folder: OutputFolder | None,
        connection: Connection,
        *,
        pool: WorkerPool | None,
        observer: RunObserver,
        totals: RunTotals,
    ) -> Runner:
        return Runner(
            pool or extractor,
            folder or self._sink or DiscardedOutcomes(),
            retries=folder.store if folder else None,
            retry_failed=self._settings.retry_failed,
            reader=pool,
            finder=plan.finder,
            batches=connection.scheduler,
            max_concurrency=_max_articles(self._settings, connection),
            on_outcome=observer.outcome,
            on_judged=observer.judged if isinstance(observer, CountingOnly) else lambda: None,
            totals=totals,
        )


@dataclass(frozen=True)
class _RunFiles:
    """The files that are written at the end of a run."""

    folder: OutputFolder
    totals: RunTotals
    settings: dict[str, Any]
    max_cost: float | None
    ledger: Ledger | None
    unread: Sequence[Unread]
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    clock: float = field(default_factory=time.monotonic)

    async def write(self) -> None:
        await self.folder.store.drain()
        seconds = time.monotonic() - self.clock
        budget = await self._budget()
        self.folder.finish(
            self.totals, self.settings, self.started, seconds, budget, unread=self.unread
        )

    async def _budget(self) -> dict[str, float] | None:
        if self.max_cost is None or self.ledger is None:
            return None
        spent, reserved = await self.ledger.used()
        return {"max_cost_usd": self.max_cost, "spent_usd": spent, "reserved_usd": reserved}


def _settings_used(settings: RunSettings, plan: RunPlan) -> dict[str, Any]:
    """Return the settings for ``run.json``, with the references of the prompt and schema resolved.

    Raises PromptError if the variables do not match the prompt.
    """
    return {
        **settings.as_dict(),
        "prompt": None if plan.rules else plan.prompt.reference,
        "schema": plan.schema.reference,
        "variables": {} if plan.rules else plan.prompt.values_of(settings.options.variables),
    }


def _max_articles(settings: RunSettings, connection: Connection) -> int | None:
    """Return how many articles to hold in memory at a time, or None to use the concurrency."""
    concurrency = settings.options.concurrency
    if connection.limiter is None or concurrency < MIN_CONCURRENCY_TO_HOLD_MORE:
        return None
    return ARTICLES_PER_REQUEST * concurrency
