"""Suggested values for the fields of an item, based on what the rules read in a passage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from antq_llm.core.json_pointer import pointer_to
from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.mention import Mention, NameMention
from antq_llm.review.form_layout import FormField, Section
from antq_llm.schemas.roles import (
    CalendarDate,
    Figure,
    Identity,
    Name,
    Printed,
    PrintedPeriod,
    PrintedTime,
    PublicationDate,
    Scored,
)
from antq_llm.text.plain_form import plain_form
from antq_llm.validation.rules.dates import DateRules

MAX_SUGGESTIONS = 8
"""The maximum number of values suggested for a field."""
MAX_NAME_WORDS = 8
"""The maximum length, in words, of a selection that is suggested as a name."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")

Suggestions = Mapping[str, tuple[Any, ...]]
"""Suggested values by field suffix, with the likeliest first."""


def source_span(text: str, start: int, end: int) -> Span:
    """Return the span of a selection; ``start`` and ``end`` count CR LF as one character.

    White space at both ends and parts outside the text are cut off.
    """
    breaks = [found.start() for found in re.finditer("\r\n", text)]
    first, last = (_source_offset(place, breaks) for place in sorted((start, end)))
    first, last = max(first, 0), min(last, len(text))
    passage = text[first:last]
    first += len(passage) - len(passage.lstrip())
    return first, max(first, first + len(passage.strip()))


def _source_offset(place: int, breaks: list[int]) -> int:
    for number, found in enumerate(breaks):
        if found - number >= place:
            return place + number
    return place + len(breaks)


def suggest(
    section: Section, analyzed: AnalyzedArticle, span: Span, stamps: tuple[str, ...] = ()
) -> Suggestions:
    """Return suggested values for the fields of a section, based on a passage of the article.

    ``stamps`` are the publication dates in the record, which can supply the years of other dates.
    """
    passage = _Passage(analyzed, span, stamps)
    found: dict[str, list[Any]] = {}
    for field in section.fields:
        found.setdefault(field.suffix, []).extend(passage.values_for(field))
        figure = field.declared.get(Figure)
        first = next(iter(passage.numbers), None)
        if figure is None or first is None:
            continue
        for key, value in ((figure.comparator, first.comparator), (figure.total, first.total)):
            if key is not None and value is not None:
                found.setdefault(pointer_to((*field.path[:-1], key)), []).append(value)
    return {
        suffix: tuple(dict.fromkeys(values))[:MAX_SUGGESTIONS]
        for suffix, values in found.items()
        if values
    }


class _Passage:
    def __init__(self, analyzed: AnalyzedArticle, span: Span, stamps: tuple[str, ...]) -> None:
        self._analyzed = analyzed
        self._span = span
        self._stamps = stamps
        self._text = analyzed.text[slice(*span)]
        inside = [mention for mention in analyzed.mentions if self._has(mention)]
        self.numbers = [mention for mention in inside if mention.kind == "number"]
        self._dates = [mention for mention in inside if mention.kind == "date"]
        self._times = [mention for mention in inside if mention.kind == "time"]

    def values_for(self, field: FormField) -> Iterator[Any]:
        """Yield values that the passage suggests for a field, according to the field's roles."""
        declared = field.declared
        if field.kind == "quote":
            yield self._text
        elif declared.get(Figure):
            yield from (bound.value for mention in self.numbers for bound in mention.bounds)
        elif declared.get(CalendarDate) or declared.get(PublicationDate):
            for mention in self._dates:
                yield from self._dates_of(mention)
        elif declared.get(PrintedPeriod):
            yield from (
                mention.edtf
                for mention in self._dates
                if mention.form is None and "X" not in mention.edtf
            )
        elif declared.get(PrintedTime):
            yield from (str(mention.value) for mention in self._times)
        elif declared.get(Name):
            scored = declared.get(Scored)
            ignored = scored.ignore if scored else ()
            yield from (_without_words(name, ignored) for name in self._names())
        elif declared.get(Printed) and declared.get(Identity):
            yield from (mention.name for mention in self._analyzed.names if self._has(mention))

    def _has(self, mention: Mention | NameMention) -> bool:
        return self._span[0] <= mention.start and mention.end <= self._span[1]

    def _dates_of(self, mention: Mention) -> Iterator[str]:
        """Yield a date; if it has no year, first yield it with each year the date rules accept."""
        if mention.form is not None:
            return
        rules = DateRules(self._analyzed, self._stamps, frozenset())
        for value in map(str, mention.values):
            if value.startswith("XXXX-"):
                dated = (year + value[4:] for year in self._years())
                yield from (date for date in dated if rules.check_date(date, self._span) is None)
            yield value

    def _years(self) -> list[str]:
        texts = (*self._stamps, self._analyzed.published or "", self._analyzed.text)
        return list(dict.fromkeys(year for text in texts for year in _YEAR.findall(text)))

    def _names(self) -> Iterator[str]:
        """Yield names read by the rules, runs of capitalised words and, if short, the passage."""
        yield from (mention.name for mention in self._analyzed.names if self._has(mention))
        words = plain_form(self._text).text.split()
        run: list[str] = []
        for word in (*words, ""):
            bare = word.strip(".,;:()“”\"'")
            if bare[:1].isupper():
                run.append(bare)
            if run and (not bare[:1].isupper() or bare != word):
                if len(run) > 1:
                    yield " ".join(run)
                run = []
        if 0 < len(words) <= MAX_NAME_WORDS:
            yield " ".join(words)


def _without_words(name: str, ignored: Iterable[str]) -> str:
    """Return a name without a leading word that the field ignores, such as ``Bà``."""
    for word in sorted(ignored, key=len, reverse=True):
        if name.casefold().startswith(f"{word.casefold()} "):
            return name[len(word) :].lstrip()
    return name
