"""The hooks of the toy schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.declared_roles import Path
from antq_llm.validation.findings import ItemFinding

UNSETTLED = "the article does not say whose badge it is"


def check_item(
    path: Path,
    item: Mapping[str, Any],
    analyzed: AnalyzedArticle,
) -> Iterator[ItemFinding]:
    """Say of every badge that the article neither supports nor contradicts it."""
    if path == ("guests", "*") and item["badge"] is not None:
        yield ItemFinding("badge", UNSETTLED, verdict="cannot_tell")
