"""The hooks of a user's schema, tested with a toy schema wherever they are called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from antq_llm import ConfigurationError, Extraction, Extractor, Options, SchemaError, ScriptedClient
from antq_llm.articles.article import Article
from antq_llm.duplicates.record_transfer import ComparedArticle, compare_articles, transfer_record
from antq_llm.evaluation.systems import SystemSources
from antq_llm.extraction.baseline import RulesExtractor, extract_by_rules
from antq_llm.schemas.hooks import Hooks
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.registry import schema_from
from helpers.road_accidents import SCHEMA as NO_HOOKS
from helpers.toy import Fair, fair, stall

ARTICLE = """The Daily Post

The fair in Oldham opened with 40 fruit stalls. Another 25 flower stalls were added.
"""
OTHER_SOURCE = ARTICLE.replace("The Daily Post", "Oldham Courier")
SCHEMA = schema_from(Fair)
FRUIT = stall(40, "40 fruit stalls", "fruit")
FLOWERS = stall(25, "25 flower stalls", "flower")
RECORD = fair(source="The Daily Post", stalls={"row": [FRUIT, FLOWERS]})
SHORT = {**RECORD, "stalls": {"row": [FRUIT]}}


async def looked(*answers: Any) -> tuple[Extraction[Any], ScriptedClient]:
    """Extract the article with the follow-up question, and return the result and the client."""
    client = ScriptedClient([json.dumps(answer) for answer in answers])
    options = Options(second_look=True)
    return await Extractor(Fair, client=client, model="m", options=options).aextract(
        ARTICLE
    ), client


async def test_the_follow_up_question_is_the_schemas() -> None:
    """The schema's question about figures that no item has is asked, and the items are added."""
    result, client = await looked(SHORT, {"stalls": [FLOWERS]})
    assert SCHEMA.dump(result.record) == RECORD
    assert client.requests[1].messages[-1].content == "Which stalls? 25"
    assert client.requests[1].schema.reference == "overlooked_stalls"


async def test_the_follow_up_question_is_not_asked_without_need() -> None:
    """If an answer has every figure, no follow-up question is asked."""
    _, client = await looked(RECORD)
    assert len(client.requests) == 1


def test_the_baseline_is_the_schemas() -> None:
    """The rules of the schema give the record without a request."""
    result = extract_by_rules(Article(ARTICLE, "a"), SCHEMA)
    assert SCHEMA.dump(result.record) == RECORD
    assert result.model == "rules"


def test_what_the_baseline_did_not_read_is_warned_of() -> None:
    """If the rules read a text only in part, a warning gives the number of unread characters."""
    text = f"{ARTICLE}{'x' * 6000}"
    result = extract_by_rules(Article(text, "a"), SCHEMA)
    messages = [warning.message for warning in result.warnings if warning.kind == "baseline"]
    rest = len(text) - 5000
    assert messages[1] == (
        f"the last {rest} of {len(text)} characters were not read: "
        "the rules read only the first 5000"
    )


def test_a_schema_without_rules_has_no_baseline() -> None:
    """For a schema without rules, the baseline is refused before anything is read."""
    words = "road_accidents:RoadAccidentReport has no rules for extraction"
    with pytest.raises(ConfigurationError, match=words):
        RulesExtractor(NO_HOOKS, Options())
    with pytest.raises(ConfigurationError, match=words):
        SystemSources(NO_HOOKS, Options(), baseline="rules")


def test_a_copy_of_another_source_has_its_masthead() -> None:
    """A copy that differs only in its masthead gets the record with its own source."""
    pair = compare_articles(
        ComparedArticle(Article(ARTICLE, "a"), SCHEMA.hooks),
        ComparedArticle(Article(OTHER_SOURCE, "b"), SCHEMA.hooks),
    )
    assert pair is not None
    transferred = transfer_record(extract_by_rules(Article(ARTICLE, "a"), SCHEMA), pair, 0.9)
    assert transferred is not None
    assert SCHEMA.dump(transferred.record) == {**RECORD, "source": "Oldham Courier"}


def test_a_copy_of_another_source_needs_the_hook() -> None:
    """Without the hook, an article with another masthead is not a copy."""
    earlier, later = (
        ComparedArticle(Article(text, "a"), Hooks()) for text in (ARTICLE, OTHER_SOURCE)
    )
    assert compare_articles(earlier, later) is None


def test_hooks_that_cannot_be_imported_are_named(tmp_path: Path) -> None:
    """A missing hooks module raises a SchemaError that names it."""

    class Lost(Fair):
        HOOKS = "no_such_module"

    with pytest.raises(SchemaError, match="the hooks module no_such_module cannot be imported"):
        extract_by_rules(Article(ARTICLE, "a"), PydanticSchema(Lost))
