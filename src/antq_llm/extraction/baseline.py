"""The baseline without a model: an article's record by rules alone, a floor to compare language models with."""

from __future__ import annotations

from antq_llm.articles.article import Article
from antq_llm.errors import ConfigurationError
from antq_llm.extraction.options import Options
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.movement_report.baseline.report import MAX_CHARACTERS, rules_report
from antq_llm.movement_report.record import MovementReport
from antq_llm.records.result import Extraction
from antq_llm.schemas.base import Schema
from antq_llm.validation.article_warnings import article_warnings
from antq_llm.validation.checks import check_record, drop_unsupported
from antq_llm.validation.warnings import RecordWarning

MODEL = "rules"
"""What the baseline is called where a model is named."""

_BASELINE_WARNING = RecordWarning(
    kind="baseline",
    message="made by rules, without a language model: a floor to compare with, not a reading of the article",
)


def extract_by_rules(
    article: Article, schema: Schema[MovementReport]
) -> Extraction[MovementReport]:
    """Return the extraction of an article by rules; what the article does not bear out is dropped with a warning."""
    analyzed = AnalyzedArticle(article.text)
    checked = check_record(schema.read_data(rules_report(article.text)), schema, analyzed)
    dropped: list[RecordWarning] = []
    if checked.unsupported:
        checked, dropped = drop_unsupported(checked, schema, analyzed)
    return Extraction(
        article=article,
        record=checked.record,
        evidence=checked.evidence,
        schema=schema,
        prompt=None,
        prompt_sha256=None,
        model=MODEL,
        attempts=(),
        warnings=(
            _BASELINE_WARNING,
            *_unread(article.text),
            *dropped,
            *article_warnings(checked, schema, analyzed),
        ),
        dropped=len(dropped),
    )


def _unread(text: str) -> list[RecordWarning]:
    rest = len(text) - MAX_CHARACTERS
    return (
        [
            RecordWarning(
                kind="baseline",
                message=f"the last {rest} of {len(text)} characters were not read: rules read {MAX_CHARACTERS}",
            )
        ]
        if rest > 0
        else []
    )


RULES = "rules"
"""The name under which the baseline is asked for in the place of a model."""


class RulesExtractor:
    """Gives every article the record that rules make of it: no request, no key, no cost."""

    def __init__(self, schema: Schema[MovementReport], options: Options) -> None:
        if schema.kind != MovementReport.KIND:
            raise ConfigurationError(
                f"the rules know movement_report, not {schema.reference}: name a model, or leave --schema out"
            )
        if options.samples > 1 or options.escalate is not None:
            raise ConfigurationError(
                "the rules give one record and ask no model: leave --samples and --escalate out, or name a model"
            )
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
