"""A client that several extractors share, with one budget, rate limiter and store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from antq_llm.clients.base import Client
from antq_llm.extraction.client_factory import resolve_client
from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.options import Options
from antq_llm.runs.connection import BatchHooks, connect
from antq_llm.runs.settings import RunSettings
from antq_llm.schemas.base import Schema
from antq_llm.store.opening import open_store


@dataclass(frozen=True)
class ConnectedClient:
    """A client that several extractors share, with the name of the model to ask."""

    client: Client
    model: str

    def extractor(
        self, schema: Schema[Any], prompt: str | Path, options: Options
    ) -> Extractor[Any]:
        """Return an extractor that uses the client."""
        return Extractor(schema, prompt, client=self.client, model=self.model, options=options)


@asynccontextmanager
async def connected_client(
    options: Options, model: str | None, *, offline: bool, store: Path | None
) -> AsyncIterator[ConnectedClient]:
    """Connect to a model; ``store`` is the folder for its answers, or None to store nothing.

    Raises ConfigurationError if there is no key or no model, or if a budget is set for a model
    without a price.
    """
    settings = RunSettings((), options, out=store, model=model, offline=offline)
    resolved = resolve_client(options, model, offline=offline)
    async with AsyncExitStack() as stack:
        opened = None
        if store is not None:
            opened = stack.enter_context(closing(open_store(store)))
        hooks = BatchHooks(lambda _: None, asyncio.sleep)
        connection = await connect(settings, resolved, opened, stack, hooks)
        client = connection.client or resolved.client
        stack.push_async_callback(client.aclose)
        yield ConnectedClient(client, resolved.model)
