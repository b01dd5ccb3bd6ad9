"""The figures, dates and times of the road accidents example, compared with its gold records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.date_check import DateReader
from antq_llm.schemas.edtf import Date
from helpers.paths import REPOSITORY

EXAMPLE = REPOSITORY / "examples" / "road_accidents"
GOLD = sorted((EXAMPLE / "gold").glob("*.json"))


def article_and_gold(path: Path) -> tuple[AnalyzedArticle, Any]:
    """Return the analyzed article for a gold file, and the record in the file."""
    text = (EXAMPLE / "articles" / f"{path.stem}.txt").read_text("utf-8")
    return AnalyzedArticle(text), json.loads(path.read_text("utf-8"))


def figures(gold: Any) -> Iterator[tuple[str, Any]]:
    """Yield each figure's quote with its value, total and comparator."""
    for item in (*gold["vehicles"], *gold["casualties"], *gold["figures"]):
        value = item["value"] if "value" in item else item["count"]
        if value is not None:
            yield item["quote"], (value, item.get("total"), item["comparator"])


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_articles_are_detected_as_english(path: Path) -> None:
    """Each article is detected as English."""
    analyzed, _ = article_and_gold(path)
    assert analyzed.language.code == "en"


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_figures_are_read_in_their_quotes(path: Path) -> None:
    """The value, total and comparator of each figure match a number in its quote."""
    analyzed, gold = article_and_gold(path)
    found = list(figures(gold))
    for quote, figure in found:
        start = analyzed.text.index(quote)
        read = {
            (number.value, number.total, number.comparator)
            for number in analyzed.numbers
            if start <= number.start and number.end <= start + len(quote)
        }
        assert figure in read, quote
    assert len(found) >= 5


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_dates_and_times_are_read(path: Path) -> None:
    """The article prints its stamp and settles the date and time of each accident."""
    analyzed, gold = article_and_gold(path)
    stamp = Date(gold["published"]["date"])
    reader = DateReader(
        analyzed.text, analyzed.dates, stamp, frozenset(), analyzed.language.sentence_end
    )
    times = [mention.value for mention in analyzed.mentions if mention.kind == "time"]
    assert reader.stamp_fault(stamp, "published") is None
    for accident in gold["accidents"]:
        assert reader.fault(accident["date"]) is None
        assert accident["time"] in times


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_all_counts_are_in_the_gold(path: Path) -> None:
    """Every number in the article, except durations, is a value or total in the gold record."""
    analyzed, gold = article_and_gold(path)
    stated = {number for _, figure in figures(gold) for number in figure[:2]}
    unstated = [
        number.text
        for number in analyzed.numbers
        if number.value not in stated
        and not analyzed.language.duration.match(analyzed.text, number.end)
    ]
    assert unstated == []
