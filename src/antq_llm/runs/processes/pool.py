"""The worker processes of a run, managed by the main process."""

from __future__ import annotations

import asyncio
import logging
import pickle
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any, cast

from antq_llm.articles.article import Article
from antq_llm.articles.formats.article_table import ArticleTable
from antq_llm.articles.inputs import DocumentFile, Input
from antq_llm.clients.base import Client
from antq_llm.errors import ConfigurationError
from antq_llm.extraction.baseline import RULES, ClientOfRules, RulesExtractor
from antq_llm.extraction.extractor import Extractor
from antq_llm.runs.plan import RunPlan
from antq_llm.runs.processes.messages import WorkerSetup
from antq_llm.runs.processes.worker_process import WorkerProcess
from antq_llm.runs.settings import RunSettings
from antq_llm.runs.totals import JudgedRecord, Outcome
from antq_llm.store.stored_client import StoredClient
from antq_llm.telemetry.active import active_telemetry
from antq_llm.telemetry.article_span import traced_article


class WorkerPool:
    """A pool of processes that extract records from articles.

    The workers read inputs, look up stored answers, and check and merge answers themselves.
    Requests without a stored answer go to ``client`` in the main process, so that only one process
    writes to the store and applies the budget and the limits. ``say`` is called with a message if a
    worker ends unexpectedly. ``key`` returns the digest of an article's request. Raises
    ConfigurationError if the schema cannot be sent to another process.
    """

    def __init__(
        self,
        setup: WorkerSetup,
        processes: int,
        client: Client,
        say: Callable[[str], None],
        key: Callable[[Article], str],
    ) -> None:
        self.options = setup.options
        self.key = key
        try:
            packed = pickle.dumps(setup)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise ConfigurationError(
                f"the schema cannot be sent to the worker processes ({error}): define its model "
                "at the top level of a module, or leave out --processes"
            ) from error
        self._processes = processes
        self._sends_records = setup.sends_records
        self._references = setup.prompt.reference, setup.schema.reference
        self._new_worker = partial(WorkerProcess, packed, setup, client, say)
        self._workers: list[WorkerProcess] = []
        self._tables: dict[int, tuple[ArticleTable, ArticleTable | None]] = {}
        """The tables in use, by ``id()``, each paired with the form that workers read.

        The form is None if workers cannot read the table.
        """

    async def start(self) -> None:
        """Start the workers and wait until they are ready; raise the error if one cannot start."""
        for _ in range(self._processes):
            worker = self._new_worker()
            worker.start()
            self._workers.append(worker)
        await asyncio.gather(*(worker.ready for worker in self._workers))

    def reads(self, source: Input) -> bool:
        """Return whether a worker can read an input: a document or a row of a JSON Lines file."""
        return isinstance(source.origin, DocumentFile) or self._table_of(source) is not None

    async def outcome(self, source: Article | Input, *, sample: int = 0) -> Outcome | JudgedRecord:
        """Process an article in the worker with the fewest articles, and return the outcome.

        If the worker ends unexpectedly, the outcome is a failure with RunStopped. An error that
        affects every article is raised.
        """
        if isinstance(source, Input) and (table := self._table_of(source)) is not None:
            source = replace(source, origin=table)
        worker = min(self._workers, key=lambda worker: worker.load)
        outcome = worker.outcome(source, sample)
        if not self._sends_records:
            return await outcome
        prompt, schema = self._references
        # Without whole extractions, no spans are recorded.
        return await traced_article(
            source.id, prompt, schema, cast("Coroutine[Any, Any, Outcome]", outcome)
        )

    def _table_of(self, source: Input) -> ArticleTable | None:
        """Return an input's table in the form that workers read; None if they cannot read it."""
        table = source.origin
        if not isinstance(table, ArticleTable):
            return None
        if id(table) not in self._tables:
            self._tables[id(table)] = table, table.in_other_processes()
        return self._tables[id(table)][1]

    async def aclose(self) -> None:
        """Cancel the pending requests and end the workers."""
        await asyncio.gather(*(worker.close() for worker in self._workers))


@asynccontextmanager
async def started_pool(
    settings: RunSettings,
    plan: RunPlan,
    extractor: Extractor[Any] | RulesExtractor[Any],
    say: Callable[[str], None],
    *,
    sends_records: bool = True,
) -> AsyncIterator[WorkerPool]:
    """Start the worker processes of a run, and end them when the block ends.

    ``extractor`` is the extractor that a run in a single process would use. Records arrive as
    ``JudgedRecord`` if ``sends_records`` is false and telemetry is off.
    """
    model, client = (
        (RULES, ClientOfRules())
        if isinstance(extractor, RulesExtractor)
        else (extractor.model, extractor.client)
    )
    setup = WorkerSetup(
        plan.schema,
        plan.prompt,
        model,
        replace(settings.options, record=None),  # the main process records
        logging.getLogger().getEffectiveLevel(),
        client.answers_file if isinstance(client, StoredClient) else None,
        sends_records or active_telemetry() is not None,
    )
    pool = WorkerPool(setup, settings.processes, client, say, extractor.key)
    try:
        await pool.start()
        yield pool
    finally:
        await pool.aclose()
