"""Runs with text that UTF-8 cannot encode, in names, options or messages from servers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antq_llm.cli.main import main
from helpers.batch_service import batch_service
from helpers.command_line import LAN, NAME_SCHEMA, lines_of, results
from helpers.endpoint import Reply, error, scripted_endpoint

HALF = "x \ud800"
PAGE = "<html><body><article><p>Bà Lan đến dự hội nghị tổng kết phong trào.</p></article></html>"

Call = Callable[..., int]


def name_of(raw: bytes) -> str:
    """Return the string by which Python represents a file name that is not UTF-8."""
    return os.fsdecode(raw)


def reply_with_half_a_pair(status: int) -> Reply:
    """Return an error reply whose message contains half a surrogate pair as an escape."""
    return Reply(status=status, body=json.dumps({"error": {"message": HALF, "code": HALF}}))


@pytest.fixture
def extract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Return a function that extracts names from five articles and returns the exit status."""
    monkeypatch.setenv("OPENAI_API_KEY", "key-x")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for number in range(5):
        (tmp_path / "in" / f"a{number}.txt").write_text(f"Bà Lan đến dự. Bài {number}.", "utf-8")
    (tmp_path / "schema.json").write_text(json.dumps(NAME_SCHEMA))

    def call(base_url: str, *options: str, source: str = "in", schema: str = "schema.json") -> int:
        words = ["extract", source, "--schema", schema, "--base-url", base_url]
        return main([*words, "--out", "out", *(options or ("--model", "m"))])

    return call


@pytest.mark.parametrize("status", [400, 404, 418, 422])
def test_a_server_message_ends_no_run(extract: Call, status: int) -> None:
    """If a refusal has an unencodable message, only its article fails, with the message."""

    def reply(body: dict[str, Any]) -> Reply:
        is_third = "Bài 2." in body["messages"][-1]["content"]
        return reply_with_half_a_pair(status) if is_third else Reply(LAN)

    with scripted_endpoint(reply) as endpoint:
        assert extract(endpoint.base_url, "--model", "m", "--concurrency", "1") == 1
    assert results(Path("out")) == (["a0", "a1", "a3", "a4"], ["a2"])
    (failure,) = lines_of(Path("out/failures.jsonl"))
    assert "x \\ud800" in failure["error"]["message"]


def test_the_message_of_a_refused_key_is_shown(
    extract: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    """A key refused with an unencodable message is a usage error, and every article fails."""
    with scripted_endpoint([reply_with_half_a_pair(401)]) as endpoint:
        assert extract(endpoint.base_url) == 2
    assert "\\ud800" in capsys.readouterr().err
    assert len(lines_of(Path("out/failures.jsonl"))) == 5


def test_a_batch_message_ends_no_run(extract: Call) -> None:
    """If batch requests are refused with an unencodable message, each article gets a failure."""
    refused = error(422, HALF, code="content_filter")
    with batch_service(lambda _: Reply(LAN), fail=lambda *_: refused) as service:
        assert extract(service.base_url, "--model", "m", "--batch") == 1
    assert len(lines_of(Path("out/failures.jsonl"))) == 5


@pytest.mark.parametrize(
    ("raw", "content", "is_record"),
    [
        (b"b\xe0i.txt", "Bà Lan.", True),
        (b"b\xe0i.html", PAGE, True),
        (b"\xff" * 200 + b".html", PAGE, True),
        (b"b\xe0i.txt", "", False),
        (b"b\xe0i.html", "<html></html>", False),
        (b"b\xe0i.jsonl", '{"text": "Bà Lan."}\n', True),
        (b"b\xe0i.jsonl", '{"id": "\\udcff", "text": "Bà Lan."}\n', True),
    ],
)
def test_a_file_name_that_is_not_utf_8(
    extract: Call, raw: bytes, content: str, is_record: bool
) -> None:
    """An article whose file name or id cannot be encoded has a line with an escaped id."""
    Path("in", name_of(raw)).write_text(content, "utf-8")
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        assert extract(endpoint.base_url) == (0 if is_record else 1)
    records, failures = results(Path("out"))
    assert (len(records), len(failures)) == ((6, 0) if is_record else (5, 1))
    assert sum("\\" in article_id for article_id in records + failures) == 1


def test_names_of_folders_prompts_and_schemas(extract: Call) -> None:
    """The folder of articles, the prompt and the schema may have unencodable names."""
    folder, prompt, schema = (name_of(raw) for raw in (b"v\xe0o", b"nh\xe0n.md", b"t\xean.json"))
    Path("in").rename(folder)
    Path("schema.json").rename(schema)
    Path(prompt).write_text("Tìm tên.", "utf-8")
    options = ("--model", "m", "--prompt", prompt, "--record", "recorded")
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        assert extract(endpoint.base_url, *options, source=folder, schema=schema) == 0
    line = lines_of(Path("out/records.jsonl"))[0]
    assert (line["prompt"], line["schema"]) == ("nh\\udce0n", "t\\udcean")
    assert json.loads(Path("out/run.json").read_text("utf-8"))["settings"]["inputs"]


@pytest.mark.parametrize(
    "options",
    [
        ("--model", HALF),
        ("--model", "m", "--escalate", HALF),
        ("--model", "m", "--prompt", HALF),
        ("--model", "m", "--base-url", f"http://127.0.0.1/{HALF}"),
    ],
    ids=["model", "escalate", "prompt", "base URL"],
)
def test_an_option_that_cannot_be_sent_is_a_wrong_call(
    extract: Call, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """A model, prompt or address that cannot be encoded is refused before anything is sent."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        assert extract(endpoint.base_url, *options) == 2
    assert endpoint.bodies == []
    assert "Unicode" not in capsys.readouterr().err


def test_a_key_that_cannot_be_sent_is_a_wrong_call(
    extract: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that cannot be encoded is refused before anything is sent."""
    monkeypatch.setenv("OPENAI_API_KEY", "key-\udcff")
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        assert extract(endpoint.base_url) == 2
    assert endpoint.bodies == []
