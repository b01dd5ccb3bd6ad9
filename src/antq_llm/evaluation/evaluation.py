"""Systems against gold: scores with their intervals, paired comparisons, and the annotators' agreement as the ceiling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, get_args

from antq_llm.clients.completion import Usage
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
"""Below this many articles a report says how little they settle."""


@dataclass(frozen=True)
class System:
    """One way to get records, with what it gave for each article."""

    name: str
    records: Mapping[str, Any]
    """The data of each record by article id; an article without one counts as an empty record."""
    failures: Mapping[str, str] = field(default_factory=dict)
    """Why articles gave no record, by id."""
    cost_usd: float | None = None
    usage: Usage = field(default_factory=Usage)

    def also_failed(self, failures: Mapping[str, str]) -> System:
        """Return the system with further articles that gave no record."""
        return replace(self, failures={**self.failures, **failures}) if failures else self


@dataclass(frozen=True)
class ScoredSystem:
    """A system's score over the articles of the gold annotations."""

    system: System
    by_article: Mapping[str, RecordScore]

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
        """Return the counts in the shape (articles, fields, 3)."""
        return counts_array(list(self.by_article.values()), self.fields, mode)

    def as_dict(self) -> dict[str, Any]:
        """Return the system as JSON data in the contract's form, and its tokens."""
        scores: dict[str, Any] = {}
        for mode in MODES:
            spans = self.intervals(mode)
            scores[mode] = {
                name: {**score.as_dict(), "interval": spans[name]}
                for name, score in _of_mode(self.scores, mode).items()
            }
        own = {
            "name": self.system.name,
            "articles": len(self.by_article),
            "failures": len(self.system.failures),
            "cost_usd": self.system.cost_usd,
        }
        return {
            **own,
            "failed": dict(self.system.failures),
            "usage": self.system.usage.model_dump(),
            "scores": scores,
        }


@dataclass(frozen=True)
class PairedComparison:
    """Two systems on the same articles in one mode, by field; differences are those of ``a`` less ``b``."""

    a: str
    b: str
    mode: ScoreMode
    fields: Mapping[str, Comparison]


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation came to."""

    gold: Mapping[str, Any]
    systems: Sequence[ScoredSystem]
    ceiling: ScoredSystem | None
    """The second annotator against the first, on the articles that both made."""

    @cached_property
    def comparisons(self) -> list[PairedComparison]:
        """Every later system against every earlier one, in both modes."""
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

    def as_dict(self) -> dict[str, Any]:
        """Return the evaluation as JSON data in the contract's form."""
        compared = [
            {
                "a": pair.a,
                "b": pair.b,
                "mode": pair.mode,
                "field": name,
                "difference": one.difference,
                "interval": one.interval,
                "p": one.p,
                "p_adjusted": one.p_adjusted,
                "detectable": one.detectable,
            }
            for pair in self.comparisons
            for name, one in pair.fields.items()
        ]
        ceiling = self.ceiling.as_dict()["scores"] if self.ceiling else None
        return {
            "systems": [system.as_dict() for system in self.systems],
            "comparisons": compared,
            "ceiling": ceiling,
        }

    def caution(self) -> str | None:
        """Return what so few articles cannot settle, in a sentence or two; None for many."""
        number = len(self.gold)
        if number >= FEW_ARTICLES:
            return None
        found = [
            pair.fields[OVERALL].detectable for pair in self.comparisons if pair.mode == "strict"
        ]
        known = [value for value in found if value is not None]
        words = f"{number} article(s) settle little: no paired test over them can give a p-value below {smallest_p(number):.2g}"
        if known:
            least, most = f"{min(known):.3f}", f"{max(known):.3f}"
            spread = least if least == most else f"{least} to {most}, by pair,"
            words += f", and a true difference in overall F1 below {spread} would be missed in more than one case of five"
        return words + "."


def evaluate(
    systems: Sequence[System],
    gold: Mapping[str, Any],
    profile: ScoringProfile,
    annotators: tuple[Mapping[str, Any], Mapping[str, Any]] | None = None,
) -> Evaluation:
    """Score systems against gold annotations by article id; ``annotators`` are the records of two who annotated the same articles apart."""
    ids = sorted(gold)
    scored = [
        ScoredSystem(
            system,
            {one: score_record(gold[one], system.records.get(one, {}), profile) for one in ids},
        )
        for system in systems
    ]
    ceiling = None
    if annotators is not None:
        first, second = annotators
        shared = [one for one in ids if one in first and one in second]
        if shared:
            agreement = System(
                "annotators' agreement", {one: second[one] for one in shared}, cost_usd=None
            )
            ceiling = ScoredSystem(
                agreement, {one: score_record(first[one], second[one], profile) for one in shared}
            )
    return Evaluation({one: gold[one] for one in ids}, scored, ceiling)


def _of_mode(scores: Scores, mode: ScoreMode) -> Mapping[str, Score]:
    return scores.strict if mode == "strict" else scores.relaxed
