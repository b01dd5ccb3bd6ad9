"""The hooks of the toy schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.declared_roles import Path
from antq_llm.validation.findings import ItemFinding


def check_item(
    path: Path, item: Mapping[str, Any], analyzed: AnalyzedArticle
) -> Iterator[ItemFinding]:
    """Say that friends whom the article does not name cannot be settled."""
    if path != ("guests", "*"):
        return
    if not all(analyzed.contains(friend) for friend in item["friends"]):
        yield ItemFinding("friends", "the article does not say", verdict="cannot_tell")
