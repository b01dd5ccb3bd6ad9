"""Which clients answer a run, and under which model's name: the one place that reads the environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from antq_llm.clients.base import Client
from antq_llm.clients.recorded import RecordedClient
from antq_llm.errors import ConfigurationError
from antq_llm.options import Options
from antq_llm.resources import root

if TYPE_CHECKING:
    from antq_llm.clients.openai import Endpoint

MODEL_VARIABLE = "ANTQ_LLM_MODEL"


def connect(options: Options, model: str | None, *, offline: bool) -> tuple[Client, str]:
    """Return the client of a run and the model to ask for.

    Raises ConfigurationError where there is no key, no model, no recordings folder, or no stronger model to escalate to.
    """
    if offline:
        recorded = RecordedClient(options.recordings or root("recordings"))
        model = model or recorded.only_model()
        check_stronger(options, model)
        return recorded, model
    model = model_name(model)
    live = _live_client(options)
    if not model:
        raise ConfigurationError(f"no model: name one with --model or {MODEL_VARIABLE}, or use --offline to answer from recordings")
    check_stronger(options, model)
    return after_recordings(options, live), model


def after_recordings(options: Options, client: Client) -> Client:
    """Return a client that is asked what a run's recordings, where it has any, do not answer."""
    return RecordedClient(options.recordings, client) if options.recordings else client


def check_stronger(options: Options, model: str) -> None:
    """Raise ConfigurationError where the model to escalate to is the one that is asked first."""
    if options.escalate == model:
        raise ConfigurationError(f"escalate names the model that is asked first, {model}: name a stronger one, or leave it out")


def model_name(model: str | None) -> str | None:
    """Return the model's name as given, else that of the environment."""
    return model or os.environ.get(MODEL_VARIABLE)


def endpoint_of(options: Options) -> Endpoint:
    """Return where a run's requests go."""
    from antq_llm.clients.openai import Endpoint

    return Endpoint(
        base_url=options.base_url or os.environ.get("OPENAI_BASE_URL") or None,
        api_key=options.api_key or os.environ.get("OPENAI_API_KEY") or None,
        timeout=options.timeout,
        tries=options.tries,
        mode=options.mode,
        concurrency=options.concurrency,
        rpm=options.rpm,
        tpm=options.tpm,
    )


def _live_client(options: Options) -> Client:
    # The SDK takes most of a second to import, which a run from recordings need not wait for.
    from antq_llm.clients.openai import OpenAIClient

    return OpenAIClient(endpoint_of(options))
