"""A small extraction: a prompt, an answer, articles, and a client that holds answers back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from antq_llm import Article, Completion, Extractor, Options, ScriptedClient
from antq_llm.clients.request import Request
from helpers.endpoint import Endpoint
from helpers.support import Person

PROMPT = "Find the person who is named."
LAN = '{"name": "Lan"}'
MAX_SECONDS = 60
"""Seconds after which a call that must not block counts as blocked."""


def live_options(endpoint: Endpoint, **fields: Any) -> Options:
    """Return the options of an extractor that uses an endpoint."""
    return Options(**{"base_url": endpoint.base_url, "api_key": "key-x", **fields})


def articles(count: int) -> list[Article]:
    """Return articles with their numbers as ids."""
    return [Article(f"Văn bản số {number}.", id=str(number)) for number in range(count)]


class Gate:
    """A client that holds back each answer until ``wait`` returns, and counts the held requests."""

    def __init__(self, wait: Callable[[Request], Awaitable[None]] | None = None) -> None:
        self._wait = wait
        self.held = 0
        self.max_held = 0
        self.article_ids: list[str] = []
        self.closed = 0

    async def complete(self, request: Request) -> Completion:
        self.article_ids.append(request.article_id)
        self.held += 1
        self.max_held = max(self.max_held, self.held)
        try:
            if self._wait is not None:
                await self._wait(request)
            else:
                # Let other tasks send their requests too.
                for _ in range(20):
                    await asyncio.sleep(0)
        finally:
            self.held -= 1
        return Completion(text=f'{{"name": "{request.article_id}"}}', finish_reason="stop")

    async def aclose(self) -> None:
        self.closed += 1


def recorded(folder: Path) -> Path:
    """Record the answer about ``Bà Lan.`` in a folder, and return the folder."""
    Extractor(
        Person, PROMPT, model="rec-1", client=ScriptedClient([LAN]), options=Options(record=folder)
    ).extract("Bà Lan.")
    return folder
