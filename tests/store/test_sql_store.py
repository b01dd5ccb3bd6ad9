"""A store that several runs share: completions, samples, calls and deleted answers."""

from __future__ import annotations

import pytest

from antq_llm.clients.request import Reask, Request
from antq_llm.errors import AnswerDeleted
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.store.rows import StoredOutcome
from antq_llm.store.sql.sql_store import SqlStore
from helpers.samples import Note, completion, request
from helpers.store_places import StorePlace

SCHEMA = PydanticSchema(Note)


async def test_a_completion_is_kept_under_its_request(store: SqlStore) -> None:
    """A completion is found by the digest of its request."""
    asked = request(SCHEMA)
    await store.keep(asked, completion("Tân Lâm"))
    assert store.completion(asked.digest) == completion("Tân Lâm")


def test_an_unanswered_request_has_no_completion(store: SqlStore) -> None:
    """The store returns None for an unanswered request."""
    assert store.completion(request(SCHEMA).digest) is None


@pytest.mark.parametrize(
    "other",
    [
        request(SCHEMA, sample=1),
        request(SCHEMA, model="model-b"),
        request(SCHEMA, reask=Reask("a", "b")),
    ],
)
async def test_another_request_is_not_answered(store: SqlStore, other: Request) -> None:
    """A completion answers only its own request."""
    await store.keep(request(SCHEMA), completion())
    assert store.completion(other.digest) is None


async def test_the_first_answer_stays(store: SqlStore) -> None:
    """A second answer to a request does not replace the first."""
    await store.keep(request(SCHEMA), completion("một"))
    await store.keep(request(SCHEMA), completion("hai"))
    kept = store.completion(request(SCHEMA).digest)
    assert kept
    assert kept.text == "một"


async def test_what_is_kept_is_there_at_once_for_another_run(
    store: SqlStore, second: SqlStore
) -> None:
    """Another run on the same store sees a completion as soon as ``keep`` returns."""
    await store.keep(request(SCHEMA), completion("một"))
    assert second.completion(request(SCHEMA).digest) == completion("một")


async def test_what_is_kept_outlives_the_run(place: StorePlace) -> None:
    """A completion is still there when the store is reopened."""
    first = place.open()
    await first.keep(request(SCHEMA), completion("một"))
    first.close()
    again = place.open()
    kept = again.completion(request(SCHEMA).digest)
    again.close()
    assert kept == completion("một")


def test_the_first_sample_is_the_current_one(store: SqlStore) -> None:
    """The current sample of a request that was never retried is 0."""
    assert store.sample_of("d") == 0


def test_another_sample_can_be_made_the_current_one(store: SqlStore) -> None:
    """The current sample of a request is the one set last, and other requests keep theirs."""
    store.use_sample("d", 1)
    store.use_sample("d", 2)
    assert (store.sample_of("d"), store.sample_of("e")) == (2, 0)


def test_each_run_has_a_number(store: SqlStore, second: SqlStore) -> None:
    """Calls have different numbers, even if two runs share a store."""
    assert len({store.begin_call(), second.begin_call(), store.begin_call()}) == 3


async def test_an_answer_that_was_deleted_is_not_unanswered(store: SqlStore) -> None:
    """Looking up a deleted answer raises AnswerDeleted, so its request is not paid for again.

    Answers about articles without an outcome are not deleted.
    """
    asked = request(SCHEMA)
    await store.keep(asked, completion("một"))
    assert store.expire_answers("9999-01-01") == 0
    call = store.begin_call()
    store.put_outcome(call, 0, StoredOutcome("a", "failure", {}, reason="budget", is_stop=True))
    assert store.expire_answers("9999-01-01") == 0
    store.put_outcome(call, 0, StoredOutcome("a", "record", {}))
    assert store.expire_answers("2000-01-01") == 0
    assert store.expire_answers("9999-01-01") == 1
    with pytest.raises(AnswerDeleted, match="name another --out"):
        store.completion(asked.digest)


async def test_answers_about_a_text_come_in_the_order_received(store: SqlStore) -> None:
    """The answers about a text are in the order received, each with its request."""
    first = request(SCHEMA)
    again = first.again(Reask("một", "sai"))
    await store.keep(first, completion("một"))
    await store.keep(again, completion("hai"))
    answers = store.answers_of(first.article_digest)
    assert [answer.asked for answer in answers] == [first.asked(), again.asked()]
    assert [answer.completion.text for answer in answers] == ["một", "hai"]
