"""A client that is created when the first request needs it."""

from __future__ import annotations

from antq_llm.clients.deferred import DeferredClient
from antq_llm.clients.scripted import ScriptedClient
from antq_llm.schemas.pydantic_schema import PydanticSchema
from helpers.samples import Note, request


async def test_the_client_is_made_once_for_the_first_request() -> None:
    """The client is created by the first request, not by closing, and reused by later requests."""
    made: list[ScriptedClient] = []

    def make() -> ScriptedClient:
        made.append(ScriptedClient(["one", "two"]))
        return made[-1]

    client = DeferredClient(make)
    await client.aclose()
    assert not made
    asked = request(PydanticSchema(Note))
    assert [(await client.complete(asked)).text for _ in range(2)] == ["one", "two"]
    await client.aclose()
    assert len(made) == 1
