"""The page of an evaluation."""

from __future__ import annotations

import copy

from lxml import html

from antq_llm.evaluation.evaluation import System
from antq_llm.evaluation.html_page import evaluation_page, mark
from helpers.evaluations import GOLD, SCHEMA, evaluation_of, without_people


def test_the_page_shows_errors_before_the_text() -> None:
    """The differences of an article come before its text and its lists."""
    page = evaluation_page(
        evaluation_of(System("bad", without_people(GOLD))),
        dict.fromkeys(GOLD, "văn bản"),
        SCHEMA.roles,
    )
    assert (
        page.index("<h3>Differences</h3>")
        < page.index("<h3>Text</h3>")
        < page.index("<h3>Gold</h3>")
    )


def test_markup_of_an_article_is_text_on_the_page() -> None:
    """Markup in an article or a value is shown, not run."""
    spoiled = copy.deepcopy(GOLD)
    next(iter(spoiled.values()))["headline"] = "<script>alert(1)</script>"
    page = evaluation_page(
        evaluation_of(System("x", spoiled)),
        dict.fromkeys(GOLD, "<img src=x onerror=alert(2)>"),
        SCHEMA.roles,
    )
    assert not html.fromstring(page).xpath("//script | //img")


def test_marked_stretches_make_up_the_text() -> None:
    """The stretches make up the article, each with the sides whose quotes cover it."""
    text = "Một hai ba bốn năm."
    stretches = mark(text, {"items": [{"quote": "hai ba"}]}, {"items": [{"quote": "ba bốn"}]})
    assert "".join(stretch.text for stretch in stretches) == text
    assert [(stretch.text, stretch.kind) for stretch in stretches] == [
        ("Một ", ""),
        ("hai ", "gold"),
        ("ba", "both"),
        (" bốn", "extracted"),
        (" năm.", ""),
    ]
