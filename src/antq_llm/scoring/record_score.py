"""The score of an extracted record against a gold record, for any schema.

Counting follows the slot-filling task of MUC (Chinchor 1992, "MUC-4 Evaluation Metrics",
Proceedings of MUC-4, pp. 22-29). A slot is a field that can have a value. A slot that is filled in
both records is a true positive if the values are the same; otherwise it is both a false positive
and a false negative. A slot that is filled only in the extracted record is a false positive, and a
slot that is filled only in the gold record is a false negative. A slot that is filled in neither
record does not count. Each element of a list of scalars is a slot. The items of a list of objects
are first matched one to one (``antq_llm.scoring.item_matching``); all filled slots of an item
without a partner are missed or spurious. The counts of a list are the sums over the slots of its
items, and the counts of ``overall`` are the sums over all slots of the record.

In the relaxed score, a pair of values adds its similarity to the true positives, and 1 minus its
similarity to both the false positives and the false negatives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from antq_llm.schemas.base import Schema
from antq_llm.scoring.derived_profile import derive_profile
from antq_llm.scoring.discrepancy import Discrepancy
from antq_llm.scoring.metrics import Counts, Score
from antq_llm.scoring.profile import ScoringProfile
from antq_llm.scoring.record_diff import RecordDiff, SlotCounts

ScoreMode = Literal["strict", "relaxed"]


@dataclass(frozen=True, slots=True)
class RecordScore:
    """The counts of one article, by field with ``overall`` first, and the article's errors."""

    strict: Mapping[str, Counts]
    """The counts for the strict score, in which merely similar values are wrong."""
    relaxed: Mapping[str, Counts]
    """The counts for the relaxed score, in which similar values are partly right."""
    items: Mapping[str, Counts]
    """The numbers of matched, spurious and missed items, by list."""
    errors: tuple[Discrepancy, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of several articles, by field with ``overall`` first."""

    strict: Mapping[str, Score]
    relaxed: Mapping[str, Score]
    items: Mapping[str, Score]
    """The scores that count matched items instead of slots, by list."""


@lru_cache(maxsize=32)
def profile_for(schema: Schema[Any]) -> ScoringProfile:
    """Return the scoring profile of a schema, derived from its JSON Schema and roles."""
    return derive_profile(schema.json_schema, schema.roles, reference=schema.reference)


def score_record(
    gold: Mapping[str, Any], extracted: Mapping[str, Any], profile: ScoringProfile
) -> RecordScore:
    """Return the score of an extracted record against a gold record, both given as JSON data.

    For a failed article, pass ``{}`` as the extracted record.
    """
    diff = RecordDiff(gold, extracted, profile.record)
    totals = {
        name: SlotCounts.merged(diff.slots[slot] for slot in slots if slot in diff.slots)
        for name, slots in profile.groups.items()
    }
    return RecordScore(
        strict={name: total.strict() for name, total in totals.items()},
        relaxed={name: total.relaxed() for name, total in totals.items()},
        items={name: diff.items[name].strict() for name in profile.lists},
        errors=tuple(diff.discrepancies),
    )


def aggregate(scores: Sequence[RecordScore]) -> Scores:
    """Return the scores over several articles; if there are no articles, the mappings are empty."""
    return Scores(
        strict=_over_articles([score.strict for score in scores]),
        relaxed=_over_articles([score.relaxed for score in scores]),
        items=_over_articles([score.items for score in scores]),
    )


def counts_array(
    scores: Sequence[RecordScore], fields: Sequence[str], mode: ScoreMode
) -> NDArray[np.float64]:
    """Return the counts as an array of shape (articles, fields, 3).

    The last axis holds tp, fp and fn.
    """
    articles = [score.strict if mode == "strict" else score.relaxed for score in scores]
    return np.array(
        [[article[name] for name in fields] for article in articles], dtype=np.float64
    ).reshape(len(scores), len(fields), 3)


def _over_articles(articles: Sequence[Mapping[str, Counts]]) -> dict[str, Score]:
    return {
        name: Score.over([article[name] for article in articles])
        for name in (articles[0] if articles else ())
    }
