"""The HTML page of an evaluation."""

from __future__ import annotations

import copy

from lxml import html

from antq_llm.evaluation.evaluation import System, evaluate
from antq_llm.evaluation.html_page import evaluation_page, mark
from antq_llm.scoring.record_score import profile_for
from helpers import road_accidents
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
    """Markup in an article or a value is shown as text and not executed."""
    spoiled = copy.deepcopy(GOLD)
    next(iter(spoiled.values()))["headline"] = "<script>alert(1)</script>"
    page = evaluation_page(
        evaluation_of(System("x", spoiled)),
        dict.fromkeys(GOLD, "<img src=x onerror=alert(2)>"),
        SCHEMA.roles,
    )
    assert not html.fromstring(page).xpath("//script | //img")


def test_marked_stretches_make_up_the_text() -> None:
    """The stretches make up the article, each marked with the records whose quotes cover it."""
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


def test_the_page_of_another_schema_has_its_items_and_titles() -> None:
    """The page for another schema shows its titles, items and differences."""
    gold, schema = road_accidents.GOLD, road_accidents.SCHEMA
    spoiled = {name: {**record, "people": []} for name, record in gold.items()}
    evaluation = evaluate([System("x", spoiled)], gold, profile_for(schema))
    text = evaluation_page(evaluation, road_accidents.ARTICLES, schema.roles)
    page = html.fromstring(text)
    titles = [title.text for title in page.xpath("//body/details/summary/span")]
    assert titles == [gold[name]["headline"] for name in sorted(gold)]
    assert "<li>name: Lena Brandt · part: official</li>" in text
    cells = page.xpath("//tr[td/span[@class='kind missed']]/td[3]")
    assert any(cell.text.startswith("name: ") for cell in cells)
