"""The setup of a run's client for recordings, an endpoint or the Batch API."""

from __future__ import annotations

import time
from collections.abc import Callable, Container
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from antq_llm.clients.base import Client
from antq_llm.clients.budget import Budget, Ledger
from antq_llm.clients.rate_limit.limiter import Clock, RateLimiter, Sleep
from antq_llm.errors import ConfigurationError
from antq_llm.extraction.client_factory import (
    ResolvedClient,
    after_recordings,
    endpoint_of,
    resolve_client,
)
from antq_llm.extraction.options import Options
from antq_llm.runs.settings import RunSettings
from antq_llm.store.protocol import Store
from antq_llm.store.spending_ledger import StoreLedger
from antq_llm.store.stored_client import StoredClient

if TYPE_CHECKING:
    from antq_llm.openai_batch.polling_policy import PollingPolicy
    from antq_llm.openai_batch.scheduler import BatchScheduler

BATCH_FOLDER = "batches"


@dataclass(frozen=True)
class Connection:
    """The client of a run, with its limits."""

    client: Client | None = None
    """The client; None for the rules baseline."""
    limiter: RateLimiter | None = None
    """The rate limiter; None if nothing is sent or requests are sent in batches."""
    ledger: Ledger | None = None
    """The budget's ledger in the store; None if the run is offline or has no budget or store."""
    scheduler: BatchScheduler | None = None

    def finish(self) -> None:
        """Tell the batch scheduler, if there is one, that every article has an outcome."""
        if self.scheduler is not None:
            self.scheduler.finish()


@dataclass(frozen=True)
class BatchHooks:
    """Functions and settings for reporting on batches, polling them and waiting for them."""

    say: Callable[[str], None]
    sleep: Sleep
    polling: PollingPolicy | None = None
    clock: Clock = time.monotonic


async def connect(
    settings: RunSettings,
    resolved: ResolvedClient,
    store: Store | None,
    stack: AsyncExitStack,
    hooks: BatchHooks,
) -> Connection:
    """Return the connection of a run; ``stack`` closes the batch scheduler, if there is one.

    Unless ``offline`` is set, the results of finished batches of earlier runs are read first.
    Raises ConfigurationError if ``batch`` is not set and batches are still pending, because their
    requests would otherwise be paid for twice.
    """
    options = settings.options
    if store is None or settings.out is None:
        return Connection(resolved.client, resolved.rate_limiter)
    if settings.offline:
        return Connection(StoredClient(resolved.client, store))
    ledger = (
        None if options.max_cost is None else StoreLedger(store, endpoint_of(options).price_list())
    )
    if not settings.batch and not await _has_batches(store):
        return _connect_live(options, resolved, store, ledger)
    async with AsyncExitStack() as opening:
        scheduler = _make_scheduler(options, settings.out, store, ledger, hooks)
        opening.push_async_callback(scheduler.aclose)
        await scheduler.begin()
        if settings.batch:
            stack.push_async_exit(opening.pop_all())
            client = StoredClient(
                after_recordings(options, scheduler.client), store, scheduler.bought
            )
            return Connection(client, ledger=ledger, scheduler=scheduler)
        if pending := scheduler.pending_requests():
            raise ConfigurationError(
                f"{pending} request(s) of {settings.out} are pending in batches: wait for "
                "them with --batch, or cancel the batches at the provider"
            )
    return _connect_live(options, resolved, store, ledger, scheduler.bought)


def _connect_live(
    options: Options,
    resolved: ResolvedClient,
    store: Store,
    ledger: StoreLedger | None,
    bought: Container[str] = (),
) -> Connection:
    if ledger is not None:
        # The budget is counted in the store, which was not open yet when the call was checked.
        resolved = resolve_client(
            options, resolved.model, offline=False, ledger=ledger, breaker=resolved.breaker
        )
    client = StoredClient(resolved.client, store, bought, counts_costs=ledger is None)
    return Connection(client, resolved.rate_limiter, ledger)


def _budget(options: Options, ledger: StoreLedger | None) -> Budget | None:
    if options.max_cost is None or ledger is None:
        return None
    return Budget(options.max_cost, ledger)


async def _has_batches(store: Store) -> bool:
    """Return whether batches are pending or money is reserved for batches."""
    with closing(store.batches()) as state:
        return bool(state.pending_files()) or await StoreLedger(store).reserves_for_batches()


def _make_scheduler(
    options: Options, out: Path, store: Store, ledger: StoreLedger | None, hooks: BatchHooks
) -> BatchScheduler:
    # The SDK takes most of a second to import, and a run without batches may not need it.
    from antq_llm.clients.openai.batch_api import BatchService
    from antq_llm.clients.openai.output_limit import NEWER_NAME
    from antq_llm.openai_batch.budget_gate import StoreBudgetGate
    from antq_llm.openai_batch.scheduler import BatchScheduler

    endpoint = endpoint_of(options)
    max_output = endpoint.max_output_tokens
    gate = StoreBudgetGate(
        StoreLedger(store), _budget(options, ledger), endpoint.price_list(batch=True), max_output
    )
    return BatchScheduler(
        BatchService(endpoint, sleep=hooks.sleep, clock=hooks.clock),
        store,
        out / BATCH_FOLDER,
        say=hooks.say,
        mode=options.mode,
        parameters=None if max_output is None else {NEWER_NAME: max_output},
        gate=gate,
        polling=hooks.polling,
        sleep=hooks.sleep,
    )
