"""What roles cannot express of a movement report; ``MovementReport.HOOKS`` names this module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.declared_roles import Path
from antq_llm.text.words import words_of
from antq_llm.validation.findings import ItemFinding


def check_item(
    path: Path, item: Mapping[str, Any], analyzed: AnalyzedArticle
) -> Iterator[ItemFinding]:
    """Yield a finding if the article prints another rank before a person's name."""
    if path != ("people", "*"):
        return
    rank = item["rank"]
    printed = analyzed.ranks.get(item["name"], set()) if rank else set()
    if not printed or rank.lower() in printed:
        return
    if all(words_of(rank) != words_of(printed_rank) for printed_rank in printed):
        # Sent to the model: do not edit.
        ranks = " and ".join(sorted(printed))
        yield ItemFinding(
            "rank", f"the article calls this person {ranks}: write the rank as printed"
        )
