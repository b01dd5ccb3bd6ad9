"""Which clients answer a run, and under which model's name: the one place that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from antq_llm.clients.base import Client
from antq_llm.clients.budget import Budget, MemoryLedger
from antq_llm.clients.pricing import Price, parse_price
from antq_llm.clients.rate_limit.limiter import RateLimiter
from antq_llm.clients.recordings import RecordedClient
from antq_llm.core.packaged_data import data_folder
from antq_llm.errors import ConfigurationError
from antq_llm.extraction.options import Options

if TYPE_CHECKING:
    from antq_llm.clients.openai.client import OpenAIClient
    from antq_llm.clients.openai.endpoint import Endpoint

MODEL_VARIABLE = "ANTQ_LLM_MODEL"


class ResolvedClient(NamedTuple):
    """What answers a run: the client, the model to ask for, and what its requests are held by; None where nothing is sent."""

    client: Client
    model: str
    budget: Budget | None = None
    pace: RateLimiter | None = None


def resolve_client(options: Options, model: str | None, *, offline: bool) -> ResolvedClient:
    """Return the client of a run and the model to ask for. A budget is counted in memory, until it is given another ledger.

    Raises ConfigurationError where there is no key, no model, no recordings folder, no stronger model to escalate to, or no price for a budget.
    """
    if offline:
        recorded = RecordedClient(options.recordings or data_folder("recordings"))
        model = model or recorded.only_model()
        check_stronger(options, model)
        return ResolvedClient(recorded, model)
    model = model_name(model)
    budget = None if options.max_cost is None else Budget(options.max_cost, MemoryLedger())
    live = _live_client(options, budget)
    if not model:
        raise ConfigurationError(
            f"no model: name one with --model or {MODEL_VARIABLE}, or use --offline to answer from recordings"
        )
    check_stronger(options, model)
    if options.max_cost is not None:
        endpoint_of(options).price_list().check(filter(None, (model, options.escalate)))
    return ResolvedClient(after_recordings(options, live), model, budget, live.rate_limiter)


def after_recordings(options: Options, client: Client) -> Client:
    """Return a client that is asked what a run's recordings, where it has any, do not answer."""
    return RecordedClient(options.recordings, client) if options.recordings else client


def check_stronger(options: Options, model: str) -> None:
    """Raise ConfigurationError where the model to escalate to is the one that is asked first."""
    if options.escalate == model:
        raise ConfigurationError(
            f"escalate names the model that is asked first, {model}: name a stronger one, or leave it out"
        )


def model_name(model: str | None) -> str | None:
    """Return the model's name as given, else that of the environment."""
    return model or os.environ.get(MODEL_VARIABLE)


def prices_of(given: Sequence[str], model: str | None) -> dict[str, Price]:
    """Return prices by model, from ``IN,OUT`` (of the model that is asked first) and ``MODEL=IN,OUT``."""
    prices: dict[str, Price] = {}
    for text in given:
        named, price = parse_price(text)
        asked = named or model_name(model)
        if not asked:
            raise ConfigurationError(
                f"--price {text} is of no model: name one with --model or {MODEL_VARIABLE}"
            )
        prices[asked] = price
    return prices


def endpoint_of(options: Options) -> Endpoint:
    """Return where a run's requests go."""
    from antq_llm.clients.openai.endpoint import Endpoint

    return Endpoint(
        base_url=options.base_url or os.environ.get("OPENAI_BASE_URL") or None,
        api_key=options.api_key or os.environ.get("OPENAI_API_KEY") or None,
        timeout=options.timeout,
        tries=options.tries,
        mode=options.mode,
        concurrency=options.concurrency,
        rpm=options.rpm,
        tpm=options.tpm,
        max_output_tokens=options.output_limit,
        prices=options.prices,
    )


def _live_client(options: Options, budget: Budget | None) -> OpenAIClient:
    # The SDK takes most of a second to import, which a run from recordings need not wait for.
    from antq_llm.clients.openai.client import OpenAIClient

    return OpenAIClient(endpoint_of(options), budget=budget)
