"""The workspace of a review: a run's records, the texts of its articles and the gold folder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import Any

from antq_llm.annotation.audit_sample import AuditItem
from antq_llm.articles.article import Article
from antq_llm.core.json_pointer import find_value
from antq_llm.errors import ArticleError, ConfigurationError
from antq_llm.evaluation.item_lines import ItemLines
from antq_llm.evaluation.runs.run_articles import articles_of_run
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.pages.schema_words import SchemaWords
from antq_llm.pages.strings import PageLanguage
from antq_llm.records.stored_run import StoredRun
from antq_llm.review.adjudication import Annotators
from antq_llm.review.audit import AuditSample
from antq_llm.review.faults import Examined, examine
from antq_llm.review.form_layout import initial_record, sections_of
from antq_llm.review.gold_store import Draft, GoldStore
from antq_llm.review.passages import SettledPassages, UnderlinedPassages
from antq_llm.schemas.base import Schema
from antq_llm.schemas.declared.references import holders_at
from antq_llm.schemas.roles import PublicationDate

_ARTICLES_IN_MEMORY = 32


class Workspace:
    """The articles of a run and the gold folder for their corrected records."""

    def __init__(
        self,
        run: StoredRun,
        gold: Path,
        inputs: Sequence[str] = (),
        annotators: Path | None = None,
        audit: Path | None = None,
    ) -> None:
        """Raise ConfigurationError if the run has no articles or its schema cannot be loaded.

        ``annotators`` is a folder that contains the gold folders of two annotators; the differences
        between their records are shown. ``audit`` is a sample file written by ``antq-llm audit``.
        """
        self.run = run
        self.schema: Schema[Any] = run.known_schema()
        self.sections = sections_of(self.schema)
        self._item_lines = ItemLines(self.schema.roles)
        self.annotators = None if annotators is None else Annotators(annotators, self.schema)
        self.audit = None if audit is None else AuditSample(audit)
        self.store = GoldStore(gold)
        self.settled = SettledPassages(gold)
        self._lines = {
            str(line["article_id"]): line for line in chain(run.record_lines(), run.failure_lines())
        }
        if not self._lines:
            raise ConfigurationError(f"{run.folder} has no articles to review: name another run")
        found, without_text = articles_of_run(run, inputs)
        self._inputs = {article.id: article for article in found}
        self.without_text = tuple(without_text)
        """The ids of articles whose text was not found."""
        self.schema_words = lru_cache(maxsize=None)(partial(SchemaWords, self.schema))
        self.analyzed = lru_cache(maxsize=_ARTICLES_IN_MEMORY)(self._analyzed)

    @property
    def article_ids(self) -> list[str]:
        """The ids of all articles, those with records first."""
        return list(self._lines)

    def has_article(self, article_id: str) -> bool:
        """Return whether the run has an article."""
        return article_id in self._lines

    def failed(self, article_id: str) -> bool:
        """Return whether the run failed to extract a record from an article."""
        return "record" not in self._lines[article_id]

    def initial(self, article_id: str) -> Any:
        """Return the record with which the review of an article begins.

        This is the first annotator's record, else the second annotator's, else the run's, else an
        empty record.
        """
        for record in self.annotators.records(article_id) if self.annotators else ():
            if record is not None:
                return record
        line = self._lines[article_id]
        return line["record"] if "record" in line else initial_record(self.sections)

    def draft(self, article_id: str) -> Draft:
        """Return the current record of an article."""
        return self.store.load(article_id, self.initial(article_id))

    def examine(self, article_id: str, data: Any) -> Examined:
        """Check a record against the schema and, if the text is known, the article."""
        return examine(data, self.schema, self.analyzed(article_id))

    def underlined(self, article_id: str, examined: Examined) -> UnderlinedPassages:
        """Return the underlined passages of an article, which are in no item of its record."""
        analyzed = self.analyzed(article_id)
        text = "" if analyzed is None else analyzed.text
        return self.settled.underlined(article_id, text, examined.unaccounted)

    def title(self, article_id: str) -> str:
        """Return an article's title from its metadata or else from its record; empty if unknown."""
        line = self._lines[article_id]
        title = (line.get("metadata") or {}).get("title")
        return str(title or self._item_lines.title(line.get("record")))

    def item_line(self, item: AuditItem, language: PageLanguage) -> str:
        """Return an audited item as a line of text.

        The line is in ``language`` if the run still has the item. Otherwise, it is the line in the
        sample.
        """
        found = find_value(self._lines.get(item.article_id, {}).get("record"), item.pointer)
        if self._item_lines.line(found, item.field) != item.item:
            return item.item
        words = self.schema_words(language)
        return ItemLines(self.schema.roles, words).line(found, item.field)

    def stamps(self, data: Any) -> tuple[str, ...]:
        """Return the publication dates in a record."""
        return tuple(
            holder[key]
            for declared in self.schema.roles.having(PublicationDate)
            for _, holder, key in holders_at(data, declared.path)
            if isinstance(find_value(holder, f"/{key}"), str)
        )

    def _analyzed(self, article_id: str) -> AnalyzedArticle | None:
        article = self._read(article_id)
        if article is None:
            return None
        language = self.run.settings.get("language")
        return AnalyzedArticle.of(article, language)

    def _read(self, article_id: str) -> Article | None:
        source = self._inputs.get(article_id)
        try:
            return None if source is None else source.read()
        except ArticleError:
            return None
