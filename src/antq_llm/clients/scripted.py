"""A client that answers from a list, for testing code that uses the library."""

from __future__ import annotations

from collections.abc import Iterable

from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request
from antq_llm.errors import AntqError, ConfigurationError


class ScriptedClient:
    """A client that returns the given texts and completions and raises the given errors, in order.

    All requests are kept in ``requests``.
    """

    def __init__(self, answers: Iterable[str | Completion | AntqError]) -> None:
        self._answers = iter(answers)
        self.requests: list[Request] = []

    async def complete(self, request: Request) -> Completion:
        self.requests.append(request)
        answer = next(self._answers, None)
        if answer is None:
            raise ConfigurationError(
                f"the script has no answer for request {len(self.requests)}: add one"
            )
        if isinstance(answer, AntqError):
            raise answer
        if isinstance(answer, Completion):
            return answer
        return Completion(text=answer, finish_reason="stop")

    async def aclose(self) -> None:
        return None
