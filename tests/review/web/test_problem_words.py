"""Problem descriptions in the language of the page."""

from __future__ import annotations

from typing import Any

import pytest

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.pages.strings import words_in
from antq_llm.review.faults import Problem, examine
from antq_llm.review.web.problem_words import worded
from antq_llm.schemas.registry import schema_from
from helpers.reviewing import RECORD, SCHEMA, TEXT

SCHEMA_READ = schema_from(SCHEMA)
PERSON, FIGURE = RECORD["people"][0], RECORD["figures"][0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": None}, "cần có giá trị"),
        ({"kind": "walk"}, 'hãy chọn một trong: ["visit","other"]'),
        ({"people": [{**PERSON, "quote": "Anna Meadow"}]}, "bài không có đoạn này"),
        ({"people": [{**PERSON, "speaks_of": "Eve"}]}, "không có mục nào"),
        ({"people": [{**PERSON, "name": "Eve Stone"}]}, "bài không in"),
        ({"figures": [FIGURE]}, "trích dẫn ghi 1,200"),
        ({"published": {"date": "2024-03-05", "quote": "4 March 2024"}}, "bài không có ngày này"),
    ],
)
def test_problems_of_the_checks_have_vietnamese_words(change: dict[str, Any], said: str) -> None:
    """Problems found by the schema, the quote check and the rules are described in Vietnamese."""
    record = {**RECORD, "figures": [{**FIGURE, "value": 1200}], **change}
    problems = examine(record, SCHEMA_READ, AnalyzedArticle(TEXT)).problems
    texts = [worded(problem, words_in("review", "vi")) for problem in problems]
    assert any(text.startswith(said) for text in texts), (texts, problems)


def test_other_messages_are_shown_as_they_are() -> None:
    """Messages of a user's own rules are shown unchanged, even with braces."""
    problem = Problem("fault", "/a", "{a} must be {b}", "1")
    assert worded(problem, words_in("review", "vi")) == "{a} must be {b}"
