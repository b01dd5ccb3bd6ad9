"""The differences and the agreement between two folders of gold annotations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from antq_llm.evaluation.evaluation import ScoredSystem, evaluate
from antq_llm.evaluation.gold import read_gold
from antq_llm.evaluation.runs.run_diff import RunDiff, compare_records
from antq_llm.schemas.base import Schema
from antq_llm.scoring.record_score import profile_for


@dataclass(frozen=True, slots=True)
class GoldDiff:
    """The differences and the agreement between two annotators, A and B."""

    differences: RunDiff
    agreement: ScoredSystem | None
    """The scores of B against A on shared articles; None if no article was annotated by both."""

    def as_dict(self) -> dict[str, Any]:
        """Return the differences and the agreement as JSON data."""
        found = self.differences.as_dict()
        articles = found["articles"]
        names = ("both", "unchanged", "respelled", "changed", "only_in_a", "only_in_b")
        return {
            "articles": {name: articles[name] for name in names},
            "agreement": self.agreement.as_dict()["scores"] if self.agreement else None,
            **{name: found[name] for name in ("items", "fields", "changes")},
        }


def diff_gold(a: Path, b: Path, schema: Schema[Any]) -> GoldDiff:
    """Compare two folders of ``ARTICLE_ID.json`` files.

    Raises ConfigurationError if a folder is missing or has no such files, or if a file is not a
    valid record.
    """
    first, second = read_gold(a, schema), read_gold(b, schema)
    profile = profile_for(schema)
    differences = RunDiff()
    for article_id, record in first.items():
        if article_id in second:
            compare_records(differences, profile, article_id, record, second[article_id])
        else:
            differences.only_in_a.append(article_id)
    differences.only_in_b += [article_id for article_id in second if article_id not in first]
    evaluation = evaluate([], _shared(first, second), profile, (first, second))
    return GoldDiff(differences, evaluation.ceiling)


def _shared(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    return {article_id: record for article_id, record in first.items() if article_id in second}
