"""The score of an extracted record against a gold record: arithmetic on two JSON documents of any schema.

Counting is that of slot filling (MUC: Chinchor 1992, "MUC-4 Evaluation Metrics", Proceedings of MUC-4, pp. 22-29). A slot is a field with a
value. Given on both sides it is a true positive if the values are the same, and else a false positive and a false negative; given on one
side it is one of these; null on both sides it is nothing, so that a list that is rightly empty counts for nothing. Of a list of scalars
each element is a slot. Items of a list are first matched one to one (``antq_llm.pairing``); the slots of an item without a partner
are all missed, or all spurious. The score of a list sums up the slots of its items, and ``overall`` all slots of the record.

In the relaxed score a pair of values counts by its similarity: what it lacks to 1 is both a false positive and a false negative.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from antq_llm.movement_report.scoring_profile import MOVEMENT_REPORT_PROFILE
from antq_llm.schemas.base import Schema
from antq_llm.scoring.metrics import Counts, Score
from antq_llm.scoring.profile import ScoringProfile, derive_profile
from antq_llm.scoring.record_diff import Discrepancy, RecordDiff, SlotCounts

ScoreMode = Literal["strict", "relaxed"]

_DECLARED = {MOVEMENT_REPORT_PROFILE.reference: MOVEMENT_REPORT_PROFILE}


@dataclass(frozen=True, slots=True)
class RecordScore:
    """The counts of one article by field, and its errors; the fields are those of the profile, ``overall`` first."""

    strict: Mapping[str, Counts]
    """Slots, where only the same is right."""
    relaxed: Mapping[str, Counts]
    """Slots, where what is similar is partly right."""
    items: Mapping[str, Counts]
    """For each list whether its items were found at all: those matched, extracted ones without a partner, gold ones without one."""
    errors: tuple[Discrepancy, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of several articles by field, ``overall`` first."""

    strict: Mapping[str, Score]
    relaxed: Mapping[str, Score]
    items: Mapping[str, Score]
    """For each list how well its items were found, whatever their slots."""


def profile_for(schema: Schema[Any]) -> ScoringProfile:
    """Return the profile that is declared for a schema, or else the one derived from its JSON Schema."""
    return _DECLARED.get(schema.reference) or derive_profile(
        schema.json_schema, reference=schema.reference
    )


def score_record(
    gold: Mapping[str, Any], extracted: Mapping[str, Any], profile: ScoringProfile
) -> RecordScore:
    """Return the score of an extracted record; both are JSON data, and an article that failed has the record ``{}``."""
    collation = RecordDiff(gold, extracted, profile.record)
    slots = collation.slots
    totals = {
        name: SlotCounts.merged(slots[slot] for slot in summed if slot in slots)
        for name, summed in profile.groups.items()
    }
    return RecordScore(
        strict={name: total.strict() for name, total in totals.items()},
        relaxed={name: total.relaxed() for name, total in totals.items()},
        items={name: collation.items[name].strict() for name in profile.lists},
        errors=tuple(collation.discrepancies),
    )


def aggregate(scores: Sequence[RecordScore]) -> Scores:
    """Return the scores of several articles by field, micro and macro; without articles there are no fields."""
    return Scores(
        strict=_over_articles([score.strict for score in scores]),
        relaxed=_over_articles([score.relaxed for score in scores]),
        items=_over_articles([score.items for score in scores]),
    )


def counts_array(
    scores: Sequence[RecordScore], fields: Sequence[str], mode: ScoreMode
) -> NDArray[np.float64]:
    """Return the counts of articles in the shape that ``antq_llm.uncertainty`` takes: (articles, fields, 3), the last axis tp, fp, fn."""
    articles = [score.strict if mode == "strict" else score.relaxed for score in scores]
    return np.array(
        [[article[name] for name in fields] for article in articles], dtype=np.float64
    ).reshape(len(scores), len(fields), 3)


def _over_articles(articles: Sequence[Mapping[str, Counts]]) -> dict[str, Score]:
    return {
        name: Score.over([article[name] for article in articles])
        for name in (articles[0] if articles else ())
    }
