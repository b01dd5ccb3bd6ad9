"""The quality of the items' confidence in ``records.jsonl``, measured against gold."""

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
    *,
    anew: bool = False,
) -> RankingQuality | None:
    """Return the quality of the lines' confidence, or None if no item has a probability.

    If all items of a line have a probability, these are used. Otherwise, or with ``anew``,
    ``rater`` computes the probabilities from the line and the article's text.
    """
    items = [
        RatedItem(article, probability, is_right)
        for line in lines
        if (article := line["article_id"]) in gold
        for probability, is_right in _rated(
            line, gold[article], schema, _probabilities(line, texts, rater, anew=anew)
        )
    ]
    return ranking_quality(items) if items else None


def has_probabilities(line: Mapping[str, Any]) -> bool:
    """Return whether a line has a probability for each of its items."""
    rated = line.get("confidence") or []
    return bool(rated) and all(one.get("probability") is not None for one in rated)


def _probabilities(
    line: Mapping[str, Any], texts: Mapping[str, str], rater: ItemRater, *, anew: bool
) -> dict[str, float | None]:
    if has_probabilities(line) and not anew:
        return {rated["pointer"]: rated["probability"] for rated in line["confidence"]}
    text = texts.get(line["article_id"])
    if text is None or not rater.has_model:
        return {}
    return {rated.pointer: rated.probability for rated in rater.confidence(line, text)}


def _rated(
    line: Mapping[str, Any],
    gold: Any,
    schema: Schema[Any],
    probabilities: Mapping[str, float | None],
) -> Iterator[tuple[float, bool]]:
    if not probabilities:
        return
    is_right = right_items(line["record"], gold, schema)
    for pointer, probability in probabilities.items():
        if probability is not None and pointer in is_right:
            yield float(probability), is_right[pointer]
