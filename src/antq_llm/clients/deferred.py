"""A client that is created only when the first request needs it."""

from __future__ import annotations

from collections.abc import Callable

from antq_llm.clients.base import Client
from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request


class DeferredClient:
    """A client that creates the actual client when the first request arrives.

    If all answers are already stored, the library that sends requests is never imported, which
    saves most of a second.
    """

    def __init__(self, make: Callable[[], Client]) -> None:
        self._make = make
        self._client: Client | None = None

    async def complete(self, request: Request) -> Completion:
        if self._client is None:
            self._client = self._make()
        return await self._client.complete(request)

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()
