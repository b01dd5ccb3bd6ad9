"""A client that answers from the store."""

from __future__ import annotations

import pytest

from antq_llm.clients.scripted import ScriptedClient
from antq_llm.errors import CompletionError
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.store.sql.sql_store import SqlStore
from antq_llm.store.stored_client import StoredClient
from helpers.samples import Note, completion, request

SCHEMA = PydanticSchema(Note)


async def test_what_a_client_answers_is_kept(store: SqlStore) -> None:
    """An answer from the inner client is returned unchanged and stored."""
    given = await StoredClient(ScriptedClient([completion("một")]), store).complete(request(SCHEMA))
    assert given == completion("một")
    assert not given.replayed
    assert store.completion(request(SCHEMA).digest) == completion("một")


async def test_what_was_answered_is_not_asked_again(store: SqlStore) -> None:
    """A stored answer is replayed without a request to the inner client."""
    await store.keep(request(SCHEMA), completion("một"))
    inner = ScriptedClient([])
    given = await StoredClient(inner, store).complete(request(SCHEMA))
    assert given.text == "một"
    assert given.replayed
    assert given.cost_usd == 0.5
    assert inner.requests == []


async def test_another_sample_is_asked_for(store: SqlStore) -> None:
    """A new sample of an answered request is sent to the inner client."""
    await store.keep(request(SCHEMA), completion("một"))
    given = await StoredClient(ScriptedClient([completion("hai")]), store).complete(
        request(SCHEMA, sample=1)
    )
    assert (given.text, given.replayed) == ("hai", False)


async def test_an_error_is_not_kept(store: SqlStore) -> None:
    """An error is not stored, so the request can be sent again."""
    client = StoredClient(
        ScriptedClient([CompletionError("down", kind="transport"), completion("một")]), store
    )
    with pytest.raises(CompletionError, match="down"):
        await client.complete(request(SCHEMA))
    assert (await client.complete(request(SCHEMA))).text == "một"


async def test_what_a_recording_answered_is_not_kept(store: SqlStore) -> None:
    """An answer that the inner client replayed is not stored."""
    await StoredClient(ScriptedClient([completion(replayed=True)]), store).complete(request(SCHEMA))
    assert store.completion(request(SCHEMA).digest) is None
