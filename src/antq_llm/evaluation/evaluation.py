"""Scores of systems against gold annotations, with intervals and paired comparisons.

If the records of two annotators are given, their agreement is the ceiling for the systems.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, get_args

from antq_llm.clients.completion import Usage
from antq_llm.confidence.ranking_quality import RankingQuality
from antq_llm.evaluation.learning_curve import CurvePoint, learning_curve
from antq_llm.evaluation.significance import Comparison, Interval, compare, intervals, smallest_p
from antq_llm.scoring.metrics import Score
from antq_llm.scoring.profile import ScoringProfile
from antq_llm.scoring.record_score import (
    RecordScore,
    ScoreMode,
    Scores,
    aggregate,
    counts_array,
    score_record,
)

OVERALL = "overall"
MODES: tuple[ScoreMode, ...] = get_args(ScoreMode)
FEW_ARTICLES = 30
"""The number of articles below which a report includes a caution."""


@dataclass(frozen=True)
class System:
    """A source of records, with its results on the articles."""

    name: str
    records: Mapping[str, Any]
    """The record of each article, as data by article id; a missing record counts as empty."""
    failures: Mapping[str, str] = field(default_factory=dict)
    """The reasons for missing records, by article id."""
    cost_usd: float | None = None
    usage: Usage = field(default_factory=Usage)
    lines: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The lines of ``records.jsonl`` by article id; empty for the rules baseline."""

    def also_failed(self, failures: Mapping[str, str]) -> System:
        """Return the system with ``failures`` added to its own."""
        return replace(self, failures={**self.failures, **failures}) if failures else self


@dataclass(frozen=True)
class ScoredSystem:
    """A system with its scores on the articles that have gold annotations."""

    system: System
    by_article: Mapping[str, RecordScore]
    confidence: RankingQuality | None = None
    """How well the system's confidence predicts errors; None if this was not computed."""

    @cached_property
    def scores(self) -> Scores:
        """Micro and macro averages by field."""
        return aggregate(list(self.by_article.values()))

    @cached_property
    def fields(self) -> list[str]:
        """The fields, ``overall`` first."""
        return list(self.scores.strict)

    def intervals(self, mode: ScoreMode) -> dict[str, Interval | None]:
        """Return the 95% interval of each field's F1."""
        return dict(zip(self.fields, intervals(self.counts(mode)), strict=True))

    def counts(self, mode: ScoreMode) -> Any:
        """Return the counts of tp, fp and fn as an array of shape (articles, fields, 3)."""
        return counts_array(list(self.by_article.values()), self.fields, mode)

    def as_dict(self) -> dict[str, Any]:
        """Return the system as JSON data."""
        scores: dict[str, Any] = {}
        for mode in MODES:
            spans = self.intervals(mode)
            scores[mode] = {
                name: {**score.as_dict(), "interval": spans[name]}
                for name, score in _of_mode(self.scores, mode).items()
            }
        return {
            "name": self.system.name,
            "articles": len(self.by_article),
            "failures": len(self.system.failures),
            "cost_usd": self.system.cost_usd,
            "failed": dict(self.system.failures),
            "usage": self.system.usage.model_dump(),
            "scores": scores,
            "confidence": self.confidence.as_dict() if self.confidence else None,
        }

    @cached_property
    def curve(self) -> list[CurvePoint]:
        """The learning curve: the strict overall F1 by the number of gold articles."""
        return learning_curve(self.counts("strict")[:, self.fields.index(OVERALL), :])


@dataclass(frozen=True)
class PairedComparison:
    """The comparison of two systems in one mode, by field; differences are ``a`` minus ``b``."""

    a: str
    b: str
    mode: ScoreMode
    fields: Mapping[str, Comparison]


@dataclass(frozen=True)
class Evaluation:
    """The results of an evaluation: the gold annotations, the scored systems and the ceiling."""

    gold: Mapping[str, Any]
    systems: Sequence[ScoredSystem]
    ceiling: ScoredSystem | None
    """The scores of the second annotator against the first, on the articles that both annotated."""

    @cached_property
    def comparisons(self) -> list[PairedComparison]:
        """Comparisons of each system with every earlier one, in both modes."""
        pairs = [
            (later, earlier)
            for index, later in enumerate(self.systems)
            for earlier in self.systems[:index]
        ]
        return [
            PairedComparison(
                a.system.name,
                b.system.name,
                mode,
                dict(zip(a.fields, compare(a.counts(mode), b.counts(mode)), strict=True)),
            )
            for a, b in pairs
            for mode in MODES
        ]

    def as_dict(self, *, curve: bool = False) -> dict[str, Any]:
        """Return the evaluation as JSON data, with learning curves if ``curve`` is set."""
        comparisons = [
            {
                "a": pair.a,
                "b": pair.b,
                "mode": pair.mode,
                "field": name,
                "difference": comparison.difference,
                "interval": comparison.interval,
                "p": comparison.p,
                "p_adjusted": comparison.p_adjusted,
                "detectable": comparison.detectable,
            }
            for pair in self.comparisons
            for name, comparison in pair.fields.items()
        ]
        ceiling = self.ceiling.as_dict()["scores"] if self.ceiling else None
        systems = [
            {**system.as_dict(), "curve": [point.as_dict() for point in system.curve]}
            if curve
            else system.as_dict()
            for system in self.systems
        ]
        return {
            "systems": systems,
            "comparisons": comparisons,
            "ceiling": ceiling,
        }

    def caution(self) -> str | None:
        """Return a one-sentence caution about too few articles, or None if there are enough."""
        number = len(self.gold)
        if number >= FEW_ARTICLES:
            return None
        detectable = [
            pair.fields[OVERALL].detectable for pair in self.comparisons if pair.mode == "strict"
        ]
        known = [value for value in detectable if value is not None]
        caution = (
            f"{number} article(s) are too few for firm conclusions: "
            f"no paired test on them can give a p-value below {smallest_p(number):.2g}"
        )
        if known:
            low, high = f"{min(known):.3f}", f"{max(known):.3f}"
            spread = low if low == high else f"{low} to {high} (depending on the pair)"
            caution += (
                f", and a true difference in overall F1 below {spread} "
                "would be missed more than one time in five"
            )
        return f"{caution}."


def evaluate(
    systems: Sequence[System],
    gold: Mapping[str, Any],
    profile: ScoringProfile,
    annotators: tuple[Mapping[str, Any], Mapping[str, Any]] | None = None,
    confidence: Mapping[str, RankingQuality | None] | None = None,
) -> Evaluation:
    """Score systems against gold annotations; ``gold`` maps article ids to annotations.

    ``confidence`` maps each system's name to the quality of its confidence. ``annotators`` are the
    records of two people who annotated the same articles independently, by article id.
    """
    ids = sorted(gold)
    scored = [
        ScoredSystem(
            system,
            {
                article_id: score_record(
                    gold[article_id], system.records.get(article_id, {}), profile
                )
                for article_id in ids
            },
            (confidence or {}).get(system.name),
        )
        for system in systems
    ]
    ceiling = None if annotators is None else _agreement(*annotators, ids, profile)
    return Evaluation({article_id: gold[article_id] for article_id in ids}, scored, ceiling)


def _agreement(
    first: Mapping[str, Any], second: Mapping[str, Any], ids: Sequence[str], profile: ScoringProfile
) -> ScoredSystem | None:
    shared = [article_id for article_id in ids if article_id in first and article_id in second]
    if not shared:
        return None
    return ScoredSystem(
        System("annotators' agreement", {article_id: second[article_id] for article_id in shared}),
        {
            article_id: score_record(first[article_id], second[article_id], profile)
            for article_id in shared
        },
    )


def _of_mode(scores: Scores, mode: ScoreMode) -> Mapping[str, Score]:
    return scores.strict if mode == "strict" else scores.relaxed
