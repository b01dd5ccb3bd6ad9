"""The rules baseline: extraction without a model, for comparison with language models."""

from __future__ import annotations

import inspect
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from antq_llm.articles.article import Article
from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request
from antq_llm.errors import ConfigurationError
from antq_llm.extraction.options import Options
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.language import LanguageCode
from antq_llm.records.result import Extraction, warnings_of_article
from antq_llm.schemas.base import Schema
from antq_llm.validation.article_warnings import article_warnings
from antq_llm.validation.checks import check_record, drop_unsupported
from antq_llm.validation.warnings import RecordWarning

T = TypeVar("T", bound=BaseModel)

RULES = "rules"
"""The name of the baseline, given in place of a model's name."""

_BASELINE_WARNING = RecordWarning(
    kind="baseline",
    message="made by rules, without a language model: a baseline for comparison",
)


class BaselineRecord(Protocol):
    """The record that the rules find in a text."""

    @property
    def data(self) -> Any:
        """The record as JSON data."""
        ...

    @property
    def characters_read(self) -> int:
        """The number of characters read, from the start of the text."""
        ...

    @property
    def language(self) -> LanguageCode | None:
        """The language in which the rules read the text; None if it is still to be detected."""
        ...


class BaselineHook(Protocol):
    """The signature of the ``baseline`` hook; a hook that needs no date can omit ``published``."""

    def __call__(self, text: str, published: str | None = None) -> BaselineRecord:
        """Return the record that the rules find in a text.

        ``published`` is the publication date from the article's metadata.
        """
        ...


def baseline_of(schema: Schema[Any]) -> BaselineHook:
    """Return a schema's rules, or raise ConfigurationError if it has none."""
    hook: BaselineHook | None = schema.hooks.get("baseline")
    if hook is None:
        raise ConfigurationError(
            f"{schema.reference} has no rules for extraction: name a model, or leave --schema out"
        )
    return hook


def check_rules(schema: Schema[Any], options: Options) -> None:
    """Raise ConfigurationError if a schema has no rules or the options require a model."""
    baseline_of(schema)
    if options.samples > 1 or options.escalate is not None:
        raise ConfigurationError(
            "the rules give one record and use no model: "
            "leave out --samples and --escalate, or name a model"
        )
    if options.confidence or options.calibration is not None:
        raise ConfigurationError(
            "confidence is computed only for a model's records: "
            "leave out --confidence and --calibration, or name a model"
        )


class ClientOfRules:
    """A placeholder client for the rules, which send no requests."""

    async def complete(self, request: Request) -> Completion:  # noqa: ARG002 - none is sent
        """Raise ConfigurationError, because there is no model to answer the request."""
        raise ConfigurationError("the rules cannot answer a request: name a model")

    async def aclose(self) -> None:
        """Do nothing, because there is no connection."""


def extract_by_rules(article: Article, schema: Schema[T]) -> Extraction[T]:
    """Extract a record from an article by rules, leaving out unsupported items.

    Raises ConfigurationError if the schema has no rules.
    """
    hook = baseline_of(schema)
    read = (
        hook(article.text, article.published_day)
        if _takes_published(hook) and article.published_day is not None
        else hook(article.text)
    )
    analyzed = AnalyzedArticle.of(article, read.language)
    checked = check_record(read.data, schema, analyzed)
    checked, dropped = drop_unsupported(checked, schema, analyzed)
    return Extraction(
        article=article,
        record=checked.record,
        answer=checked.answer,
        evidence=checked.evidence,
        schema=schema,
        prompt=None,
        prompt_sha256=None,
        model=RULES,
        attempts=(),
        warnings=(
            *warnings_of_article(article),
            _BASELINE_WARNING,
            *_warn_of_unread(article.text, read.characters_read),
            *dropped,
            *article_warnings(checked, schema, analyzed),
        ),
        dropped=len(dropped),
    )


def _takes_published(hook: BaselineHook) -> bool:
    return "published" in inspect.signature(hook).parameters


def _warn_of_unread(text: str, characters_read: int) -> list[RecordWarning]:
    rest = len(text) - characters_read
    if rest <= 0:
        return []
    message = (
        f"the last {rest} of {len(text)} characters were not read: "
        f"the rules read only the first {characters_read}"
    )
    return [RecordWarning(kind="baseline", message=message)]


class RulesExtractor(Generic[T]):
    """An extractor that uses the rules, which need no API key, send no requests and cost nothing.

    Raises ConfigurationError if the schema has no rules or the options require a model.
    """

    def __init__(self, schema: Schema[T], options: Options) -> None:
        check_rules(schema, options)
        self.schema = schema
        self.options = options

    def key(self, article: Article) -> str:
        """Return the article's digest, because the record depends on nothing else."""
        return article.digest

    async def outcome(self, source: Article, *, sample: int = 0) -> Extraction[T]:  # noqa: ARG002 - no samples
        """Return the extraction of an article."""
        return extract_by_rules(source, self.schema)

    async def aclose(self) -> None:
        """Do nothing, because there is no connection."""
