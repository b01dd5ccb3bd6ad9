"""Faults in gold annotations, such as quotes not in the article and references to missing items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from antq_llm.articles.article import Article
from antq_llm.core.excerpt import excerpt
from antq_llm.core.json_pointer import child_pointer, value_at
from antq_llm.evidence.alignment import Aligner
from antq_llm.evidence.grounding import ground
from antq_llm.schemas.base import Schema
from antq_llm.schemas.declared.references import dependents
from antq_llm.validation.rules.rule_plan import rule_plan


@dataclass(frozen=True, slots=True)
class GoldFault:
    """A fault in a gold annotation."""

    article_id: str
    pointer: str
    """JSON Pointer to the place in the record; empty for the whole record."""
    message: str

    def __str__(self) -> str:
        place = f" {self.pointer}" if self.pointer else ""
        return f"{self.article_id}{place}: {self.message}"


def reference_faults(article_id: str, data: Any, schema: Schema[Any]) -> list[GoldFault]:
    """Return a fault for each item that refers to an item missing from its record."""
    return [
        GoldFault(article_id, pointer, "it refers to an item that is not in the record")
        for pointer in dependents(data, schema.roles)
    ]


def quote_faults(article_id: str, data: Any, schema: Schema[Any], text: str) -> list[GoldFault]:
    """Return a fault for each quote of a record that is not in the article in any spelling."""
    grounding = ground(data, Aligner(text), rule_plan(schema.roles).quote_paths)
    keys = {quoted.pointer: quoted.key for quoted in grounding.items}
    faults = []
    for pointer in grounding.missing:
        quote = child_pointer(pointer, keys[pointer])
        shown = excerpt(str(value_at(data, quote)))
        faults.append(GoldFault(article_id, quote, f"the article does not contain {shown!r}"))
    return faults


def faults_against_articles(
    gold: Mapping[str, Any], articles: Sequence[Article], schema: Schema[Any]
) -> list[GoldFault]:
    """Return the faults found by checking gold annotations against their articles."""
    faults: list[GoldFault] = []
    for article in articles:
        data = gold[article.id]
        faults += quote_faults(article.id, data, schema, article.text)
        faults += reference_faults(article.id, data, schema)
    return faults
