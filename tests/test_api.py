"""The library as Python code calls it: ``extract``, ``aextract``, ``extract_many`` and ``Extractor``."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import antq_llm
from antq_llm import (
    Article,
    ArticleError,
    Completion,
    CompletionError,
    ConfigurationError,
    Extraction,
    ExtractionError,
    Extractor,
    Failure,
    MovementReport,
    Options,
    PromptError,
    RecordingMissing,
    SchemaError,
    ScriptedClient,
    aextract,
    extract,
    extract_many,
)
from antq_llm.clients.request import Request
from helpers.endpoint import Endpoint, Reply, error, scripted_endpoint
from helpers.samples import ARTICLE, answer, person, report
from helpers.support import Person

PROMPT = "Find the person who is named."
REPORT = answer(report(people=[person()]))
LAN = '{"name": "Lan"}'
LONGEST = 60
"""Seconds after which something that must not block has blocked."""


@pytest.fixture(autouse=True)
def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that should have been refused leads to an address where nobody listens."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")


@pytest.fixture
def live() -> Iterator[Callable[..., Options]]:
    """Return a function that gives the options for an endpoint."""

    def options(endpoint: Endpoint, **fields: Any) -> Options:
        return Options(**{"base_url": endpoint.base_url, "api_key": "key-x", **fields})

    return options


class Gate:
    """A client whose answers are held back until a test lets them go; it keeps how many requests it held at a time."""

    def __init__(self, wait: Callable[[Request], Awaitable[None]] | None = None) -> None:
        self._wait = wait
        self.held = 0
        self.most = 0
        self.asked: list[str] = []
        self.closed = 0

    async def complete(self, request: Request) -> Completion:
        self.asked.append(request.article_id)
        self.held += 1
        self.most = max(self.most, self.held)
        try:
            if self._wait is not None:
                await self._wait(request)
            else:
                # Let whatever else may run come here as well.
                for _ in range(20):
                    await asyncio.sleep(0)
        finally:
            self.held -= 1
        return Completion(text=f'{{"name": "{request.article_id}"}}', finish_reason="stop")

    async def aclose(self) -> None:
        self.closed += 1


def articles(count: int) -> list[Article]:
    """Return articles numbered as their ids."""
    return [Article(f"Văn bản số {number}.", id=str(number)) for number in range(count)]


def in_time(work: Callable[[], Any]) -> Any:
    """Run work in a thread of its own and return its result; it fails, rather than hangs, where the work never ends."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(work()), daemon=True)
    thread.start()
    thread.join(LONGEST)
    assert not thread.is_alive(), "the call is blocked"
    return results[0]


# --- extract and aextract


def test_extract_gives_the_checked_record(live: Callable[..., Options]) -> None:
    """A text alone gives a MovementReport with evidence, prompt, model, usage and attempts."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        result = extract(ARTICLE, model="m-1", options=live(endpoint))
    assert isinstance(result.record, MovementReport)
    assert [found.name for found in result.record.people] == ["Phạm Quốc Bình"]
    span = result.evidence[0]
    assert (span.pointer, ARTICLE[span.start : span.end]) == (
        "/people/0",
        result.record.people[0].quote,
    )
    assert (result.model, result.prompt, result.replayed) == ("m-1", "movement_report@3", False)
    assert (
        result.usage.input_tokens,
        result.usage.output_tokens,
        result.usage.cached_tokens,
        result.cost_usd,
    ) == (100, 20, None, None)
    assert [(attempt.completion.text, attempt.error) for attempt in result.attempts] == [
        (REPORT, None)
    ]


async def test_aextract_gives_the_same(live: Callable[..., Options]) -> None:
    """The awaited function gives the record that the plain one gives."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        awaited = await aextract(ARTICLE, model="m-1", options=live(endpoint))
        plain = await asyncio.to_thread(extract, ARTICLE, model="m-1", options=live(endpoint))
    assert awaited.as_line() == plain.as_line()


def test_extract_works_beside_a_running_loop(live: Callable[..., Options]) -> None:
    """Plain extract called from a coroutine, as in a notebook, gives its record and does not block for ever."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:

        async def cell() -> Extraction[Person]:
            return extract(
                "Bà Lan.", schema=Person, prompt=PROMPT, model="m", options=live(endpoint)
            )

        result = in_time(lambda: asyncio.run(cell()))
    assert result.record.name == "Lan"


def test_extract_works_from_several_threads(live: Callable[..., Options]) -> None:
    """Threads that call extract at the same time each get the record of their own text."""

    def reply(body: dict[str, Any]) -> Reply:
        content = body["messages"][-1]["content"]
        return Reply(
            answer({"name": next(word for word in content.split() if word.startswith("Lan-"))})
        )

    with scripted_endpoint(reply) as endpoint, ThreadPoolExecutor(8) as pool:
        texts = [f"Bà Lan-{number} đến." for number in range(16)]
        results = list(
            pool.map(
                lambda text: extract(
                    text, schema=Person, prompt=PROMPT, model="m", options=live(endpoint)
                ),
                texts,
            )
        )
    assert [result.record.name for result in results] == [f"Lan-{number}" for number in range(16)]


def test_one_extractor_works_from_several_threads(live: Callable[..., Options]) -> None:
    """One extractor may be shared by threads."""
    with (
        scripted_endpoint([Reply(LAN)]) as endpoint,
        Extractor(Person, PROMPT, model="m", options=live(endpoint)) as extractor,
        ThreadPoolExecutor(4) as pool,
    ):
        names = [
            result.record.name
            for result in pool.map(extractor.extract, [f"Văn bản {n}." for n in range(8)])
        ]
    assert names == ["Lan"] * 8


def test_own_model_gives_its_own_type(live: Callable[..., Options]) -> None:
    """A caller's own pydantic model and instructions give a record of that model; the instructions go out as the system message."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        result = extract("Bà Lan.", schema=Person, prompt=PROMPT, model="m", options=live(endpoint))
    assert isinstance(result.record, Person)
    assert (result.prompt, result.schema.reference) == ("inline", "Person")
    assert endpoint.bodies[0]["messages"][0] == {"role": "system", "content": PROMPT}


def test_own_model_without_a_prompt_uses_the_general_one(live: Callable[..., Options]) -> None:
    """Without a prompt a model of one's own is asked for with the general prompt."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        result = extract("Bà Lan.", schema=Person, model="m", options=live(endpoint))
    assert result.prompt == "general@1"


def test_json_schema_mapping_is_a_schema(live: Callable[..., Options]) -> None:
    """A JSON Schema as a mapping gives parsed JSON that satisfies it."""
    schema = {
        "title": "sizes",
        "type": "object",
        "properties": {"n": {"type": "integer", "minimum": 2}},
        "required": ["n"],
        "additionalProperties": False,
    }
    with scripted_endpoint([Reply('{"n": 1}'), Reply('{"n": 2}')]) as endpoint:
        result = extract(
            "Hai.", schema=schema, prompt="How many?", model="m", options=live(endpoint)
        )
    assert result.record.root == {"n": 2}
    assert [attempt.error is None for attempt in result.attempts] == [False, True]


def test_path_is_read(live: Callable[..., Options], tmp_path: Path) -> None:
    """A path is read as a file: its stem is the id, the path the source, and a byte-order mark is no text."""
    path = tmp_path / "bài 1.txt"
    path.write_bytes("\ufeffBà Lan.\r\n".encode())
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        result = extract(path, schema=Person, prompt=PROMPT, model="m", options=live(endpoint))
    assert (result.article.id, result.article.source, result.article.text) == (
        "bài 1",
        str(path),
        "Bà Lan.\r\n",
    )


def test_string_is_always_a_text(live: Callable[..., Options], tmp_path: Path) -> None:
    """A str is the text itself, also where a file of that name exists."""
    path = tmp_path / "a.txt"
    path.write_text("Nội dung.", "utf-8")
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        result = extract(str(path), schema=Person, prompt=PROMPT, model="m", options=live(endpoint))
    assert (result.article.text, result.article.source) == (str(path), None)


def test_article_keeps_its_id(live: Callable[..., Options]) -> None:
    """An Article keeps the id and the source that it was made with."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        result = extract(
            Article("Bà Lan.", id="db-7", source="db"),
            schema=Person,
            prompt=PROMPT,
            model="m",
            options=live(endpoint),
        )
    assert (result.as_line()["article_id"], result.as_line()["source"]) == ("db-7", "db")


def test_environment_names_endpoint_key_and_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """OPENAI_BASE_URL, OPENAI_API_KEY and ANTQ_LLM_MODEL stand in for what the call leaves out."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "key-of-the-environment")
        monkeypatch.setenv("ANTQ_LLM_MODEL", "model-of-the-environment")
        result = extract("Bà Lan.", schema=Person, prompt=PROMPT)
    assert result.model == endpoint.bodies[0]["model"] == "model-of-the-environment"
    assert endpoint.headers[0]["authorization"] == "Bearer key-of-the-environment"


def test_call_goes_before_the_environment(
    monkeypatch: pytest.MonkeyPatch, live: Callable[..., Options]
) -> None:
    """What the call says about endpoint, key and model counts more than the environment."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "other")
    monkeypatch.setenv("ANTQ_LLM_MODEL", "other")
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        result = extract(
            "Bà Lan.", schema=Person, prompt=PROMPT, model="mine", options=live(endpoint)
        )
    assert (result.model, endpoint.headers[0]["authorization"]) == ("mine", "Bearer key-x")


# --- errors


def test_no_key_names_the_ways_out() -> None:
    """Without a key the call is a ConfigurationError that names the variable and --offline."""
    with pytest.raises(ConfigurationError, match=r"OPENAI_API_KEY.*--offline"):
        extract(ARTICLE, model="m")


def test_no_model_names_the_ways_out() -> None:
    """Without a model the call is a ConfigurationError that names the option and the variable."""
    with pytest.raises(ConfigurationError, match=r"no model.*--model.*ANTQ_LLM_MODEL"):
        extract(ARTICLE, options=Options(api_key="x"))


def test_bad_url_is_said_before_a_request() -> None:
    """A base URL that is none is a ConfigurationError."""
    with pytest.raises(ConfigurationError, match="'localhost:8000' is not a base URL"):
        extract(ARTICLE, model="m", options=Options(api_key="x", base_url="localhost:8000"))


@pytest.mark.parametrize("reference", ["no_such_prompt", "movement_report@99"])
def test_unknown_prompt_names_the_known_ones(reference: str) -> None:
    """An unknown reference is a PromptError that lists what there is."""
    with pytest.raises(PromptError, match=r"unknown prompt .*known are .*movement_report@3"):
        extract(ARTICLE, prompt=reference, model="m", options=Options(api_key="x"))


def test_missing_prompt_file_is_a_prompt_error(tmp_path: Path) -> None:
    """A path to a prompt that does not exist is a PromptError that shows it."""
    with pytest.raises(PromptError, match=r"mine\.md"):
        extract(ARTICLE, prompt=tmp_path / "mine.md", model="m", options=Options(api_key="x"))


def test_prompt_of_another_schema_is_refused() -> None:
    """A prompt that was written for one schema is not used for another."""
    with pytest.raises(
        PromptError,
        match=r"prompt movement_report@3 is written for schema movement_report/1, not Person",
    ):
        extract(
            ARTICLE,
            schema=Person,
            prompt="movement_report",
            model="m",
            options=Options(api_key="x"),
        )


@pytest.mark.parametrize(
    "schema", ["no_such_schema", "movement_report/9", "json:JSONDecoder", "no.such:Model", 7]
)
def test_unusable_schema_is_a_schema_error(schema: Any) -> None:
    """What is no schema, by whatever way it is named, is a SchemaError."""
    with pytest.raises(SchemaError):
        extract(ARTICLE, schema=schema, prompt=PROMPT, model="m", options=Options(api_key="x"))


@pytest.mark.parametrize(
    "fields",
    [{"concurrency": 0}, {"max_attempts": 0}, {"tries": 0}, {"timeout": 0}, {"mode": "strict"}],
)
def test_impossible_option_is_a_configuration_error(fields: dict[str, Any]) -> None:
    """An option outside its range is a ConfigurationError where it is given."""
    with pytest.raises(ConfigurationError, match=next(iter(fields))):
        Options(**fields)


def test_unknown_rule_for_ungrounded_items_is_refused() -> None:
    """A rule for ungrounded items that does not exist is a ConfigurationError, not the rule ``fail``."""
    with pytest.raises(ConfigurationError, match="ungrounded"):
        Options(ungrounded="ignore")  # type: ignore[arg-type]


def test_empty_text_is_an_article_error() -> None:
    """A text of white space alone is an ArticleError of kind empty, and nothing is asked."""
    client = ScriptedClient([LAN])
    with pytest.raises(ArticleError) as caught:
        Extractor(Person, PROMPT, model="m", client=client).extract(" \n")
    assert (caught.value.kind, client.requests) == ("empty", [])


def test_invalid_answers_carry_what_they_were(live: Callable[..., Options]) -> None:
    """Where no answer is valid the error carries every completion, each with its fault, and the number of requests is that of the attempts."""
    with (
        scripted_endpoint(
            [Reply("no JSON"), Reply('{"name": 1}'), Reply('{"nome": "x"}'), Reply(LAN)]
        ) as endpoint,
        pytest.raises(ExtractionError) as caught,
    ):
        extract(
            "Bà Lan.",
            schema=Person,
            prompt=PROMPT,
            model="m",
            options=live(endpoint, max_attempts=3),
        )
    assert [attempt.completion.text for attempt in caught.value.attempts] == [
        "no JSON",
        '{"name": 1}',
        '{"nome": "x"}',
    ]
    assert all(attempt.error for attempt in caught.value.attempts)
    assert len(endpoint.bodies) == 3
    assert "3 attempt(s)" in str(caught.value)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply('{"na', finish_reason="length"), "truncated"),
        (Reply("", finish_reason="content_filter"), "filtered"),
        (Reply(None, refusal="No."), "refused"),
    ],
)
def test_answer_that_asking_again_would_not_mend_is_not_asked_again(
    live: Callable[..., Options], reply: Reply, kind: str
) -> None:
    """A truncated, filtered or refused answer is a CompletionError of that kind after one request, and is among its attempts."""
    with (
        scripted_endpoint([reply, Reply(LAN)]) as endpoint,
        pytest.raises(CompletionError) as caught,
    ):
        extract("Bà Lan.", schema=Person, prompt=PROMPT, model="m", options=live(endpoint))
    assert (caught.value.kind, len(endpoint.bodies), len(caught.value.attempts)) == (kind, 1, 1)


def test_own_client_needs_a_model() -> None:
    """A client of one's own still needs a model's name to ask for."""
    with pytest.raises(ConfigurationError, match="model="):
        Extractor(Person, PROMPT, client=ScriptedClient([LAN]))


def test_answer_with_a_number_of_thousands_of_digits_is_an_invalid_answer() -> None:
    """An integer longer than Python reads is a fault of the answer, not a crash."""
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
    """A string that no file can hold is a fault of the answer, so that every record can be written."""
    extractor = Extractor(
        schema, PROMPT, model="m", client=ScriptedClient(['{"name": "\\ud800"}', LAN])
    )
    result = extractor.extract("Bà Lan.")
    assert json.loads(json.dumps(result.as_line(), ensure_ascii=False).encode())["record"] == {
        "name": "Lan"
    }


# --- Extractor


def test_extractor_is_a_context_manager() -> None:
    """Leaving the with block closes the client."""
    client = Gate()
    with Extractor(Person, PROMPT, model="m", client=client) as extractor:
        extractor.extract("Bà Lan.")
        assert client.closed == 0
    assert client.closed == 1


async def test_extractor_is_an_async_context_manager() -> None:
    """Leaving the async with block closes the client."""
    client = Gate()
    async with Extractor(Person, PROMPT, model="m", client=client) as extractor:
        await extractor.aextract("Bà Lan.")
        assert client.closed == 0
    assert client.closed == 1


def test_extractor_closes_also_on_an_error() -> None:
    """An error inside the with block passes through and the client is closed."""
    client = Gate()
    with pytest.raises(ZeroDivisionError), Extractor(Person, PROMPT, model="m", client=client):
        raise ZeroDivisionError
    assert client.closed == 1


def test_closed_extractor_can_be_used_again(live: Callable[..., Options]) -> None:
    """Closing ends connections, not the extractor."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        extractor = Extractor(Person, PROMPT, model="m", options=live(endpoint))
        extractor.extract("Bà Lan.")
        extractor.close()
        with extractor:
            assert extractor.extract("Bà Lan.").record.name == "Lan"


def test_extractor_works_in_one_loop_after_another(live: Callable[..., Options]) -> None:
    """One extractor serves several runs of asyncio.run, each with a loop of its own."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        extractor = Extractor(Person, PROMPT, model="m", options=live(endpoint))

        async def once() -> str:
            async with extractor:
                return (await extractor.aextract("Bà Lan.")).record.name

        assert [asyncio.run(once()), asyncio.run(once())] == ["Lan", "Lan"]


async def test_sample_asks_for_another_answer() -> None:
    """Another sample of one request is a request of another identity, with the same messages."""
    client = ScriptedClient([LAN, LAN])
    extractor = Extractor(Person, PROMPT, model="m", client=client)
    await extractor.aextract("Bà Lan.")
    await extractor.aextract("Bà Lan.", sample=1)
    first, second = client.requests
    assert first.messages == second.messages
    assert first.digest != second.digest


# --- extract_many


async def outcomes(extractor: Extractor[Any], sources: Any) -> list[Any]:
    """Return all outcomes of an extractor, in the order they came."""
    return [outcome async for outcome in extractor.extract_many(sources)]


async def test_extract_many_yields_in_completed_order() -> None:
    """What is done first is yielded first, while what was begun before it is still running."""
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
    """An article that fails is a Failure with its id and error, and the others come out."""
    client = ScriptedClient([LAN, CompletionError("the connection broke", kind="transport"), LAN])
    extractor = Extractor(Person, PROMPT, model="m", client=client, options=Options(concurrency=1))
    found = await outcomes(extractor, articles(3))
    assert [type(outcome) for outcome in found] == [Extraction, Failure, Extraction]
    assert (found[1].article_id, str(found[1].error)) == ("1", "the connection broke")


async def test_extract_many_gives_unreadable_articles_as_values(tmp_path: Path) -> None:
    """A path that cannot be read is a Failure that names it."""
    extractor = Extractor(Person, PROMPT, model="m", client=Gate())
    (failure,) = await outcomes(extractor, [tmp_path / "gone.txt"])
    assert (failure.article_id, failure.source, failure.error.kind) == (
        "gone",
        str(tmp_path / "gone.txt"),
        "unreadable",
    )


@pytest.mark.parametrize("concurrency", [1, 3, 7])
async def test_extract_many_keeps_to_the_concurrency(concurrency: int) -> None:
    """Exactly as many articles as allowed are asked about at a time: never more, and no fewer while there are enough."""
    client = Gate()
    extractor = Extractor(
        Person, PROMPT, model="m", client=client, options=Options(concurrency=concurrency)
    )
    found = await outcomes(extractor, articles(25))
    assert len(found) == 25
    assert client.most == concurrency


async def test_extract_many_does_not_read_ahead() -> None:
    """Sources are taken as they are needed: no more are taken than were yielded and are in flight."""
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
    """Sources may come from an asynchronous iterator."""

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
    """No sources, no outcomes, no requests."""
    client = Gate()
    assert await outcomes(Extractor(Person, PROMPT, model="m", client=client), []) == []
    assert client.asked == []


async def test_extract_many_raises_what_would_meet_every_article() -> None:
    """A refused key is raised, not given once for each article."""
    client = ScriptedClient([LAN, ConfigurationError("the key was refused")])
    extractor = Extractor(Person, PROMPT, model="m", client=client, options=Options(concurrency=1))
    with pytest.raises(ConfigurationError, match="the key was refused"):
        await outcomes(extractor, articles(5))
    assert len(client.requests) == 2


async def test_leaving_extract_many_early_ends_what_is_in_flight() -> None:
    """Closing the iterator cancels the requests that were still running."""
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
    async with asyncio.timeout(LONGEST):
        await stream.aclose()
    assert client.held == 0


async def test_extract_many_function_reaches_the_endpoint(live: Callable[..., Options]) -> None:
    """The function makes the extractor itself; at the endpoint a 404 stops it and a refusal of one article does not."""

    def reply(body: dict[str, Any]) -> Reply:
        return (
            Reply(None, refusal="No.") if "số 1" in body["messages"][-1]["content"] else Reply(LAN)
        )

    with scripted_endpoint(reply) as endpoint:
        found = [
            outcome
            async for outcome in extract_many(
                articles(3), schema=Person, prompt=PROMPT, model="m", options=live(endpoint)
            )
        ]
    assert sorted(type(outcome).__name__ for outcome in found) == [
        "Extraction",
        "Extraction",
        "Failure",
    ]
    with (
        scripted_endpoint([error(404, "no such model")]) as endpoint,
        pytest.raises(ConfigurationError, match="no such model"),
    ):
        _ = [
            outcome
            async for outcome in extract_many(
                articles(3), schema=Person, prompt=PROMPT, model="m", options=live(endpoint)
            )
        ]


# --- offline


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Make every way out of the process fail; return what was tried."""
    tried: list[str] = []

    def refuse(name: str) -> Callable[..., Any]:
        def refused(*_: Any, **__: Any) -> Any:
            tried.append(name)
            raise OSError(f"{name} is not allowed here")

        return refused

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse(name))
    for name in ("getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, refuse(name))
    for name in ("create_connection", "sock_connect", "getaddrinfo"):
        monkeypatch.setattr(asyncio.BaseEventLoop, name, refuse(name), raising=False)
    return tried


def recorded(folder: Path) -> Path:
    """Record one answer about ``Bà Lan.`` below a folder."""
    Extractor(
        Person, PROMPT, model="rec-1", client=ScriptedClient([LAN]), options=Options(record=folder)
    ).extract("Bà Lan.")
    return folder


def test_offline_opens_no_socket(tmp_path: Path, no_sockets: list[str]) -> None:
    """Offline the answer comes from the recordings, with no socket opened and no name looked up, and says that nothing was spent."""
    result = extract(
        "Bà Lan.",
        schema=Person,
        prompt=PROMPT,
        offline=True,
        options=Options(recordings=recorded(tmp_path)),
    )
    assert (result.record.name, result.model, result.replayed) == ("Lan", "rec-1", True)
    assert no_sockets == []


def test_live_call_is_caught_without_sockets(no_sockets: list[str]) -> None:
    """What makes the offline test fail does see a call that is not offline."""
    with pytest.raises(CompletionError):
        extract(
            "Bà Lan.",
            schema=Person,
            prompt=PROMPT,
            model="m",
            options=Options(api_key="x", base_url="http://127.0.0.1:9/v1", tries=1),
        )
    assert no_sockets


def test_offline_without_a_recording_says_so(tmp_path: Path) -> None:
    """Offline, an article without a recording is RecordingMissing, and the message says what the nearest one differs in."""
    with pytest.raises(RecordingMissing, match=r"the article, whose text was changed"):
        extract(
            "Bà Mai.",
            schema=Person,
            prompt=PROMPT,
            offline=True,
            options=Options(recordings=recorded(tmp_path)),
        )


def test_recordings_are_used_live_only_if_given(
    tmp_path: Path, live: Callable[..., Options]
) -> None:
    """With recordings given, a live call asks only for what they do not hold."""
    with scripted_endpoint([Reply('{"name": "Mai"}')]) as endpoint:
        options = live(endpoint, recordings=recorded(tmp_path))
        known = extract("Bà Lan.", schema=Person, prompt=PROMPT, model="rec-1", options=options)
        asked = extract("Bà Mai.", schema=Person, prompt=PROMPT, model="rec-1", options=options)
    assert [(result.record.name, result.replayed) for result in (known, asked)] == [
        ("Lan", True),
        ("Mai", False),
    ]
    assert len(endpoint.bodies) == 1


def test_missing_recordings_folder_is_a_configuration_error(tmp_path: Path) -> None:
    """A recordings folder that does not exist is a ConfigurationError that names it."""
    with pytest.raises(ConfigurationError, match="no recordings folder"):
        extract(
            "Bà Lan.",
            schema=Person,
            prompt=PROMPT,
            offline=True,
            options=Options(recordings=tmp_path / "gone"),
        )


# --- the package


def loaded_after(statement: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after a statement."""
    code = f"import sys\n{statement}\nprint(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_import_is_light() -> None:
    """Importing the package loads neither the SDK, nor instructor, nor pydantic."""
    loaded = loaded_after("import antq_llm")
    assert "antq_llm" in loaded
    assert not loaded & {
        "openai",
        "instructor",
        "pydantic",
        "aiohttp",
        "httpx2",
        "typer",
        "rich",
        "yaml",
    }


def test_offline_extractor_does_not_load_the_sdk(tmp_path: Path) -> None:
    """An offline extraction does not wait for the SDK to be imported."""
    code = f"from antq_llm import extract, Options; from pathlib import Path; from pydantic import create_model; extract('Bà Lan.', \
schema=create_model('Person', name=(str, ...)), prompt={PROMPT!r}, offline=True, options=Options(recordings=Path({str(recorded(tmp_path))!r})))"
    # The model made here has no docstring, so its schema differs from that of the recording: only what is loaded is looked at.
    loaded = loaded_after(
        f"try:\n    exec({code!r})\nexcept Exception as error:\n    assert type(error).__name__ == 'RecordingMissing', error"
    )
    assert "pydantic" in loaded
    assert not loaded & {"openai", "instructor", "aiohttp"}


def test_public_names_can_all_be_imported() -> None:
    """Every name that the package lists is there, and no other is made up."""
    assert all(getattr(antq_llm, name) is not None for name in antq_llm.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = antq_llm.no_such_name


def test_package_is_typed() -> None:
    """The package says that it carries types."""
    assert (Path(antq_llm.__file__).parent / "py.typed").is_file()
