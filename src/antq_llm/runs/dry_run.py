"""A dry run: what a run would send and cost, without sending it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from antq_llm.articles.sources import Input
from antq_llm.clients.base import Client
from antq_llm.clients.openai.client import OLDER
from antq_llm.duplicates.finder import DuplicateFinder
from antq_llm.errors import ConfigurationError
from antq_llm.extraction.baseline import RULES
from antq_llm.extraction.client_factory import (
    after_recordings,
    check_stronger,
    endpoint_of,
    model_name,
)
from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.options import Options
from antq_llm.prompts.prompt import Prompt
from antq_llm.runs.cost_estimate import CostEstimator, RequestsPerArticle
from antq_llm.runs.outputs import STORE_FILE
from antq_llm.runs.runner import Outcome, Runner
from antq_llm.schemas.base import Schema
from antq_llm.store.store import Store
from antq_llm.store.stored_client import StoredClient


class _Nowhere:
    """Takes outcomes and keeps none."""

    def put(self, position: int, outcome: Outcome) -> None:
        """Do nothing: the batch's tally counts."""


def run_dry(
    inputs: Sequence[Input],
    chosen: tuple[Prompt, Schema[Any]],
    options: Options,
    model: str | None,
    *,
    out: Path | None,
    batch: bool,
    copies: DuplicateFinder | None,
) -> dict[str, Any]:
    """Return what a run would send and cost, as JSON values; nothing is sent, and no folder is made."""
    asked = model_name(model)
    if asked is None or asked == RULES:
        raise ConfigurationError(
            "--dry-run says what a language model would be sent, and the rules send nothing: name one with --model or ANTQ_LLM_MODEL"
        )
    check_stronger(options, asked)
    limit = options.output_limit
    survey = CostEstimator(options.mode, None if limit is None else {OLDER: limit})
    path = out / STORE_FILE if out else None
    client: Client = after_recordings(options, survey)
    if path is not None and path.is_file():
        with closing(Store(path)) as store:
            counts = asyncio.run(
                _pass(
                    inputs,
                    chosen,
                    options,
                    asked,
                    survey.over(StoredClient(client, store)),
                    store,
                    copies,
                )
            )
    else:
        counts = asyncio.run(
            _pass(inputs, chosen, options, asked, survey.over(client), None, copies)
        )
    rounds = RequestsPerArticle(
        options.max_attempts, 2 if options.escalate else 1, options.second_look
    )
    estimate = survey.estimate(rounds, endpoint_of(options).tariff(batch=batch), limit)
    found = {"articles": len(inputs), **counts, **estimate.as_dict()}
    if options.max_cost is not None and found["at_most_usd"] is not None:
        found["at_most_usd"] = min(found["at_most_usd"], options.max_cost)
    return found


async def _pass(
    inputs: Sequence[Input],
    chosen: tuple[Prompt, Schema[Any]],
    options: Options,
    model: str,
    client: Client,
    store: Store | None,
    copies: DuplicateFinder | None,
) -> dict[str, int]:
    prompt, schema = chosen
    batch = Runner(
        Extractor(schema, prompt, client=client, model=model, options=options),
        _Nowhere(),
        store,
        copies=copies,
    )
    await batch.run(inputs)
    tally = batch.tally
    return {
        "done": tally.records,
        "failed": tally.failures.total(),
        "open": len(inputs) - tally.records - tally.failures.total(),
    }
