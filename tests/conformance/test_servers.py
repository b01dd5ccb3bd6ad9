"""The live client against a third-party OpenAI-compatible server.

The server's model may give nonsensical answers, so the tests only check that each exchange ends in
a valid record or a documented error, with its usage.
"""

from __future__ import annotations

from typing import Any, get_args

import pytest

from antq_llm.articles.article import Article
from antq_llm.clients.completion import Mode
from antq_llm.errors import CompletionError, ConfigurationError, ExtractionError
from antq_llm.records.result import Extraction, Failure
from helpers.conformance import ARTICLE, Server, Shop

STRICT = frozenset({"json_schema"})
"""Modes in which llama.cpp and llmock enforce the schema."""
CALLS_TOOLS = frozenset({"llmock"})
"""Names of the servers whose models call an offered tool."""
REFUSES_LONG_REQUESTS = frozenset({"llama.cpp"})


def outcome(server: Server, **options: Any) -> Extraction[Shop] | Exception:
    """Return the extraction, or the documented error if one is raised."""
    try:
        with server.extractor(**options) as extractor:
            return extractor.extract(ARTICLE)
    except (CompletionError, ExtractionError) as error:
        return error


@pytest.mark.parametrize("mode", get_args(Mode))
def test_every_mode_ends_in_a_record_or_a_documented_error(server: Server, mode: Mode) -> None:
    """Each mode gives a valid record, or an error that contains the answers and their usage."""
    found = outcome(server, mode=mode)
    must_work = mode in STRICT or (mode == "tools" and server.name in CALLS_TOOLS)
    if must_work:
        assert isinstance(found, Extraction), found
        assert isinstance(found.record, Shop)
    attempts = found.attempts  # type: ignore[union-attr] - both have attempts
    assert attempts or (isinstance(found, CompletionError) and found.kind == "rejected")
    assert all(attempt.usage.output_tokens is not None for attempt in attempts)


def test_the_default_mode_works(server: Server) -> None:
    """Without ``mode``, the strictest mode that the server accepts gives a record."""
    found = outcome(server)
    assert isinstance(found, Extraction), found
    assert found.attempts[-1].completion.mode == "json_schema"


def test_a_cut_answer_is_truncated(server: Server) -> None:
    """An answer cut off at the output limit raises a ``truncated`` error with its usage."""
    if server.name == "llmock":
        pytest.skip("llmock does not cut answers")
    found = outcome(server, max_output_tokens=3)
    assert isinstance(found, CompletionError), found
    assert (found.kind, len(found.attempts)) == ("truncated", 1)


def test_a_request_longer_than_the_context_is_rejected_once(server: Server) -> None:
    """A request longer than the context is rejected once and not repeated in other modes."""
    if server.name not in REFUSES_LONG_REQUESTS:
        pytest.skip(f"{server.name} takes requests of any length")
    with server.extractor() as extractor, pytest.raises(CompletionError) as raised:
        extractor.extract("The shop Aster sells flowers. " * 3000)
    assert raised.value.kind == "rejected"
    assert "context" in str(raised.value)


async def test_many_articles_at_once_are_all_answered(server: Server) -> None:
    """Each article gets a record, even if more are sent in parallel than the server has slots."""
    articles = [Article(f"{ARTICLE} Number {number}.", str(number)) for number in range(12)]
    async with server.extractor(concurrency=8) as extractor:
        outcomes = [found async for found in extractor.extract_many(articles)]
    ids = {
        found.article_id if isinstance(found, Failure) else found.article.id for found in outcomes
    }
    assert len(outcomes) == len(ids) == len(articles)
    assert not [found for found in outcomes if isinstance(found, Failure)]


def test_a_wrong_path_is_named(server: Server) -> None:
    """If the path of the base URL is wrong, the error says what to check."""
    wrong = Server(server.name, server.url.replace("/v1", "/wrong"))
    with wrong.extractor() as extractor, pytest.raises(ConfigurationError, match="--base-url"):
        extractor.extract(ARTICLE)
