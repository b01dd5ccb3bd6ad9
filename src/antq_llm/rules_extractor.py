"""The baseline in the place of a model, for a batch."""

from __future__ import annotations

from antq_llm.article import Article
from antq_llm.baseline import extract_by_rules
from antq_llm.errors import ConfigurationError
from antq_llm.options import Options
from antq_llm.record import Extraction
from antq_llm.schemas.base import Schema
from antq_llm.schemas.movement_report import MovementReport

RULES = "rules"
"""The name under which the baseline is asked for in the place of a model."""


class RulesExtractor:
    """Gives every article the record that rules make of it: no request, no key, no cost."""

    def __init__(self, schema: Schema[MovementReport], options: Options) -> None:
        if schema.kind != MovementReport.KIND:
            raise ConfigurationError(f"the rules know movement_report, not {schema.reference}: name a model, or leave --schema out")
        if options.samples > 1 or options.escalate is not None:
            raise ConfigurationError("the rules give one record and ask no model: leave --samples and --escalate out, or name a model")
        self.schema = schema
        self.options = options

    def key(self, article: Article) -> str:
        """Return the digest of the article, which alone decides."""
        return article.digest

    async def outcome(self, source: Article, *, sample: int = 0) -> Extraction[MovementReport]:  # noqa: ARG002 - rules have no samples
        """Return the record of one article."""
        return extract_by_rules(source, self.schema)

    async def aclose(self) -> None:
        """Free nothing: there is no connection."""
