"""The record of one article carried over to a copy of it: only what the copy's own text bears out, and only if it says nothing else.

Two articles may differ in lines of the head that are read by rule in both (stamp, outlet, title), in whole sentences of which the record says
nothing, and in single wrong letters. Anything else in the copy may be something that a model would have put into a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from pydantic import BaseModel

from antq_llm.articles.article import Article
from antq_llm.duplicates.text_diff import (
    Differences,
    Passage,
    forms_of,
    text_differences,
    tokens_of,
)
from antq_llm.evidence.grounding import QUOTE, items_with_quotes
from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.movement_report.baseline.head import read_published, read_publisher
from antq_llm.movement_report.baseline.outline import Outline, is_title
from antq_llm.movement_report.record import MovementReport
from antq_llm.records.result import Extraction
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.text.comparison_form import ComparisonForm, comparison_form
from antq_llm.validation.article_warnings import article_warnings
from antq_llm.validation.checks import check_record
from antq_llm.validation.warnings import RecordWarning

T = TypeVar("T", bound=BaseModel)

DUPLICATE = "duplicate"
"""The kind of the warning that a copy's record has."""
_HEAD_LINES = 8
_OF_THE_TEXT = frozenset({"injection", "unaccounted"})
"""The kinds of warnings that say something of an article's text; those of a copy are made of its own."""


@dataclass(frozen=True)
class ComparedArticle:
    """One of two articles that are compared, with what is read of it by rule."""

    article: Article

    @cached_property
    def analyzed(self) -> AnalyzedArticle:
        """Mentions and places of quotes."""
        return AnalyzedArticle(self.article.text)

    @cached_property
    def outline(self) -> Outline:
        """The lines of its plain form."""
        return Outline(self.analyzed.plain)

    @cached_property
    def lines(self) -> list[Span]:
        """Where its first lines stand."""
        return [self.analyzed.positions.span(*line) for line in self.outline.lines[:_HEAD_LINES]]

    @cached_property
    def form(self) -> ComparisonForm:
        """Its comparison form."""
        return comparison_form(self.article.text)

    @cached_property
    def head(self) -> dict[str, Span]:
        """The lines of the head that rules read, by the field of the record that they give."""
        lines = self.lines
        stamp, publisher = read_published(self.outline), read_publisher(self.outline)
        found = {
            "published": next(
                (line for line in lines if stamp and stamp[QUOTE] in self.line(line)), None
            ),
            "publisher": next((line for line in lines if self.line(line) == publisher), None),
        }
        # A stamp that names the day of the week looks like a title.
        found["headline"] = next(
            (line for line in lines if line not in found.values() and is_title(self.line(line))),
            None,
        )
        return {field: line for field, line in found.items() if line is not None}

    def line(self, span: Span) -> str:
        """Return the words of a span, in plain form."""
        return self.analyzed.plain_text(*span)


@dataclass(frozen=True)
class ArticlePair:
    """An article and one that may be a copy of it, with what they differ in."""

    earlier: ComparedArticle
    later: ComparedArticle
    parted: Differences
    settled: tuple[str, ...]
    """The fields of the record whose lines in the head differ."""

    @property
    def spans(self) -> tuple[list[Span], list[Span]]:
        """The lines of the settled fields, in the one and in the other."""
        of_earlier, of_later = (
            [text.head[field] for field in self.settled if field in text.head]
            for text in (self.earlier, self.later)
        )
        return of_earlier, of_later


def compare_articles(
    earlier: ComparedArticle, later: ComparedArticle, kind: str | None
) -> ArticlePair | None:
    """Return two articles as a pair, None where the later one is no copy whatever a record of the earlier one says.

    ``kind`` is that of the schema: the lines of a head are known for movement reports alone.
    """
    parted = text_differences(earlier.article.text, later.article.text)
    furniture = later.analyzed.boilerplate_start
    added = [passage for passage in parted.added if passage.start < furniture]
    settled: dict[str, None] = {}
    for passage in added:
        field = _head_field(passage, later) if kind == MovementReport.KIND else None
        if field is None or not (field in earlier.head or field == "published"):
            return None
        settled[field] = None
    if not all(field == "published" or _is_replaced(field, earlier, later) for field in settled):
        return None
    of_head = [earlier.head[field] for field in settled if field in earlier.head]
    if any(not (passage.whole or _is_within(passage, of_head)) for passage in parted.removed):
        return None
    return ArticlePair(earlier, later, parted, tuple(settled))


def _head_field(passage: Passage, text: ComparedArticle) -> str | None:
    return next((field for field, line in text.head.items() if _is_within(passage, [line])), None)


def _is_within(passage: Passage, spans: list[Span]) -> bool:
    return any(start <= passage.start and passage.end <= end for start, end in spans)


def _is_replaced(field: str, earlier: ComparedArticle, later: ComparedArticle) -> bool:
    """Whether a line of the later head stands in the place of the earlier one: that one is gone, and this one is no sentence with news of its own.

    Of a title every number and capitalised word but the first must stand in the earlier article too.
    """
    old, new = earlier.line(earlier.head[field]), later.line(later.head[field])
    if new.endswith((".", "…")) or any(_is_same(old, later.line(line)) for line in later.lines):
        return False
    if field == "publisher":
        return not any(one.isdigit() for one in new)
    known = set(forms_of(earlier.article.text))
    telling = (
        chunk
        for chunk in tokens_of(new)[1:]
        if any(one.isdigit() or one.isupper() for one in new[chunk.start : chunk.end])
    )
    return all(chunk.form in known for chunk in telling)


def transfer_record(
    extraction: Extraction[T], pair: ArticlePair, similarity: float
) -> Extraction[T] | None:
    """Return the extraction of a copy, made of that of the earlier article; None where the copy's text does not bear all of it out."""
    schema, analyzed = extraction.schema, pair.later.analyzed
    data = schema.dump(extraction.record)
    # Without a quote nothing ties the record to passages that both have.
    if not pair.parted.none and not any(items_with_quotes(data)):
        return None
    if not _settle_head(data, pair) or (values := _printed_values(data, pair)) is None:
        return None
    try:
        checked = check_record(schema.read_data(_with_values(data, values)), schema, analyzed)
    except InvalidAnswer:
        return None
    if checked.faults:
        return None
    original = pair.earlier.article.id
    told = RecordWarning(
        kind=DUPLICATE,
        message=f"a copy of {original} (similarity {similarity:.2f}): its record was taken over and judged against this text",
    )
    kept = [warning for warning in extraction.warnings if warning.kind not in _OF_THE_TEXT]
    return replace(
        extraction,
        article=pair.later.article,
        record=checked.record,
        evidence=checked.evidence,
        attempts=(),
        warnings=(told, *kept, *article_warnings(checked, schema, analyzed)),
    )


def _settle_head(data: dict[str, Any], pair: ArticlePair) -> bool:
    """Put what the copy's own head says into a record's data; False where the record is not what the rules read in the earlier head."""
    for field in pair.settled:
        read: Callable[[ComparedArticle], Any] = _READ[field]
        if not _is_same(data[field], read(pair.earlier)):
            return False
        data[field] = read(pair.later)
    return True


def _title(text: ComparedArticle) -> str | None:
    return text.line(text.head["headline"]) if "headline" in text.head else None


_READ: Mapping[str, Callable[[ComparedArticle], Any]] = {
    "published": lambda text: read_published(text.outline),
    "publisher": lambda text: read_publisher(text.outline),
    "headline": _title,
}


def _is_same(given: Any, read: Any) -> bool:
    """Whether a model and the rules read the same: the same words, or the same stamp whatever part of its line is quoted."""
    if given is None or read is None:
        return given is read
    if isinstance(given, dict):
        return (given["date"], given["time"]) == (read["date"], read["time"])
    return forms_of(given) == forms_of(read)


def _printed_values(data: Any, pair: ArticlePair) -> dict[str, str] | None:
    """Return how the copy prints the values of a record that it spells otherwise; None where the copy lacks something that the record says.

    A value that stands in the article must stand in the copy; one with a capital as often as there, so that nothing was left out that is told
    of a person, place, body or document of the record. Settled lines of the head and links to other stories do not count.
    """
    values: dict[str, str] = {}
    ignored = [
        [*lines, (text.analyzed.boilerplate_start, len(text.article.text) + 1)]
        for text, lines in zip((pair.earlier, pair.later), pair.spans, strict=True)
    ]
    for value in set(_strings(data)):
        form = comparison_form(value)
        ours, theirs = (_places(text, form) for text in (pair.earlier, pair.later))
        before, after = _outside(ours, ignored[0]), _outside(theirs, ignored[1])
        has_letters, is_name = any(map(str.isalpha, value)), any(map(str.isupper, value))
        if (
            (before and not after)
            or (is_name and before != after)
            or (ours and has_letters and not theirs)
        ):
            return None
        if ours and has_letters and value not in pair.later.analyzed.plain.text:
            values[value] = pair.later.line(theirs[0])
    return values


def _places(text: ComparedArticle, form: ComparisonForm) -> list[Span]:
    return [
        text.form.span(*place)
        for place in text.form.find_all(form)
        if text.form.at_word_bounds(*place)
    ]


def _outside(places: list[Span], spans: list[Span]) -> int:
    return sum(not any(start <= place[0] < end for start, end in spans) for place in places)


def _strings(data: Any) -> Iterator[str]:
    """Yield the texts of a record's data but for its quotes, which are looked for by themselves."""
    if isinstance(data, str):
        yield data
    for value in (
        data
        if isinstance(data, list)
        else [value for key, value in data.items() if key != QUOTE]
        if isinstance(data, dict)
        else []
    ):
        yield from _strings(value)


def _with_values(data: Any, values: Mapping[str, str]) -> Any:
    if isinstance(data, str):
        return values.get(data, data)
    if isinstance(data, list):
        return [_with_values(one, values) for one in data]
    if isinstance(data, dict):
        return {
            key: value if key == QUOTE else _with_values(value, values)
            for key, value in data.items()
        }
    return data
