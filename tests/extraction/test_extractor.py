"""``Extractor``: its life cycle, its use in threads and event loops, and ``extract_many``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from antq_llm import (
    Article,
    ArticleError,
    CompletionError,
    ConfigurationError,
    Extraction,
    Extractor,
    Failure,
    Options,
    ScriptedClient,
)
from antq_llm.clients.request import Request
from helpers.endpoint import Reply, scripted_endpoint
from helpers.extraction import LAN, MAX_SECONDS, PROMPT, Gate, articles, live_options
from helpers.support import Person


def test_empty_text_is_an_article_error() -> None:
    """A blank text raises an ArticleError of kind ``empty``, and nothing is sent."""
    client = ScriptedClient([LAN])
    with pytest.raises(ArticleError) as caught:
        Extractor(Person, PROMPT, model="m", client=client).extract(" \n")
    assert (caught.value.kind, client.requests) == ("empty", [])


def test_own_client_needs_a_model() -> None:
    """An extractor with a user's own client needs a model name."""
    with pytest.raises(ConfigurationError, match="model="):
        Extractor(Person, PROMPT, client=ScriptedClient([LAN]))


def test_answer_with_a_number_of_thousands_of_digits_is_an_invalid_answer() -> None:
    """An answer with an integer too long for Python is invalid and is asked about again."""
    schema = {"title": "n", "type": "object", "properties": {"n": {"type": "integer"}}}
    extractor = Extractor(
        schema,
        "How many?",
        model="m",
        client=ScriptedClient(['{"n": ' + "1" * 5000 + "}", '{"n": 1}']),
    )
    assert extractor.extract("Một.").record.root == {"n": 1}


@pytest.mark.parametrize(
    "schema",
    [Person, {"title": "p", "type": "object", "properties": {"name": {"type": "string"}}}],
    ids=["model", "JSON Schema"],
)
def test_answer_with_half_a_surrogate_pair_is_an_invalid_answer(schema: Any) -> None:
    """An answer with a string that cannot be encoded is invalid and is asked about again."""
    extractor = Extractor(
        schema, PROMPT, model="m", client=ScriptedClient(['{"name": "\\ud800"}', LAN])
    )
    result = extractor.extract("Bà Lan.")
    assert json.loads(json.dumps(result.as_line(), ensure_ascii=False).encode())["record"] == {
        "name": "Lan"
    }


def test_one_extractor_works_from_several_threads() -> None:
    """Several threads can share one extractor."""
    with (
        scripted_endpoint([Reply(LAN)]) as endpoint,
        Extractor(Person, PROMPT, model="m", options=live_options(endpoint)) as extractor,
        ThreadPoolExecutor(4) as pool,
    ):
        names = [
            result.record.name
            for result in pool.map(extractor.extract, [f"Văn bản {n}." for n in range(8)])
        ]
    assert names == ["Lan"] * 8


def test_extractor_is_a_context_manager() -> None:
    """Leaving the ``with`` block closes the client."""
    client = Gate()
    with Extractor(Person, PROMPT, model="m", client=client) as extractor:
        extractor.extract("Bà Lan.")
        assert client.closed == 0
    assert client.closed == 1


async def test_extractor_is_an_async_context_manager() -> None:
    """Leaving the ``async with`` block closes the client."""
    client = Gate()
    async with Extractor(Person, PROMPT, model="m", client=client) as extractor:
        await extractor.aextract("Bà Lan.")
        assert client.closed == 0
    assert client.closed == 1


def test_extractor_closes_also_on_an_error() -> None:
    """An error inside the ``with`` block is raised unchanged, and the client is closed."""
    client = Gate()
    with pytest.raises(ZeroDivisionError), Extractor(Person, PROMPT, model="m", client=client):
        raise ZeroDivisionError
    assert client.closed == 1


def test_closed_extractor_can_be_used_again() -> None:
    """A closed extractor can be used again."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        extractor = Extractor(Person, PROMPT, model="m", options=live_options(endpoint))
        extractor.extract("Bà Lan.")
        extractor.close()
        with extractor:
            assert extractor.extract("Bà Lan.").record.name == "Lan"


def test_extractor_works_in_one_loop_after_another() -> None:
    """One extractor works in successive calls to ``asyncio.run``, each with its own event loop."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        extractor = Extractor(Person, PROMPT, model="m", options=live_options(endpoint))

        async def once() -> str:
            async with extractor:
                return (await extractor.aextract("Bà Lan.")).record.name

        assert [asyncio.run(once()), asyncio.run(once())] == ["Lan", "Lan"]


async def test_a_sample_is_another_request() -> None:
    """The request for another sample has the same messages but a different digest."""
    client = ScriptedClient([LAN, LAN])
    extractor = Extractor(Person, PROMPT, model="m", client=client)
    await extractor.aextract("Bà Lan.")
    await extractor.aextract("Bà Lan.", sample=1)
    first, second = client.requests
    assert first.messages == second.messages
    assert first.digest != second.digest


async def outcomes(extractor: Extractor[Any], sources: Any) -> list[Any]:
    """Return all outcomes of an extractor, in order of completion."""
    return [outcome async for outcome in extractor.extract_many(sources)]


async def test_extract_many_yields_in_completed_order() -> None:
    """Outcomes are yielded as articles complete, not in the order of the sources."""
    first_seen = asyncio.Event()

    async def wait(request: Request) -> None:
        if request.article_id != "2":
            await first_seen.wait()

    extractor = Extractor(
        Person, PROMPT, model="m", client=Gate(wait), options=Options(concurrency=3)
    )
    found = []
    async for outcome in extractor.extract_many(articles(3)):
        found.append(outcome.article.id)
        first_seen.set()
    assert found[0] == "2"
    assert set(found) == {"0", "1", "2"}


async def test_extract_many_gives_failures_as_values() -> None:
    """A failing article gives a Failure with its id and error, and the others are extracted."""
    client = ScriptedClient([LAN, CompletionError("the connection broke", kind="transport"), LAN])
    extractor = Extractor(Person, PROMPT, model="m", client=client, options=Options(concurrency=1))
    found = await outcomes(extractor, articles(3))
    assert [type(outcome) for outcome in found] == [Extraction, Failure, Extraction]
    assert (found[1].article_id, str(found[1].error)) == ("1", "the connection broke")


async def test_extract_many_gives_unreadable_articles_as_values(tmp_path: Path) -> None:
    """A path that cannot be read gives a Failure that names it."""
    extractor = Extractor(Person, PROMPT, model="m", client=Gate())
    (failure,) = await outcomes(extractor, [tmp_path / "gone.txt"])
    assert (failure.article_id, failure.source) == ("gone", str(tmp_path / "gone.txt"))
    assert failure.error.kind == "unreadable"


@pytest.mark.parametrize("concurrency", [1, 3, 7])
async def test_extract_many_keeps_to_the_concurrency(concurrency: int) -> None:
    """At most ``concurrency`` requests are in flight at once, and that number is reached."""
    client = Gate()
    extractor = Extractor(
        Person, PROMPT, model="m", client=client, options=Options(concurrency=concurrency)
    )
    found = await outcomes(extractor, articles(25))
    assert len(found) == 25
    assert client.max_held == concurrency


async def test_extract_many_does_not_read_ahead() -> None:
    """Sources are read only when a request can be sent for them."""
    taken = 0

    def sources() -> Iterator[Article]:
        nonlocal taken
        for article in articles(30):
            taken += 1
            yield article

    extractor = Extractor(Person, PROMPT, model="m", client=Gate(), options=Options(concurrency=4))
    seen = 0
    async for _ in extractor.extract_many(sources()):
        seen += 1
        assert taken <= seen - 1 + 4
    assert seen == 30


async def test_extract_many_takes_an_async_iterable() -> None:
    """Sources can come from an asynchronous iterator."""

    async def sources() -> AsyncIterator[Article]:
        for article in articles(5):
            await asyncio.sleep(0)
            yield article

    extractor = Extractor(Person, PROMPT, model="m", client=Gate(), options=Options(concurrency=2))
    assert {outcome.record.name for outcome in await outcomes(extractor, sources())} == {
        "0",
        "1",
        "2",
        "3",
        "4",
    }


async def test_extract_many_of_nothing_yields_nothing() -> None:
    """Without sources, there are no outcomes and no requests."""
    client = Gate()
    assert await outcomes(Extractor(Person, PROMPT, model="m", client=client), []) == []
    assert client.article_ids == []


async def test_extract_many_raises_errors_of_every_article() -> None:
    """The error for a refused key is raised once instead of being returned for each article."""
    client = ScriptedClient([LAN, ConfigurationError("the key was refused")])
    extractor = Extractor(Person, PROMPT, model="m", client=client, options=Options(concurrency=1))
    with pytest.raises(ConfigurationError, match="the key was refused"):
        await outcomes(extractor, articles(5))
    assert len(client.requests) == 2


async def test_leaving_extract_many_early_ends_what_is_in_flight() -> None:
    """Closing the iterator cancels the pending requests."""
    never = asyncio.Event()

    async def wait(request: Request) -> None:
        if request.article_id != "0":
            await never.wait()

    client = Gate(wait)
    stream = Extractor(
        Person, PROMPT, model="m", client=client, options=Options(concurrency=3)
    ).extract_many(articles(9))
    await anext(stream)
    assert client.held == 2
    async with asyncio.timeout(MAX_SECONDS):
        await stream.aclose()
    assert client.held == 0
