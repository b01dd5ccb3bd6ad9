"""The interface of clients, which answer requests."""

from __future__ import annotations

from typing import Protocol

from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request


class Client(Protocol):
    """Answers requests. Implementations wrap one another but do not know each other."""

    async def complete(self, request: Request) -> Completion:
        """Return the model's answer.

        Raises CompletionError if the model gave no completion, ConfigurationError if the request
        cannot be made, and RecordingMissing if no recording answers it offline.
        """
        ...

    async def aclose(self) -> None:
        """Free connections and files."""
        ...
