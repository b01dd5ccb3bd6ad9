"""Transfer of an article's record to a copy of the article.

A copy may lack whole sentences that the record does not use, and may contain words with one wrong
letter. Its masthead lines may differ if rules can read them in both articles. An article that
adds anything else, except links to other stories, is not a copy, because a model might put the
addition into its record. The text of a copy must support the whole record.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from pydantic import BaseModel

from antq_llm.articles.article import Article
from antq_llm.duplicates.masthead import Masthead, MastheadHook
from antq_llm.duplicates.printed_values import printed_values, respell_values, with_changes
from antq_llm.duplicates.text_diff import Differences, text_differences
from antq_llm.errors import SchemaError
from antq_llm.evidence.grounding import quoted_items
from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.language import LanguageCode
from antq_llm.records.result import Extraction, warnings_of_article
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.schemas.hooks import Hooks
from antq_llm.text.comparison_form import ComparisonForm, comparison_form
from antq_llm.validation.article_warnings import article_warnings
from antq_llm.validation.checks import check_record
from antq_llm.validation.rules.rule_plan import rule_plan
from antq_llm.validation.warnings import DUPLICATE, MADE_ANEW, OF_THE_ARTICLE, RecordWarning

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class ComparedArticle:
    """One of the two articles in a comparison, analysed on demand."""

    article: Article
    hooks: Hooks
    """The schema's hooks; ``masthead`` reads the article's masthead."""
    language: LanguageCode | None = None
    """The article's language; None to detect it."""

    @cached_property
    def analyzed(self) -> AnalyzedArticle:
        """The article with its mentions, quotes and boilerplate."""
        return AnalyzedArticle.of(self.article, self.language)

    @cached_property
    def form(self) -> ComparisonForm:
        """The article's text in its comparison form."""
        return comparison_form(self.article.text)

    @cached_property
    def masthead(self) -> Masthead | None:
        """The masthead, or None for a schema without a ``masthead`` hook."""
        hook: MastheadHook | None = self.hooks.get("masthead")
        return None if hook is None else hook(self.analyzed)

    def places_of(self, form: ComparisonForm) -> list[Span]:
        """Return the spans where a value appears as whole words."""
        return [
            self.form.span(*place)
            for place in self.form.find_all(form)
            if self.form.at_word_bounds(*place)
        ]

    def ignored_spans(self, fields: Sequence[str]) -> list[Span]:
        """Return the spans of the masthead lines of ``fields`` and of links to other stories."""
        links = (self.analyzed.boilerplate_start, len(self.article.text) + 1)
        return [*self.lines_of(fields), links]

    def lines_of(self, fields: Sequence[str]) -> list[Span]:
        """Return the spans of the masthead lines that hold ``fields``."""
        lines = self.masthead.fields if self.masthead else {}
        return [lines[field] for field in fields if field in lines]


@dataclass(frozen=True)
class ArticlePair:
    """An article and a later one that may be its copy, with their differences."""

    earlier: ComparedArticle
    later: ComparedArticle
    differences: Differences
    replaced_fields: tuple[str, ...]
    """The fields whose masthead lines differ."""


def compare_articles(earlier: ComparedArticle, later: ComparedArticle) -> ArticlePair | None:
    """Return two articles as a pair, or None if the later one is not a copy."""
    differences = text_differences(
        earlier.article.text, later.article.text, earlier.analyzed.language.code
    )
    fields = _replaced_fields(earlier, later, differences)
    if fields is None:
        return None
    replaced_lines = earlier.lines_of(fields)
    for passage in differences.removed:
        is_in_line = any(
            start <= passage.start and passage.end <= end for start, end in replaced_lines
        )
        if not (passage.whole or is_in_line):
            return None
    return ArticlePair(earlier, later, differences, fields)


def _replaced_fields(
    earlier: ComparedArticle, later: ComparedArticle, differences: Differences
) -> tuple[str, ...] | None:
    """Return the masthead fields whose lines contain the added passages.

    Returns None if a passage is elsewhere. Links to other stories are ignored.
    """
    added = [
        (passage.start, passage.end)
        for passage in differences.added
        if passage.start < later.analyzed.boilerplate_start
    ]
    if not added:
        return ()
    if earlier.masthead is None or later.masthead is None:
        return None
    return earlier.masthead.replaced_fields(later.masthead, added)


def transfer_record(
    extraction: Extraction[T], pair: ArticlePair, similarity: float
) -> Extraction[T] | None:
    """Return the extraction of a copy, made from that of the earlier article.

    Returns None for an unsupported record, or one without quotes if the texts differ.
    """
    schema, analyzed = extraction.schema, pair.later.analyzed
    dump = schema.dump(extraction.record)
    data = copy.deepcopy(dump)
    # Without a quote, nothing ties the record to passages in both articles.
    if not pair.differences.none and not quoted_items(data, rule_plan(schema.roles).quote_paths):
        return None
    if not _settle_masthead(data, pair):
        return None
    spellings = _spellings(printed_values(data, schema.roles), pair)
    if spellings is None:
        return None
    try:
        respelled = respell_values(data, schema.roles, spellings)
        answer = with_changes(extraction.answer, dump, respelled)
        checked = check_record(answer, schema, analyzed, extraction.insistence)
    except (InvalidAnswer, SchemaError):
        return None
    if checked.faults:
        return None
    return replace(
        extraction,
        article=pair.later.article,
        record=checked.record,
        answer=checked.answer,
        insistence=checked.insistence,
        evidence=checked.evidence,
        attempts=(),
        warnings=(
            *warnings_of_article(pair.later.article),
            *_warnings_of_transfer(extraction, pair, similarity),
            *article_warnings(checked, schema, analyzed),
        ),
    )


def _warnings_of_transfer(
    extraction: Extraction[Any], pair: ArticlePair, similarity: float
) -> list[RecordWarning]:
    original = pair.earlier.article.id
    transferred = RecordWarning(
        kind=DUPLICATE,
        message=f"a copy of {original} (similarity {similarity:.2f}): "
        "the original's record was reused after a check against this text",
    )
    kept = [
        warning for warning in extraction.warnings if warning.kind not in MADE_ANEW | OF_THE_ARTICLE
    ]
    return [transferred, *kept]


def _settle_masthead(data: dict[str, Any], pair: ArticlePair) -> bool:
    earlier, later = pair.earlier.masthead, pair.later.masthead
    if earlier is None or later is None:
        return True
    return earlier.settle_fields(data, pair.replaced_fields, later)


def _spellings(values: Iterable[str], pair: ArticlePair) -> dict[str, str] | None:
    """Return the copy's spelling of each value that the copy spells differently.

    Returns None if the copy lacks part of the record. A value that is in the earlier article must
    be in the copy. A value with a capital letter must occur equally often in both articles, so that
    nothing about a person, place, organisation or document is missing. Occurrences in replaced
    masthead lines and in links to other stories are not counted.
    """
    spellings: dict[str, str] = {}
    earlier_ignored = pair.earlier.ignored_spans(pair.replaced_fields)
    later_ignored = pair.later.ignored_spans(pair.replaced_fields)
    for value in set(values):
        form = comparison_form(value)
        earlier_places, later_places = pair.earlier.places_of(form), pair.later.places_of(form)
        before = _count_outside(earlier_places, earlier_ignored)
        after = _count_outside(later_places, later_ignored)
        has_letters, is_name = any(map(str.isalpha, value)), any(map(str.isupper, value))
        is_printed = bool(earlier_places) and has_letters
        if (
            (before and not after)
            or (is_name and before != after)
            or (is_printed and not later_places)
        ):
            return None
        if is_printed and value not in pair.later.analyzed.plain.text:
            spelling = pair.later.analyzed.plain_text(*later_places[0])
            # Both articles may spell a value alike while the record spells it differently.
            if all(
                pair.earlier.analyzed.plain_text(*place) != spelling for place in earlier_places
            ):
                spellings[value] = spelling
    return spellings


def _count_outside(places: list[Span], ignored: list[Span]) -> int:
    return sum(not any(start <= place[0] < end for start, end in ignored) for place in places)
