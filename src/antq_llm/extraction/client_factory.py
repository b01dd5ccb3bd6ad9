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
    from antq_llm.clients.openai.client import Endpoint

MODEL_VARIABLE = "ANTQ_LLM_MODEL"


class ResolvedClient(NamedTuple):
    """The client of a run, the model to ask for, and what limits its requests.

    ``budget`` is None without ``max_cost``; ``pace`` is None if nothing is sent.
    """

    client: Client
    model: str
    budget: Budget | None = None
    pace: RateLimiter | None = None


def resolve_client(options: Options, model: str | None, *, offline: bool) -> ResolvedClient:
    """Return the client of a call and the model to ask for. A budget is counted in memory.

    Raises ConfigurationError as ``resolve_model`` does.
    """
    model = resolve_model(options, model, offline=offline)
    if offline:
        return ResolvedClient(offline_client(options), model)
    budget = None if options.max_cost is None else Budget(options.max_cost, MemoryLedger())
    return live_client(options, model, budget)


def resolve_model(options: Options, model: str | None, *, offline: bool) -> str:
    """Return the model to ask for. Nothing is opened, and no folder is made.

    Raises ConfigurationError if there is no key, no model, no recordings folder, no price for a
    budget, or no stronger model to escalate to.
    """
    if offline:
        recorded = offline_client(options)
        model = model or recorded.only_model()
        check_stronger(options, model)
        return model
    # The SDK takes most of a second to import, which a run from recordings does not need.
    from antq_llm.clients.openai.client import check

    endpoint = endpoint_of(options)
    check(endpoint)
    model = model_name(model)
    if not model:
        raise ConfigurationError(
            f"no model: name one with --model or {MODEL_VARIABLE}, "
            "or use --offline to answer from recordings"
        )
    check_stronger(options, model)
    if options.max_cost is not None:
        endpoint.tariff().check(filter(None, (model, options.escalate)))
    if options.recordings:
        RecordedClient(options.recordings)
    return model


def offline_client(options: Options) -> RecordedClient:
    """Return a client that answers from recordings only."""
    return RecordedClient(options.recordings or data_folder("recordings"))


def live_client(options: Options, model: str, budget: Budget | None) -> ResolvedClient:
    """Return the client of an endpoint, behind recordings if the options name any."""
    from antq_llm.clients.openai.client import OpenAIClient

    client = OpenAIClient(endpoint_of(options), budget=budget)
    return ResolvedClient(after_recordings(options, client), model, budget, client.pace)


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
    from antq_llm.clients.openai.client import Endpoint

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
