"""Fitting a confidence model on gold and measuring it by leaving out each article in turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from antq_llm.confidence.confidence_model import ConfidenceModel, LogOdds
from antq_llm.confidence.item_signals import SAMPLE_SIGNALS, ItemSignals, item_signals
from antq_llm.confidence.logistic_regression import fit_logistic
from antq_llm.confidence.ranking_quality import (
    REVIEWED,
    RankingQuality,
    RatedItem,
    ranking_quality,
)
from antq_llm.errors import ConfigurationError
from antq_llm.records.agreement import differs, item_counterparts
from antq_llm.schemas.base import Schema
from antq_llm.scoring.record_score import profile_for

MIN_ARTICLES = 5
"""Minimum number of articles for a fit."""
_PENALTY = 20.0
_MIN_SIGNAL_ARTICLES = 3
"""Minimum number of articles in which a signal must be nonzero to get a weight."""
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class LabelledItem:
    """An item of a record with its signals, and whether it is right according to gold."""

    article: str
    signals: ItemSignals
    is_right: bool


@dataclass(frozen=True)
class Calibration:
    """A fitted model with its quality, measured by leaving out each article in turn."""

    model: ConfidenceModel
    quality: Mapping[str, RankingQuality]
    """The quality by kind of record.

    The kinds are ``single`` (one answer) and, if enough articles have a vote, ``sampled``.
    """


def right_items(data: Any, gold: Any, schema: Schema[Any]) -> dict[str, bool]:
    """Return whether each item of a record is entirely right, by pointer.

    An item is wrong if gold has no counterpart, or if any field differs under strict scoring.
    """
    return {
        found.pointer: not differs(found.others[0], found.item, found.rule)
        for found in item_counterparts(data, [gold], profile_for(schema))
    }


def labelled_items(
    lines: Iterable[Mapping[str, Any]],
    gold: Mapping[str, Any],
    texts: Mapping[str, str],
    schema: Schema[Any],
) -> list[LabelledItem]:
    """Return labelled items from lines of ``records.jsonl`` whose articles have gold and a text."""
    labelled = []
    for line in lines:
        article = line["article_id"]
        if article in gold and article in texts:
            is_right = right_items(line["record"], gold[article], schema)
            labelled += [
                LabelledItem(article, signals, is_right[signals.pointer])
                for signals in item_signals(line, texts[article], schema)
            ]
    return labelled


def calibrate(
    items: Sequence[LabelledItem], schema: Schema[Any], digests: Mapping[str, str]
) -> Calibration:
    """Fit a model on labelled items and measure its quality.

    ``digests`` maps article ids to article digests. Raises ConfigurationError if the items come
    from too few articles.
    """
    articles = _articles_of(items)
    if articles < MIN_ARTICLES:
        raise ConfigurationError(
            f"too few articles with gold have items ({articles}): a calibration needs at least "
            f"{MIN_ARTICLES} such articles, and a few dozen to be useful"
        )
    # Articles arrive in the order of completion, which must not affect the fit.
    ordered = sorted(items, key=lambda item: item.article)
    voted = [item for item in ordered if item.signals.agreement is not None]
    single = [item for item in ordered if item.signals.agreement is None]
    if _articles_of(single) < MIN_ARTICLES:
        # Without its sample signals, a voted record is like any other.
        single = ordered
    parts = {"single": single}
    if _articles_of(voted) >= MIN_ARTICLES:
        parts["sampled"] = voted
    odds = {name: _fit(part, sampled=name == "sampled") for name, part in parts.items()}
    rated = {name: rate_left_out(part, sampled=name == "sampled") for name, part in parts.items()}
    quality = {name: ranking_quality(part) for name, part in rated.items()}
    least_sure = np.quantile([item.probability for item in rated["single"]], REVIEWED)
    model = ConfidenceModel(
        schema=schema.reference,
        schema_sha256=schema.digest,
        single=odds["single"],
        sampled=odds.get("sampled"),
        least_sure=round(float(least_sure), _DIGITS),
        articles=sorted({digests[item.article] for item in items}),
        figures={name: figures.as_dict() for name, figures in quality.items()},
    )
    return Calibration(model, quality)


def rate_left_out(items: Sequence[LabelledItem], *, sampled: bool) -> list[RatedItem]:
    """Rate the items of each article with a model fitted on the items of all other articles."""
    rated = []
    for article in sorted({item.article for item in items}):
        odds = _fit([item for item in items if item.article != article], sampled=sampled)
        rated += [
            RatedItem(article, odds.probability(item.signals.values), item.is_right)
            for item in items
            if item.article == article
        ]
    return rated


def _fit(items: Sequence[LabelledItem], *, sampled: bool) -> LogOdds:
    names = _common_signals(items, sampled=sampled)
    columns = np.array(
        [[item.signals.values.get(name, 0.0) for name in names] for item in items],
        dtype=np.float64,
    ).reshape(len(items), len(names))
    intercept, weights = fit_logistic(columns, [item.is_right for item in items], _PENALTY)
    return LogOdds(
        intercept=round(intercept, _DIGITS),
        weights={
            name: round(float(weight), _DIGITS)
            for name, weight in zip(names, weights, strict=True)
            if round(float(weight), _DIGITS)
        },
    )


def _common_signals(items: Sequence[LabelledItem], *, sampled: bool) -> list[str]:
    """Return the names of the signals to fit: those that are nonzero in enough articles.

    The signals from a vote are included only if ``sampled`` is true.
    """
    articles: dict[str, set[str]] = defaultdict(set)
    for item in items:
        for name, value in item.signals.values.items():
            if value and (sampled or name not in SAMPLE_SIGNALS):
                articles[name].add(item.article)
    return sorted(name for name, having in articles.items() if len(having) >= _MIN_SIGNAL_ARTICLES)


def _articles_of(items: Iterable[LabelledItem]) -> int:
    return len({item.article for item in items})
