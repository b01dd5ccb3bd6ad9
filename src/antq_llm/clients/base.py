"""The one seam between the library and whatever answers it."""

from __future__ import annotations

from typing import Protocol

from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request


class Client(Protocol):
    """Something that answers requests; implementations wrap one another but do not know each other."""

    async def complete(self, request: Request) -> Completion:
        """Return what the model answered.

        Raises CompletionError where no completion came, ConfigurationError where none can come, RecordingMissing offline.
        """
        ...

    async def aclose(self) -> None:
        """Free connections and files."""
        ...
