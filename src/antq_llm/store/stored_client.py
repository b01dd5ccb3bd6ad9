"""A client that answers from a run's store."""

from __future__ import annotations

import asyncio
from collections.abc import Container
from pathlib import Path

from antq_llm.clients.base import Client
from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request
from antq_llm.store.protocol import Store


class StoredClient:
    """A client that returns stored answers, or else asks another client and stores its answers.

    Requests whose digests are in ``bought`` were answered in this run by other means, such as a
    batch, so their answers are not marked as replayed. Set ``counts_costs`` to False if the ledger
    of a budget already counts the costs of answers.
    """

    def __init__(
        self,
        inner: Client,
        store: Store,
        bought: Container[str] = (),
        *,
        counts_costs: bool = True,
    ) -> None:
        self._inner = inner
        self._store = store
        self._bought = bought
        self._counts_costs = counts_costs
        self._pending: dict[str, asyncio.Future[None]] = {}

    @property
    def answers_file(self) -> Path | None:
        """The file with the stored answers.

        None if there is no such file, or if some stored answers must not be marked as replayed.
        """
        return self._store.answers_file if self._bought == () else None

    async def complete(self, request: Request) -> Completion:
        stored = self._store.completion(request.digest)
        if stored is None and (pending := self._pending.get(request.digest)) is not None:
            # Two articles with the same text that are processed at once send one request.
            await asyncio.wait([pending])
            stored = self._store.completion(request.digest)
        if stored is not None:
            return stored.model_copy(update={"replayed": request.digest not in self._bought})
        answered = self._pending[request.digest] = asyncio.get_running_loop().create_future()
        try:
            return await self._ask(request)
        finally:
            self._pending.pop(request.digest, None)
            answered.set_result(None)

    async def _ask(self, request: Request) -> Completion:
        """Return an answer from the other client, or from another run that sent the request."""
        is_answered = await self._store.claim(request.digest)
        try:
            if is_answered and (stored := self._store.completion(request.digest)) is not None:
                return stored.model_copy(update={"replayed": True})
            completion = await self._inner.complete(request)
            if not completion.replayed:
                await self._store.keep(request, completion, counts_cost=self._counts_costs)
            return completion
        finally:
            self._store.release_claim(request.digest)

    async def aclose(self) -> None:
        await self._inner.aclose()
