"""No input raises an undocumented error, and the work is proportional to the input's length."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from antq_llm.articles.article import Article
from antq_llm.articles.chunking import split_text
from antq_llm.articles.decoding import decode
from antq_llm.articles.input_list import list_inputs
from antq_llm.articles.reading import read_article
from antq_llm.clients.openai.chat_completion import UnreadableReply, read_reply
from antq_llm.clients.pricing import PriceList
from antq_llm.clients.recordings import RecordedClient
from antq_llm.errors import ArticleError, ConfigurationError, PromptError, SchemaError
from antq_llm.evaluation.gold import read_gold
from antq_llm.evidence.alignment import Aligner
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.prompts.prompt_file import parse_prompt
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.schemas.registry import load_schema
from antq_llm.text.comparison_form import comparison_form
from antq_llm.validation.answer import parse_answer
from helpers.command_line import LAN, NAME_SCHEMA

SCHEMA = JsonSchema("named", NAME_SCHEMA)
PIECES = [
    *("Bà Lan", " ", "\n", "e\u0302\u0301", "ế", "\u00ad", "\u200b", "Ð", "…", "“", "”", "1.250"),
    *("95%", "12/7/2023", "ngày 30", "XXXX-07-24", "một nghìn", "[", "]", "{", "}", '"', "\\"),
    *("```", "<think>", "</think>", "{{article}}", "---", "\x00", "\ud800", "😀", "<p>", "<!--"),
    *("&#0;", "&amp;", "]]>", ":", ",", "null", "NaN", "1e999", "-", "name", "\u202e", "\ufeff"),
    *("\u2028", "a" * 50, "9" * 50),
]
KEYS = [
    *("type", "properties", "items", "$ref", "$defs", "enum", "anyOf", "title", "x-antq-role"),
    *("choices", "message", "content", "usage", "model", "completion", "asked", "digest"),
    *("format", "article", "id", "sha256", "name", "record", "error", "code", "tool_calls"),
    *("function", "arguments", "finish_reason"),
]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=40).map("".join)
ENCODABLE = TEXTS.map(lambda text: text.encode(errors="replace").decode())
BYTES = st.one_of(
    st.binary(max_size=300),
    ENCODABLE.map(str.encode),
    ENCODABLE.map(lambda text: text.encode("utf-16")),
    ENCODABLE.map(lambda text: text.encode("cp1258", errors="replace")),
)
JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), TEXTS, st.sampled_from(["object", 1])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(
                st.sampled_from(KEYS),
                st.text(max_size=5),
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=15,
)
DOCUMENTS = st.one_of(JSON.map(json.dumps).map(str.encode), BYTES)


@contextmanager
def file_with(content: bytes, name: str) -> Iterator[Path]:
    """Write a file that exists for the duration of the block."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        yield path


@given(BYTES)
@example(b"\xff\xfe")
@example(b"\xff\xfe\x00")
@example(b"\xef\xbb\xbf")
def test_decoding(content: bytes) -> None:
    """Any bytes raise an ArticleError or give a text that can be encoded."""
    with suppress(ArticleError):
        Article(decode(content, "x")).text.encode()


@given(BYTES, st.sampled_from([".txt", ".md", ".html", ".HTM"]))
def test_article_files(content: bytes, suffix: str) -> None:
    """Any file gives an article or raises an ArticleError."""
    with file_with(content, f"a{suffix}") as path, suppress(ArticleError):
        read_article(path).text.encode()


@given(st.lists(DOCUMENTS, max_size=5))
def test_json_lines(lines: list[bytes]) -> None:
    """Every non-blank line has a unique id and gives an article or raises an ArticleError."""
    with file_with(b"\n".join(lines), "a.jsonl") as path:
        try:
            inputs = list_inputs([str(path)])
        except ConfigurationError:  # Two lines with the same id.
            return
        for source in inputs:
            with suppress(ArticleError):
                source.read().id.encode()
        assert len({source.id for source in inputs}) == len(inputs)


@given(ENCODABLE)
def test_comparison_form(text: str) -> None:
    """Every character of the comparison form has a position in the text, in ascending order."""
    form = comparison_form(text)
    places = [form.positions.start_of(place) for place in range(len(form.letters))]
    assert len(form.letters) == len(form.tones)
    assert places == sorted(places)
    assert all(0 <= place < len(text) for place in places)


@given(ENCODABLE, ENCODABLE, st.integers(0, 100), st.integers(0, 100))
def test_quotes(text: str, quote: str, start: int, length: int) -> None:
    """Every match of a quote lies within the text, even if the quote is cut from the text."""
    aligner = Aligner(text)
    for words in (quote, text[start : start + length]):
        for found in aligner.find(words):
            assert 0 <= found.start < found.end <= len(text)


@given(ENCODABLE, st.sampled_from(["vi", "en", None]))
def test_mentions(text: str, language: Any) -> None:
    """Every mention lies within the text."""
    for mention in AnalyzedArticle(text, language).mentions:
        assert 0 <= mention.start <= mention.end <= len(text)


@given(ENCODABLE, st.integers(100, 300))
def test_chunks(text: str, size: int) -> None:
    """Each chunk fits the size and gives the right offsets, and the chunks cover the whole text."""
    covered = set[int]()
    for chunk in split_text(text, size):
        assert len(chunk.text) <= size
        for offset in range(chunk.head, len(chunk.text)):
            if (place := chunk.offset_in_text(offset)) >= chunk.start:
                assert text[place] == chunk.text[offset]
                covered.add(place)
    assert len(covered) == len(text)


FRONT = st.sampled_from(
    [b"", b"---\n", b"---\nname: p\nversion: 1\nschema: null\n---\n", b"---\nname: p\nversion: "]
)


@given(FRONT, BYTES, st.sampled_from([b"", b"\n---\n# user\n{{article}}\n", b"\n# system\n"]))
def test_prompt_files(front: bytes, middle: bytes, end: bytes) -> None:
    """Any prompt file gives a prompt or raises a PromptError."""
    with suppress(PromptError):
        assert parse_prompt(front + middle + end, Path("p.md")).messages


@given(DOCUMENTS)
@example(b'{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}')
@example(b'{"type": "object", "properties": {"a": {"$ref": "#"}}}')
@example(b'{"x-antq-role": [{"role": "printed"}]}')
def test_schema_files(content: bytes) -> None:
    """Any schema file gives a schema that reads answers or raises a SchemaError."""
    with file_with(content, "s.json") as path:
        try:
            schema = load_schema(path)
        except SchemaError:
            return
    assert schema.digest
    with suppress(InvalidAnswer):
        schema.read_json(LAN)


@given(DOCUMENTS)
def test_gold_files(content: bytes) -> None:
    """Any gold file gives a record or raises a ConfigurationError."""
    with file_with(content, "a.json") as path, suppress(ConfigurationError):
        assert list(read_gold(path.parent, SCHEMA)) == ["a"]


@given(DOCUMENTS)
def test_recording_files(content: bytes) -> None:
    """Any recording file gives a recording or raises a ConfigurationError."""
    with file_with(content, "a.json") as path, suppress(ConfigurationError):
        RecordedClient(path.parent).only_model()


@given(DOCUMENTS)
def test_replies(content: bytes) -> None:
    """Any response gives an error or a storable completion, or raises an UnreadableReply."""
    try:
        reply = read_reply(content)
    except UnreadableReply:
        return
    if not reply.error_body:
        reply.to_completion("m", "json", PriceList("http://x.org")).model_dump_json().encode()


@given(st.one_of(ENCODABLE, JSON.map(json.dumps)))
def test_answers(text: str) -> None:
    """Any answer gives a record or raises an InvalidAnswer."""
    with suppress(InvalidAnswer):
        assert parse_answer(text, SCHEMA).record.root["name"] is not None


def calls_of(work: Callable[[], object]) -> int:
    """Return the number of function calls during some work, including those of C functions."""
    calls = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        with suppress(ArticleError, InvalidAnswer, PromptError, UnreadableReply):
            work()
    finally:
        sys.setprofile(before)
    return calls


WORK: dict[str, Callable[[str], object]] = {
    "decoding": lambda text: decode(text.encode(), "x"),
    "comparison form": comparison_form,
    "chunks": lambda text: split_text(text, 1000),
    "mentions": lambda text: AnalyzedArticle(text, "vi").mentions,
    "answers": lambda text: parse_answer(text, SCHEMA),
    "replies": lambda text: read_reply(text.encode()),
}


@pytest.mark.parametrize("name", WORK)
@pytest.mark.parametrize(
    "piece",
    [
        "Bà Lan đến dự. ",
        "[",
        "{",
        '{"a":',
        '"',
        "<think>",
        "```json\n",
        "1.250 ",
        "e\u0301",
        "\u200b",
    ],
)
def test_work_grows_with_the_length(name: str, piece: str) -> None:
    """Doubling the length of a text multiplies the function calls by at most about 2.5."""
    size = 8000 // len(piece)
    calls_of(lambda: WORK[name](piece * 10))
    once = calls_of(lambda: WORK[name](piece * size))
    twice = calls_of(lambda: WORK[name](piece * size * 2))
    assert twice <= 2.5 * once + 2000
