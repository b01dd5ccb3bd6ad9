"""Creation of a run's client from its options and environment variables."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from antq_llm.clients.base import Client
from antq_llm.clients.budget import Budget, Ledger, MemoryLedger
from antq_llm.clients.circuit_breaker import CircuitBreaker, breakable_rate_limiter
from antq_llm.clients.deferred import DeferredClient
from antq_llm.clients.pricing import Price, parse_price
from antq_llm.clients.rate_limit.limiter import RateLimiter
from antq_llm.clients.recordings import RecordedClient
from antq_llm.clients.traced import traced_client
from antq_llm.core.packaged_data import data_folder
from antq_llm.errors import ConfigurationError, encodable
from antq_llm.extraction.options import Options

if TYPE_CHECKING:
    from antq_llm.clients.openai.client import OpenAIClient
    from antq_llm.clients.openai.endpoint import Endpoint

MODEL_VARIABLE = "ANTQ_LLM_MODEL"


@dataclass(frozen=True, slots=True)
class ResolvedClient:
    """The client of a run, with the name of the model and the limits on requests."""

    client: Client
    model: str
    budget: Budget | None = None
    """The budget, which counts the run's spending; None if the cost is not limited."""
    rate_limiter: RateLimiter | None = None
    """The limiter of requests and tokens per minute; None for an offline run."""
    breaker: CircuitBreaker | None = None


def resolve_client(
    options: Options,
    model: str | None,
    *,
    offline: bool,
    ledger: Ledger | None = None,
    breaker: CircuitBreaker | None = None,
    rate_limiter: RateLimiter | None = None,
) -> ResolvedClient:
    """Return the client of a run and the model to ask.

    ``ledger`` counts the spending under a budget; by default, it is kept in memory. ``breaker``, if
    given, ends a run whose endpoint does not answer. ``rate_limiter`` replaces the rate limiter
    made from ``options``. Raises ConfigurationError if a key, a model, the folder of recordings or
    a price is missing, or if ``options.escalate`` names the first model.
    """
    if offline:
        recorded = RecordedClient(options.recordings or data_folder("recordings"))
        model = model or recorded.only_model()
        check_stronger(options, model)
        return ResolvedClient(recorded, model)
    model = model_name(model)
    budget = (
        None if options.max_cost is None else Budget(options.max_cost, ledger or MemoryLedger())
    )
    endpoint = _checked_endpoint(options)
    if not model:
        raise ConfigurationError(
            f"no model: name one with --model or {MODEL_VARIABLE}, "
            "or use --offline to answer from recordings"
        )
    check_stronger(options, model)
    if options.max_cost is not None:
        endpoint.price_list().check(filter(None, (model, options.escalate)))
    rate_limiter = rate_limiter or breakable_rate_limiter(
        breaker, endpoint.concurrency, rpm=endpoint.rpm, tpm=endpoint.tpm
    )
    live = DeferredClient(partial(_openai_client, endpoint, budget, breaker, rate_limiter))
    traced = traced_client(live, endpoint.address)
    return ResolvedClient(after_recordings(options, traced), model, budget, rate_limiter, breaker)


def after_recordings(options: Options, client: Client) -> Client:
    """Return a client that answers from the run's recordings first, if it has any."""
    return RecordedClient(options.recordings, client) if options.recordings else client


def check_stronger(options: Options, model: str) -> None:
    """Raise ConfigurationError if ``options.escalate`` names ``model``, the first model."""
    if options.escalate == model:
        raise ConfigurationError(
            f"escalate names {model}, which is asked first: "
            "name a stronger model, or leave escalate out"
        )


def model_name(model: str | None) -> str | None:
    """Return the name of the model to ask: ``model``, or else the value of ``ANTQ_LLM_MODEL``.

    Raises ConfigurationError if the name has characters that cannot be sent.
    """
    model = model or os.environ.get(MODEL_VARIABLE)
    if model is not None and encodable(model) != model:
        raise ConfigurationError(
            f"the model name {model!r} has characters that cannot be sent: correct it"
        )
    return model


def prices_of(texts: Sequence[str], model: str | None) -> dict[str, Price]:
    """Parse prices: ``MODEL=IN,OUT`` or, for ``model``, ``IN,OUT``; return them by model."""
    prices: dict[str, Price] = {}
    for text in texts:
        named_model, price = parse_price(text)
        priced_model = named_model or model_name(model)
        if not priced_model:
            raise ConfigurationError(
                f"--price {text} names no model: name one with --model or {MODEL_VARIABLE}"
            )
        prices[priced_model] = price
    return prices


def endpoint_of(options: Options) -> Endpoint:
    """Return the endpoint of a run, from its options and the OpenAI SDK's environment variables."""
    from antq_llm.clients.openai.endpoint import Endpoint

    return Endpoint(
        base_url=options.base_url or os.environ.get("OPENAI_BASE_URL") or None,
        api_key=options.api_key or os.environ.get("OPENAI_API_KEY") or None,
        timeout=options.timeout,
        tries=options.max_tries,
        mode=options.mode,
        concurrency=options.concurrency,
        rpm=options.rpm,
        tpm=options.tpm,
        max_output_tokens=options.output_limit,
        prices=options.prices,
    )


def _checked_endpoint(options: Options) -> Endpoint:
    from antq_llm.clients.openai.endpoint import check_endpoint

    endpoint = endpoint_of(options)
    check_endpoint(endpoint)
    return endpoint


def _openai_client(
    endpoint: Endpoint,
    budget: Budget | None,
    breaker: CircuitBreaker | None,
    rate_limiter: RateLimiter,
) -> OpenAIClient:
    from antq_llm.clients.openai.client import OpenAIClient

    return OpenAIClient(endpoint, budget=budget, breaker=breaker, rate_limiter=rate_limiter)
