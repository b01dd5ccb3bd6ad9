"""The live client with recorded HTTP exchanges, which its requests must match exactly.

No server runs, except while a test is recorded. To record again, remove the folder
``cassettes/test_cassettes`` and run ``pytest tests/scenarios/test_cassettes.py
--record-mode=once``.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, ConfigDict
from vcr.cassette import Cassette
from vcr.errors import CannotOverwriteExistingCassetteException
from vcr.request import Request as RecordedRequest

from antq_llm import CompletionError, Extraction, Extractor, Options, aextract, extract
from helpers import readable_yaml
from helpers.endpoint import Reply, error, scripted_endpoint
from helpers.support import Waits, client_at

PORT = 18437
BASE_URL = f"http://127.0.0.1:{PORT}/v1"
OPTIONS = Options(base_url=BASE_URL, api_key="sk-secret")
CASSETTES = Path(__file__).parent / "cassettes" / "test_cassettes"

ARTICLE = (
    "Sáng 30/9, Thiếu tá Phạm Quốc Bình, Trưởng Công an xã Tân Lâm, "
    "dự lễ ra mắt mô hình “Cổng trường bình yên”.\n"
)
PROMPT = "Tìm người được nêu tên trong văn bản, kèm một đoạn trích nguyên văn."
GOOD = json.dumps(
    {"name": "Phạm Quốc Bình", "quote": "Thiếu tá Phạm Quốc Bình"}, ensure_ascii=False
)
BAD = json.dumps(
    {"name": "Phạm Quốc Bình", "quote": "Đại tướng Nguyễn Thị Không Hề Có"}, ensure_ascii=False
)


class Guest(BaseModel):
    """Một người được nêu tên."""

    model_config = ConfigDict(extra="forbid")

    name: str
    quote: str


PRIVATE = {
    "Set-Cookie": "__cf_bm=secret; path=/",
    "openai-organization": "org-secret",
    "openai-project": "proj-secret",
    "x-request-id": "req-secret",
}


def hosted(text: str, **fields: Any) -> Reply:
    """Return a reply like that of a hosted endpoint: compressed, with private headers."""
    return Reply(text, headers=PRIVATE, compressed=True, **fields)


SCRIPTS = {
    "good_answer": [hosted(GOOD)],
    "reask": [hosted(BAD), hosted(GOOD)],
    "rate_limit": [
        error(429, "Rate limit reached", "rate_limit_exceeded", Retry_After="0"),
        hosted(GOOD),
    ],
    "truncated_answer": [hosted(GOOD[:30], finish_reason="length")],
}
KEPT_HEADERS = frozenset({"content-type", "retry-after", "retry-after-ms"})
"""The response headers to keep. Cookies, ids and headers that change daily are removed."""


def without_private_headers(response: dict[str, Any]) -> dict[str, Any]:
    """Return a response with only the headers that the client reads."""
    return {
        **response,
        "headers": {
            name: value
            for name, value in response["headers"].items()
            if name.lower() in KEPT_HEADERS
        },
    }


def without_machine_headers(request: RecordedRequest) -> RecordedRequest:
    """Return a request without the headers that describe the machine and the package versions."""
    kept = copy.copy(request)
    kept.headers = {
        name: value
        for name, value in request.headers.items()
        if not name.lower().startswith(("x-stainless-", "user-agent"))
    }
    return kept


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    """Return VCR settings that match requests by body and record no private headers."""
    return {
        "match_on": ["method", "path", "body"],
        "filter_headers": ["authorization", "cookie", "openai-organization", "openai-project"],
        "before_record_request": without_machine_headers,
        "before_record_response": without_private_headers,
        "decode_compressed_response": True,
    }


@pytest.fixture(autouse=True)
def recording_endpoint(request: pytest.FixtureRequest, record_mode: str) -> Iterator[None]:
    """Serve the scripted replies of a test while its cassette is being recorded."""
    script = request.node.name.removeprefix("test_").rsplit("_", 1)[0]
    with (
        scripted_endpoint(SCRIPTS[script], PORT)
        if record_mode != "none" and script in SCRIPTS
        else nullcontext()
    ):
        yield


def now(text: str = ARTICLE) -> Extraction[Guest]:
    """Return the extraction that ``extract`` makes from a text."""
    return extract(text, schema=Guest, prompt=PROMPT, model="recorded-1", options=OPTIONS)


async def awaited(text: str = ARTICLE) -> Extraction[Guest]:
    """Return the extraction that ``aextract`` makes from a text."""
    return await aextract(text, schema=Guest, prompt=PROMPT, model="recorded-1", options=OPTIONS)


def played(cassette: Cassette, times: int) -> bool:
    """Return whether a cassette answered or recorded exactly ``times`` requests."""
    return len(cassette.requests) == times and (cassette.dirty or cassette.play_count == times)


def check_good_answer(result: Extraction[Guest], cassette: Cassette) -> None:
    """Check that an extraction matches the recorded good answer."""
    (evidence,) = result.evidence
    assert (result.record.name, ARTICLE[evidence.start : evidence.end]) == (
        "Phạm Quốc Bình",
        "Thiếu tá Phạm Quốc Bình",
    )
    assert len(result.attempts) == 1
    assert result.usage.input_tokens == 100
    assert result.usage.output_tokens == 20
    assert played(cassette, 1)


def check_reask(result: Extraction[Guest], cassette: Cassette) -> None:
    """Check that an extraction matches the recorded bad answer and the good one after it."""
    assert [attempt.completion.text for attempt in result.attempts] == [BAD, GOOD]
    assert "does not stand in the article" in (result.attempts[0].error or "")
    assert (result.record.quote, result.usage.input_tokens) == ("Thiếu tá Phạm Quốc Bình", 200)
    assert played(cassette, 2)


def check_rate_limit(result: Extraction[Guest], cassette: Cassette) -> None:
    """Check that an extraction matches the answer recorded after a 429."""
    assert result.record.name == "Phạm Quốc Bình"
    assert len(result.attempts) == 1
    assert result.usage.input_tokens == 100
    assert [response["status"]["code"] for response in cassette.responses] == [429, 200]
    assert played(cassette, 2)


def check_truncated_answer(caught: CompletionError, cassette: Cassette) -> None:
    """Check that an error matches the recorded truncated answer."""
    assert (caught.kind, [attempt.completion.text for attempt in caught.attempts]) == (
        "truncated",
        [GOOD[:30]],
    )
    assert played(cassette, 1)


@pytest.mark.vcr
def test_good_answer_sync(vcr: Cassette) -> None:
    """``extract`` reads a recorded good answer into a record with evidence and usage."""
    check_good_answer(now(), vcr)


@pytest.mark.vcr
async def test_good_answer_async(vcr: Cassette) -> None:
    """``aextract`` reads a recorded good answer into a record with evidence and usage."""
    check_good_answer(await awaited(), vcr)


@pytest.mark.vcr
def test_reask_sync(vcr: Cassette) -> None:
    """``extract`` asks again, in the recorded words, about a quote that is not in the article."""
    check_reask(now(), vcr)


@pytest.mark.vcr
async def test_reask_async(vcr: Cassette) -> None:
    """``aextract`` asks again, in the recorded words, about a quote that is not in the article."""
    check_reask(await awaited(), vcr)


@pytest.mark.vcr
def test_rate_limit_sync(vcr: Cassette) -> None:
    """``extract`` sends the same body again after a recorded 429, without using an attempt."""
    check_rate_limit(now(), vcr)


@pytest.mark.vcr
async def test_rate_limit_async(vcr: Cassette) -> None:
    """``aextract`` sends the same body again after a recorded 429, without using an attempt."""
    check_rate_limit(await awaited(), vcr)


@pytest.mark.vcr
def test_truncated_answer_sync(vcr: Cassette) -> None:
    """``extract`` raises a CompletionError for a recorded truncated answer, without a re-ask."""
    with pytest.raises(CompletionError) as caught:
        now()
    check_truncated_answer(caught.value, vcr)


@pytest.mark.vcr
async def test_truncated_answer_async(vcr: Cassette) -> None:
    """``aextract`` raises a CompletionError for a recorded truncated answer, without a re-ask."""
    with pytest.raises(CompletionError) as caught:
        await awaited()
    check_truncated_answer(caught.value, vcr)


# The cassettes themselves.

CHANGES = {
    "text": {"text": ARTICLE.replace("30/9", "30/8")},
    "prompt": {"prompt": PROMPT + "."},
    "model": {"model": "recorded-2"},
    "temperature": {"temperature": 0.5},
}


@pytest.mark.vcr(record_mode="none")
@pytest.mark.default_cassette("test_good_answer_async")
@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
async def test_changed_body_is_an_error_and_not_retried(
    vcr: Cassette, changed: dict[str, Any]
) -> None:
    """A request that differs from the recorded one fails at once and is not retried."""
    settings: dict[str, Any] = {
        "text": ARTICLE,
        "prompt": PROMPT,
        "model": "recorded-1",
        "temperature": None,
        **changed,
    }
    waits = Waits()
    async with client_at(BASE_URL, waits=waits) as client:
        extractor = Extractor(
            Guest,
            settings["prompt"],
            model=settings["model"],
            client=client,
            options=Options(temperature=settings["temperature"]),
        )
        with pytest.raises(CompletionError) as caught:
            await extractor.aextract(settings["text"])
    assert waits.seconds == []
    assert vcr.play_count == 0
    assert isinstance(root_cause(caught.value), CannotOverwriteExistingCassetteException)


@pytest.mark.vcr(record_mode="none")
@pytest.mark.default_cassette("test_good_answer_async")
async def test_unchanged_body_is_answered_from_the_same_cassette(vcr: Cassette) -> None:
    """The unchanged request is answered from the cassette."""
    async with client_at(BASE_URL) as client:
        result = await Extractor(Guest, PROMPT, model="recorded-1", client=client).aextract(ARTICLE)
    check_good_answer(result, vcr)


def root_cause(error: BaseException) -> BaseException:
    """Return the innermost cause of an error."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


NAMES = sorted(f"test_{script}_{way}" for script in SCRIPTS for way in ("sync", "async"))


def text_of(name: str) -> str:
    """Return the text of a cassette."""
    return (CASSETTES / f"{name}.yaml").read_text("utf-8")


def test_every_case_has_its_cassettes() -> None:
    """Each case has one cassette for ``extract`` and one for ``aextract``; there are no others."""
    assert sorted(path.stem for path in CASSETTES.iterdir()) == NAMES


@pytest.mark.parametrize("script", SCRIPTS)
def test_plain_and_awaited_send_the_same(script: str) -> None:
    """``extract`` and ``aextract`` send the same bodies in the same order."""
    of_extract, of_aextract = (
        [
            interaction["request"]["body"]
            for interaction in yaml.safe_load(text_of(f"test_{script}_{way}"))["interactions"]
        ]
        for way in ("sync", "async")
    )
    assert of_extract == of_aextract


@pytest.mark.parametrize("name", NAMES)
def test_cassettes_hold_nothing_private(name: str) -> None:
    """No cassette contains a key, cookie, organisation, request id or machine description."""
    text = text_of(name).lower()
    assert "secret" not in text
    assert not [
        word
        for word in (
            "authorization",
            "bearer",
            "cookie",
            "openai-",
            "x-request-id",
            "user-agent",
            "x-stainless",
        )
        if word in text
    ]


@pytest.mark.parametrize("name", NAMES)
def test_cassettes_can_be_read(name: str) -> None:
    """Cassettes contain unescaped Vietnamese and store bodies as literal blocks."""
    text = text_of(name)
    assert "Trưởng Công an xã Tân Lâm, dự lễ ra mắt" in text
    assert "body: |" in text
    assert "string: |" in text
    assert "\\u1" not in text
    assert "!!binary" not in text


def test_scrubbing_leaves_what_the_client_reads() -> None:
    """Scrubbing ignores case, keeps the headers that the client reads and removes all others."""
    headers = {
        **{name: [value] for name, value in PRIVATE.items()},
        "OpenAI-Organization": ["org-secret"],
        "Content-Type": ["application/json"],
        "Retry-After": ["2"],
    }
    left = without_private_headers(
        {"status": {"code": 429}, "headers": headers, "body": {"string": b""}}
    )
    assert left == {
        "status": {"code": 429},
        "headers": {"Content-Type": ["application/json"], "Retry-After": ["2"]},
        "body": {"string": b""},
    }


def test_serializer_keeps_the_content() -> None:
    """JSON bodies are read back with the same quotation marks, line breaks and unusual spaces."""
    body = json.dumps({"content": 'Bà Lan nói:\n "vâng"\t\u00a0\r\n  và 😀'})
    interaction = {
        "request": {"method": "POST", "body": body},
        "response": {"body": {"string": body}},
    }
    written = readable_yaml.serialize({"version": 1, "interactions": [interaction]})
    (back,) = readable_yaml.deserialize(written)["interactions"]
    assert json.loads(back["request"]["body"]) == json.loads(body)
    assert json.loads(back["response"]["body"]["string"]) == json.loads(body)
    assert "Bà Lan nói" in written


def test_serializer_leaves_other_bodies_alone() -> None:
    """A body that is not JSON, or missing, is written unchanged."""
    interaction = {
        "request": {"method": "GET", "body": None},
        "response": {"body": {"string": "<html>\n</html>"}},
    }
    written = readable_yaml.serialize({"version": 1, "interactions": [interaction]})
    (back,) = readable_yaml.deserialize(written)["interactions"]
    assert (back["request"]["body"], back["response"]["body"]["string"]) == (
        None,
        "<html>\n</html>",
    )
