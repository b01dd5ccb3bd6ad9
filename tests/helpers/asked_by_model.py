"""A client that answers by model and sample, for tests of samples and escalation."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request
from antq_llm.errors import AntqError, RecordingMissing
from helpers.samples import answer, completion

Answer = str | dict[str, Any] | Completion | AntqError


class ByModel:
    """A client with answers by model and sample: one answer for all turns, or one for each turn."""

    def __init__(self, answers: Mapping[tuple[str, int], Answer | Sequence[Answer]]) -> None:
        self._answers = answers
        self.requests: list[Request] = []

    @property
    def asked(self) -> list[tuple[str, int]]:
        """The model and the sample of each request, in order of arrival."""
        return [(request.model, request.sample) for request in self.requests]

    async def complete(self, request: Request) -> Completion:
        self.requests.append(request)
        scripted = self._answers.get(
            (request.model, request.sample),
            RecordingMissing(f"no answer is scripted for {request.model}#{request.sample}"),
        )
        if isinstance(scripted, Sequence) and not isinstance(scripted, str):
            scripted = scripted[request.reask.turn if request.reask else 0]
        if isinstance(scripted, AntqError):
            raise scripted
        if isinstance(scripted, Completion):
            return scripted
        return completion(scripted if isinstance(scripted, str) else answer(scripted))

    async def aclose(self) -> None:
        return None


def client_of_samples(*samples: Answer | Sequence[Answer]) -> ByModel:
    """Return a client with an answer for each sample of model ``m``, counted from 0."""
    return ByModel({("m", number): sample for number, sample in enumerate(samples)})


class Together:
    """A client that forwards requests only once a given number of them are waiting."""

    def __init__(self, inner: ByModel, number: int) -> None:
        self._inner = inner
        self._barrier = asyncio.Barrier(number)

    async def complete(self, request: Request) -> Completion:
        await self._barrier.wait()
        return await self._inner.complete(request)

    async def aclose(self) -> None:
        return None
