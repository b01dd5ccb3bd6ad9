"""A dry run, which reports what a run would send and cost without sending anything."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from typing import Any

from antq_llm.articles.unread import count_by_ending
from antq_llm.clients.base import Client
from antq_llm.clients.openai.output_limit import OLDER_NAME
from antq_llm.errors import ConfigurationError
from antq_llm.extraction.client_factory import (
    after_recordings,
    check_stronger,
    endpoint_of,
    model_name,
)
from antq_llm.extraction.extractor import Extractor
from antq_llm.runs.cost_estimate import CostEstimator, Estimate, RequestsPerArticle
from antq_llm.runs.identity import RunIdentity
from antq_llm.runs.outputs import DiscardedOutcomes, check_identity
from antq_llm.runs.plan import RunPlan, plan_run
from antq_llm.runs.runner import Runner
from antq_llm.runs.settings import RunSettings
from antq_llm.runs.totals import RunTotals
from antq_llm.store.opening import has_store, open_store
from antq_llm.store.stored_client import StoredClient


@dataclass(frozen=True)
class DryRunReport:
    """The requests that a run would send, and their estimated cost."""

    prompt: str
    articles: int
    done: int
    """The number of articles, other than failed ones, that need no further requests."""
    failed: int
    estimate: Estimate
    unread: Mapping[str, int]
    """The number of unread files, folders and rows, by ending; see ``Unread``."""
    messages: tuple[str, ...]
    """Messages about the inputs, for example about files that were not read."""

    @property
    def open(self) -> int:
        """The number of articles for which requests would be sent."""
        return self.articles - self.done - self.failed

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "prompt": self.prompt,
            "articles": self.articles,
            "done": self.done,
            "failed": self.failed,
            "open": self.open,
            "unread": dict(self.unread),
            **self.estimate.as_dict(),
        }


class DryRun:
    """An estimator of a run's requests and cost, which sends no request and creates no folder.

    The estimate is based on the run's articles and the stored answers.
    """

    def __init__(self, settings: RunSettings) -> None:
        self._settings = settings

    def run(self) -> DryRunReport:
        """Do the dry run from synchronous code; see ``execute``."""
        return asyncio.run(self.execute())

    async def execute(self) -> DryRunReport:
        """Return the report.

        Raises ConfigurationError, PromptError or SchemaError if the settings cannot be used, for
        example because ``offline`` is set or no model is named.
        """
        settings, options = self._settings, self._settings.options
        model = _model(settings)
        plan = plan_run(settings)
        limit = options.output_limit
        estimator = CostEstimator(options.mode, None if limit is None else {OLDER_NAME: limit})
        totals = await _pass_over(plan, settings, model, estimator)
        per_article = RequestsPerArticle(
            options.max_attempts,
            2 if options.escalate else 1,
            options.second_look,
            options.second_look_samples,
        )
        price_list = endpoint_of(options).price_list(batch=settings.batch)
        estimate = estimator.estimate(per_article, price_list, limit)
        if options.max_cost is not None and estimate.at_most_usd is not None:
            estimate = replace(estimate, at_most_usd=min(estimate.at_most_usd, options.max_cost))
        return DryRunReport(
            prompt=plan.prompt.reference,
            articles=len(plan.inputs),
            done=totals.records + totals.expired,
            failed=totals.failures.total(),
            estimate=estimate,
            unread=count_by_ending(plan.listed.unread),
            messages=tuple(plan.listed.messages()),
        )


def _model(settings: RunSettings) -> str:
    if settings.offline:
        raise ConfigurationError(
            "--dry-run reports what would be sent, but --offline sends nothing: leave one out"
        )
    model = model_name(settings.model)
    if model is None or settings.uses_rules:
        raise ConfigurationError(
            "--dry-run needs a model, because the rules send nothing: name a model with --model or "
            "ANTQ_LLM_MODEL"
        )
    check_stronger(settings.options, model)
    return model


async def _pass_over(
    plan: RunPlan, settings: RunSettings, model: str, estimator: CostEstimator
) -> RunTotals:
    """Process every article as far as stored answers allow; return the totals.

    ``estimator`` notes the remaining requests.
    """
    client: Client = after_recordings(settings.options, estimator)
    with ExitStack() as stack:
        store = None
        if settings.out is not None and has_store(settings.out, settings.store):
            opened = open_store(settings.out, settings.store, is_new=False)
            store = stack.enter_context(closing(opened))
            identity = RunIdentity.of(plan.prompt, plan.schema, model, settings.options)
            check_identity(store, settings.out, identity, retry_failed=settings.retry_failed)
            client = StoredClient(client, store)
        extractor = Extractor(
            plan.schema,
            plan.prompt,
            client=estimator.behind(client),
            model=model,
            options=settings.options,
        )
        return await Runner(extractor, DiscardedOutcomes(), store, finder=plan.finder).run(
            plan.inputs
        )
