"""``--batch``: how ``antq-llm extract`` sends its requests through a Batch API, and what becomes of batches that were left."""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from antq_llm.articles.sources import STANDARD_INPUT
from antq_llm.cli.printing import say
from antq_llm.clients.base import Client
from antq_llm.clients.budget import Budget
from antq_llm.errors import ConfigurationError
from antq_llm.extraction.baseline import RULES
from antq_llm.extraction.client_factory import (
    ResolvedClient,
    after_recordings,
    endpoint_of,
    model_name,
)
from antq_llm.extraction.options import Options
from antq_llm.openai_batch.budget_gate import StoreBudgetGate
from antq_llm.openai_batch.state import TABLES, BatchState
from antq_llm.runs.outputs import OutputFolder
from antq_llm.store.spending_ledger import StoreLedger
from antq_llm.store.store import Store
from antq_llm.store.stored_client import StoredClient

if TYPE_CHECKING:
    from antq_llm.openai_batch.scheduler import BatchScheduler

FOLDER = "batches"


def check_batch_call(
    inputs: Sequence[str], out: Path | None, model: str | None, *, offline: bool
) -> None:
    """Raise ConfigurationError where a call with ``--batch`` cannot be made as asked."""
    if out is None:
        raise ConfigurationError(
            "--batch needs --out: what is under way is kept there, so that the run can be left and picked up again"
        )
    if offline or model_name(model) == RULES:
        raise ConfigurationError(
            "--batch asks a model at an endpoint: leave out --offline and --model rules, or --batch"
        )
    if STANDARD_INPUT in inputs:
        raise ConfigurationError(
            "--batch reads articles once more when their answers are there, and standard input can be read once: give a file"
        )


async def stored_client(
    connection: ResolvedClient,
    folder: OutputFolder,
    options: Options,
    *,
    batch: bool,
    offline: bool,
) -> tuple[Client, BatchScheduler | None]:
    """Return a client that asks the folder's store first, and the batches of a run that sends its requests in batches.

    A run that does not takes those that an earlier one has left, so far as they have ended. Raises ConfigurationError where some have not, since
    what they hold would be paid for twice. The folder is closed on any error.
    """
    try:
        if connection.budget is not None:
            connection.budget.ledger = StoreLedger(folder.store, endpoint_of(options).tariff())
        if offline or not (batch or await _are_left(folder.store)):
            return _live(connection, folder.store, ()), None
        rounds = _rounds(options, folder.store, connection.budget)
        try:
            await rounds.begin()
            if batch:
                return StoredClient(
                    after_recordings(options, rounds.collecting), folder.store, rounds.bought
                ), rounds
            if left := rounds.under_way():
                said = f"{left} request(s) of {folder.store.path.parent} are under way in batches"
                raise ConfigurationError(
                    f"{said}: wait for them with --batch, or cancel the batches at the provider"
                )
        except BaseException:
            await rounds.aclose()
            raise
        await rounds.aclose()
        return _live(connection, folder.store, rounds.bought), None
    except BaseException:
        folder.close()
        raise


def _live(connection: ResolvedClient, store: Store, bought: Container[str]) -> StoredClient:
    # A budget's ledger counts a cost as it is settled; without one, it is counted as the answer is kept.
    store.counts_costs = connection.budget is None
    return StoredClient(connection.client, store, bought)


async def _are_left(store: Store) -> bool:
    """Return whether batches are open, or money is reserved for some that were never made."""
    state = BatchState(store.connect(TABLES))
    try:
        return bool(state.open()) or await StoreLedger(store).reserves_for_batches()
    finally:
        state.close()


def _rounds(options: Options, store: Store, budget: Budget | None) -> BatchScheduler:
    # The SDK takes most of a second to import, which a run without batches may not need.
    from antq_llm.clients.openai.batch_api import BatchService
    from antq_llm.clients.openai.client import PRESENT
    from antq_llm.openai_batch.scheduler import BatchScheduler

    rounds = BatchScheduler(
        BatchService(endpoint_of(options)), store, store.path.parent / FOLDER, say=say
    )
    endpoint = endpoint_of(options)
    rounds.collecting.mode = options.mode
    if endpoint.max_output_tokens is not None:
        rounds.collecting.more = {PRESENT: endpoint.max_output_tokens}
    rounds.collecting.gate = StoreBudgetGate(
        StoreLedger(store), budget, endpoint.tariff(batch=True), endpoint.max_output_tokens
    )
    return rounds
