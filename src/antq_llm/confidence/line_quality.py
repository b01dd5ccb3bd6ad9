"""How good the confidence of the items in lines of ``records.jsonl`` is, by gold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from antq_llm.confidence.calibration import right_items
from antq_llm.confidence.item_rater import ItemRater
from antq_llm.confidence.ranking_quality import RankingQuality, RatedItem, ranking_quality
from antq_llm.schemas.base import Schema


def line_quality(
    lines: Iterable[Mapping[str, Any]],
    gold: Mapping[str, Any],
    texts: Mapping[str, str],
    schema: Schema[Any],
    rater: ItemRater,
) -> RankingQuality | None:
    """Return the figures of the lines' confidence, None if their items have no probabilities.

    They are those of the lines, else computed by ``rater`` from the articles' ``texts``.
    """
    items = [
        RatedItem(article, probability, is_right)
        for line in lines
        if (article := line["article_id"]) in gold
        for probability, is_right in _rated(line, gold[article], texts.get(article), schema, rater)
    ]
    return ranking_quality(items) if items else None


def _rated(
    line: Mapping[str, Any],
    gold: Any,
    text: str | None,
    schema: Schema[Any],
    rater: ItemRater,
) -> Iterator[tuple[float, bool]]:
    probabilities = {
        rated["pointer"]: rated.get("probability") for rated in line.get("confidence") or []
    }
    if None in {*probabilities.values()} or not probabilities:
        if text is None or not rater.has_model:
            return
        probabilities = {rated.pointer: rated.probability for rated in rater.confidence(line, text)}
    is_right = right_items(line["record"], gold, schema)
    for pointer, probability in probabilities.items():
        if probability is not None and pointer in is_right:
            yield float(probability), is_right[pointer]
