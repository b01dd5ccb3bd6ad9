"""``extract``, ``aextract`` and ``extract_many``: results and errors."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from antq_llm import (
    Article,
    CompletionError,
    ConfigurationError,
    Extraction,
    ExtractionError,
    MovementReport,
    Options,
    PromptError,
    SchemaError,
    aextract,
    extract,
    extract_many,
)
from helpers.endpoint import Reply, error, scripted_endpoint
from helpers.extraction import LAN, MAX_SECONDS, PROMPT, articles, live_options
from helpers.refusing_port import refusing_base_url
from helpers.samples import ARTICLE, answer, person, report
from helpers.support import Person

REPORT = answer(report(people=[person()]))


@pytest.fixture(autouse=True)
def refusing_url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Set OPENAI_BASE_URL to a port that refuses connections, and yield the URL."""
    with refusing_base_url() as url:
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        yield url


def in_time(work: Callable[[], Any]) -> Any:
    """Run ``work`` in a thread and return its result; fail if it takes longer than MAX_SECONDS."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(work()), daemon=True)
    thread.start()
    thread.join(MAX_SECONDS)
    assert not thread.is_alive(), "the call is blocked"
    return results[0]


def test_extract_gives_the_checked_record() -> None:
    """Without a schema, a text gives a MovementReport with evidence, prompt, usage and attempts."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        result = extract(ARTICLE, model="m-1", options=live_options(endpoint))
    assert isinstance(result.record, MovementReport)
    assert [found.name for found in result.record.people] == ["Phạm Quốc Bình"]
    span = result.evidence[0]
    assert span.pointer == "/people/0"
    assert ARTICLE[span.start : span.end] == result.record.people[0].quote
    assert (result.model, result.prompt) == ("m-1", "movement_report@5")
    assert not result.replayed
    assert (result.usage.input_tokens, result.usage.output_tokens) == (100, 20)
    assert (result.usage.cached_tokens, result.cost_usd) == (None, None)
    assert [(attempt.completion.text, attempt.error) for attempt in result.attempts] == [
        (REPORT, None)
    ]


async def test_aextract_gives_the_same() -> None:
    """The asynchronous function returns the same record as the synchronous one."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        awaited = await aextract(ARTICLE, model="m-1", options=live_options(endpoint))
        plain = await asyncio.to_thread(
            extract, ARTICLE, model="m-1", options=live_options(endpoint)
        )
    assert awaited.as_line() == plain.as_line()


def test_extract_works_beside_a_running_loop() -> None:
    """``extract`` returns a result even inside a running event loop, as in a notebook."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:

        async def cell() -> Extraction[Person]:
            return extract(
                "Bà Lan.", schema=Person, prompt=PROMPT, model="m", options=live_options(endpoint)
            )

        result = in_time(lambda: asyncio.run(cell()))
    assert result.record.name == "Lan"


@pytest.mark.slow
def test_extract_works_from_several_threads() -> None:
    """Threads that call ``extract`` at the same time each get the record of their own text."""

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
                    text, schema=Person, prompt=PROMPT, model="m", options=live_options(endpoint)
                ),
                texts,
            )
        )
    assert [result.record.name for result in results] == [f"Lan-{number}" for number in range(16)]


def test_own_model_gives_its_own_type() -> None:
    """With a pydantic model, the record is of that type, and the prompt is the system message."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        result = extract(
            "Bà Lan.", schema=Person, prompt=PROMPT, model="m", options=live_options(endpoint)
        )
    assert isinstance(result.record, Person)
    assert (result.prompt, result.schema.reference) == ("inline", "Person")
    assert endpoint.bodies[0]["messages"][0] == {"role": "system", "content": PROMPT}


def test_own_model_without_a_prompt_uses_the_general_one() -> None:
    """Without a prompt, a user's own model is extracted with the general prompt."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        result = extract("Bà Lan.", schema=Person, model="m", options=live_options(endpoint))
    assert result.prompt == "general@1"


def test_json_schema_mapping_is_a_schema() -> None:
    """A JSON Schema given as a mapping leads to parsed JSON that satisfies it."""
    schema = {
        "title": "sizes",
        "type": "object",
        "properties": {"n": {"type": "integer", "minimum": 2}},
        "required": ["n"],
        "additionalProperties": False,
    }
    with scripted_endpoint([Reply('{"n": 1}'), Reply('{"n": 2}')]) as endpoint:
        result = extract(
            "Hai.", schema=schema, prompt="How many?", model="m", options=live_options(endpoint)
        )
    assert result.record.root == {"n": 2}
    assert [attempt.error is None for attempt in result.attempts] == [False, True]


def test_path_is_read(tmp_path: Path) -> None:
    """A path is read as a file: its stem is the id, and a byte-order mark is left out."""
    path = tmp_path / "bài 1.txt"
    path.write_bytes("\ufeffBà Lan.\r\n".encode())
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        result = extract(
            path, schema=Person, prompt=PROMPT, model="m", options=live_options(endpoint)
        )
    assert (result.article.id, result.article.source) == ("bài 1", str(path))
    assert result.article.text == "Bà Lan.\r\n"


def test_string_is_always_a_text(tmp_path: Path) -> None:
    """A string is the text itself, even if a file of that name exists."""
    path = tmp_path / "a.txt"
    path.write_text("Nội dung.", "utf-8")
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        result = extract(
            str(path), schema=Person, prompt=PROMPT, model="m", options=live_options(endpoint)
        )
    assert (result.article.text, result.article.source) == (str(path), None)


def test_article_keeps_its_id() -> None:
    """An Article keeps its id and source."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        result = extract(
            Article("Bà Lan.", id="db-7", source="db"),
            schema=Person,
            prompt=PROMPT,
            model="m",
            options=live_options(endpoint),
        )
    assert (result.as_line()["article_id"], result.as_line()["source"]) == ("db-7", "db")


def test_environment_names_endpoint_key_and_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """OPENAI_BASE_URL, OPENAI_API_KEY and ANTQ_LLM_MODEL are the defaults of a call."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "key-of-the-environment")
        monkeypatch.setenv("ANTQ_LLM_MODEL", "model-of-the-environment")
        result = extract("Bà Lan.", schema=Person, prompt=PROMPT)
    assert result.model == "model-of-the-environment"
    assert endpoint.bodies[0]["model"] == "model-of-the-environment"
    assert endpoint.headers[0]["authorization"] == "Bearer key-of-the-environment"


def test_call_goes_before_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The endpoint, key and model of a call take precedence over the environment."""
    monkeypatch.setenv("OPENAI_API_KEY", "other")
    monkeypatch.setenv("ANTQ_LLM_MODEL", "other")
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        result = extract(
            "Bà Lan.", schema=Person, prompt=PROMPT, model="mine", options=live_options(endpoint)
        )
    assert (result.model, endpoint.headers[0]["authorization"]) == ("mine", "Bearer key-x")


def test_no_key_names_the_ways_out() -> None:
    """Without a key, a ConfigurationError names the variable and --offline."""
    with pytest.raises(ConfigurationError, match=r"OPENAI_API_KEY.*--offline"):
        extract(ARTICLE, model="m")


def test_no_model_names_the_ways_out() -> None:
    """Without a model, a ConfigurationError names the option and the variable."""
    with pytest.raises(ConfigurationError, match=r"no model.*--model.*ANTQ_LLM_MODEL"):
        extract(ARTICLE, options=Options(api_key="x"))


def test_bad_url_is_refused_before_a_request() -> None:
    """A malformed base URL raises a ConfigurationError."""
    with pytest.raises(ConfigurationError, match=r"'localhost:8000' is not a base URL"):
        extract(ARTICLE, model="m", options=Options(api_key="x", base_url="localhost:8000"))


@pytest.mark.parametrize("reference", ["no_such_prompt", "movement_report@99"])
def test_unknown_prompt_names_the_known_ones(reference: str) -> None:
    """An unknown prompt reference raises a PromptError that lists the known ones."""
    with pytest.raises(PromptError, match=r"unknown prompt .*available: .*movement_report@3"):
        extract(ARTICLE, prompt=reference, model="m", options=Options(api_key="x"))


def test_missing_prompt_file_is_a_prompt_error(tmp_path: Path) -> None:
    """A path to a missing prompt raises a PromptError that shows the path."""
    with pytest.raises(PromptError, match=r"mine\.md"):
        extract(ARTICLE, prompt=tmp_path / "mine.md", model="m", options=Options(api_key="x"))


def test_prompt_of_another_schema_is_refused() -> None:
    """A prompt for another schema is refused."""
    with pytest.raises(
        PromptError,
        match=r"prompt movement_report@5 is for schema movement_report/1, not Person",
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
    """An unusable schema of any form raises a SchemaError."""
    with pytest.raises(SchemaError):
        extract(ARTICLE, schema=schema, prompt=PROMPT, model="m", options=Options(api_key="x"))


def test_invalid_answers_are_among_the_attempts() -> None:
    """If no answer is valid, the error contains every completion with its fault."""
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
            options=live_options(endpoint, max_attempts=3),
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
def test_an_answer_that_a_re_ask_would_not_mend_is_not_re_asked(reply: Reply, kind: str) -> None:
    """A truncated, filtered or refused answer raises a CompletionError after one request."""
    with (
        scripted_endpoint([reply, Reply(LAN)]) as endpoint,
        pytest.raises(CompletionError) as caught,
    ):
        extract("Bà Lan.", schema=Person, prompt=PROMPT, model="m", options=live_options(endpoint))
    assert caught.value.kind == kind
    assert (len(endpoint.bodies), len(caught.value.attempts)) == (1, 1)


async def test_extract_many_function_reaches_the_endpoint() -> None:
    """``extract_many`` yields a Failure for a refused article, but raises an error for a 404."""

    def reply(body: dict[str, Any]) -> Reply:
        return (
            Reply(None, refusal="No.") if "số 1" in body["messages"][-1]["content"] else Reply(LAN)
        )

    with scripted_endpoint(reply) as endpoint:
        found = [
            outcome
            async for outcome in extract_many(
                articles(3), schema=Person, prompt=PROMPT, model="m", options=live_options(endpoint)
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
                articles(3), schema=Person, prompt=PROMPT, model="m", options=live_options(endpoint)
            )
        ]
