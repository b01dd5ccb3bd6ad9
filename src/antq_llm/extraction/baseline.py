"""The rules baseline: extraction without a model, a floor to compare language models with."""

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

RULES = "rules"
"""The baseline's name in place of a model's."""

_BASELINE_WARNING = RecordWarning(
    kind="baseline",
    message="made by rules, without a language model: a floor to compare with",
)


def extract_by_rules(
    article: Article, schema: Schema[MovementReport]
) -> Extraction[MovementReport]:
    """Return the extraction of an article by rules; unsupported items are dropped."""
    analyzed = AnalyzedArticle(article.text, "vi")
    checked = check_record(schema.read_data(rules_report(article.text)), schema, analyzed)
    checked, dropped = drop_unsupported(checked, schema, analyzed)
    return Extraction(
        article=article,
        record=checked.record,
        evidence=checked.evidence,
        schema=schema,
        prompt=None,
        prompt_sha256=None,
        model=RULES,
        attempts=(),
        warnings=(
            _BASELINE_WARNING,
            *_warn_of_unread(article.text),
            *dropped,
            *article_warnings(checked, schema, analyzed),
        ),
        dropped=len(dropped),
    )


def _warn_of_unread(text: str) -> list[RecordWarning]:
    rest = len(text) - MAX_CHARACTERS
    if rest <= 0:
        return []
    message = (
        f"the last {rest} of {len(text)} characters were not read: rules read {MAX_CHARACTERS}"
    )
    return [RecordWarning(kind="baseline", message=message)]


class RulesExtractor:
    """Extracts by rules, with no request, no key and no cost."""

    def __init__(self, schema: Schema[MovementReport], options: Options) -> None:
        if schema.kind != MovementReport.KIND:
            raise ConfigurationError(
                f"the rules know movement_report, not {schema.reference}: "
                "name a model, or leave --schema out"
            )
        if options.samples > 1 or options.escalate is not None:
            raise ConfigurationError(
                "the rules give one record and ask no model: "
                "leave --samples and --escalate out, or name a model"
            )
        self.schema = schema
        self.options = options

    def key(self, article: Article) -> str:
        """Return the digest of the article, on which alone the record depends."""
        return article.digest

    async def outcome(self, source: Article, *, sample: int = 0) -> Extraction[MovementReport]:  # noqa: ARG002 - no samples
        """Return the extraction of one article."""
        return extract_by_rules(source, self.schema)

    async def aclose(self) -> None:
        """Do nothing: there is no connection."""
