"""The faults that keep a record from being accepted in a review."""

from __future__ import annotations

import json

import pytest

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.review.faults import examine
from antq_llm.schemas.registry import schema_from
from helpers.paths import REPOSITORY
from helpers.reviewing import RECORD, SCHEMA, TEXT

SCHEMA_READ = schema_from(SCHEMA)
ARTICLE = AnalyzedArticle(TEXT)
PERSON = RECORD["people"][0]


def test_objections_do_not_keep_a_record_from_being_gold() -> None:
    """A figure that the quote contradicts is only an objection, so the record can be accepted."""
    examined = examine(RECORD, SCHEMA_READ, ARTICLE)
    assert [(one.severity, one.pointer) for one in examined.problems] == [
        ("objection", "/figures/0/value")
    ]
    assert examined.faults == []


def test_quotes_get_the_articles_characters() -> None:
    """A quote with other spacing gets the article's characters, and an absent quote is a fault."""
    other = {**PERSON, "quote": "Mayor  Anna Fields opened"}
    examined = examine({**RECORD, "people": [other]}, SCHEMA_READ, ARTICLE)
    assert examined.data["people"][0]["quote"] == "Mayor Anna Fields opened"
    assert examined.spans["/people/0"] == (0, 24)
    missing = {**PERSON, "quote": "Anna Fields sang a song in the garden"}
    faults = examine({**RECORD, "people": [missing]}, SCHEMA_READ, ARTICLE).faults
    assert [fault.pointer for fault in faults] == ["/people/0/quote"]


def test_only_new_faults_are_in_the_way() -> None:
    """A fault that already existed is not new, even if its item has moved."""
    broken = {**PERSON, "quote": "not in the article at all"}
    before = examine({**RECORD, "people": [PERSON, broken]}, SCHEMA_READ, ARTICLE)
    after = examine({**RECORD, "people": [broken]}, SCHEMA_READ, ARTICLE)
    assert after.new_faults(before) == []
    both = examine({**RECORD, "people": [broken, broken]}, SCHEMA_READ, ARTICLE)
    assert len(both.new_faults(after)) == 1


def test_without_the_text_only_schema_and_references_are_checked() -> None:
    """A dangling reference is a fault with or without the article's text."""
    record = {**RECORD, "people": [{**PERSON, "speaks_of": "Eve"}]}
    for article in (ARTICLE, None):
        faults = examine(record, SCHEMA_READ, article).faults
        assert [fault.pointer for fault in faults] == ["/people/0"]


@pytest.mark.parametrize("number", range(5))
def test_the_packaged_gold_has_no_faults(number: int) -> None:
    """The packaged gold records have no faults and are left unchanged."""
    path = sorted((REPOSITORY / "gold/movement_report").glob("*.json"))[number]
    text = (REPOSITORY / f"seeds/{path.stem}.txt").read_bytes().decode()
    record = json.loads(path.read_text("utf-8"))
    examined = examine(record, schema_from("movement_report/1"), AnalyzedArticle(text))
    assert examined.faults == []
    assert examined.data == record
