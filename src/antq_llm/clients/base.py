"""The interface that all clients implement."""

from __future__ import annotations

from typing import Protocol

from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request


class Client(Protocol):
    """An object that answers requests.

    A client can wrap other clients, using only this interface.
    """

    async def complete(self, request: Request) -> Completion:
        """Return the model's answer.

        Raises CompletionError if the model gave no completion, ConfigurationError if the request
        cannot be made, and RecordingMissing if the request can be answered only from recordings and
        none matches.
        """
        ...

    async def aclose(self) -> None:
        """Close connections and files."""
        ...
