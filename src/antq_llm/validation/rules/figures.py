"""The rule for figures: the value, comparator and total must be as the quote states them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from antq_llm.core.json_pointer import child_pointer, parent_of
from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.mention import Mention
from antq_llm.schemas.faults import Fault, fault_at
from antq_llm.schemas.roles import Figure
from antq_llm.text.words import words_of
from antq_llm.validation.findings import Verdict
from antq_llm.validation.rules.printed_values import (
    has_open_reading,
    may_print_number,
    mentions_in,
    states,
    word_after,
)
from antq_llm.validation.rules.rule_plan import Value

_CHARACTERS_BEFORE = 40
"""Number of characters before a figure that are searched for the preceding word."""
_LETTER = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure in a record, with the fields next to it."""

    pointer: str
    value: float
    role: Figure
    holder: Any
    source: str
    """The figure's source in messages: ``quote``, or ``article`` if the item has no quote."""

    def beside(self, key: str) -> Any:
        return self.holder.get(key) if isinstance(self.holder, dict) else None

    def pointer_beside(self, key: str) -> str:
        return child_pointer(parent_of(self.pointer), key)


def check_figure(
    figure: Value, role: Figure, span: Span | None, analyzed: AnalyzedArticle, *, is_quoted: bool
) -> Iterator[tuple[Fault, Verdict]]:
    """Check a figure against the numbers in its quote or, if there are none, in the article.

    ``span`` is the span of the quote, if it was found; ``is_quoted`` says whether the item has a
    quote.
    """
    if isinstance(figure.value, bool) or not isinstance(figure.value, int | float):
        return
    read = _Figure(
        figure.pointer, figure.value, role, figure.holder, "quote" if is_quoted else "article"
    )
    quoted = mentions_in(span, analyzed.numbers) if span else []
    has_number = any(mention.is_certain for mention in quoted)
    numbers = quoted if has_number else [*quoted, *analyzed.numbers]
    readings = [mention for mention in numbers if states(mention, figure.value)]
    if not readings:
        text = analyzed.plain_text(*span) if span else analyzed.plain.text
        if figure.value not in analyzed.language.words_in(text):
            yield (
                _wrong_value(read, quoted),
                _verdict_on_value(read, span, analyzed, has_number=has_number),
            )
        return
    # If the quote has no number, the same value elsewhere in the article may be another figure.
    is_sure = (has_number or not is_quoted) and all(reading.is_certain for reading in readings)
    yield from _check_total(read, numbers, readings, analyzed, is_sure=is_sure)
    yield from _check_comparator(read, readings, analyzed, is_sure=is_sure)


def _check_total(
    figure: _Figure,
    numbers: Sequence[Mention],
    readings: Sequence[Mention],
    analyzed: AnalyzedArticle,
    *,
    is_sure: bool,
) -> Iterator[tuple[Fault, Verdict]]:
    key = figure.role.total
    if key is None:
        return
    total = figure.beside(key)
    if not _is_read_as_total(total, readings, numbers):
        is_elsewhere = total is not None and may_print_number(total, analyzed, frozenset())
        verdict: Verdict = "contradicted" if is_sure and not is_elsewhere else "cannot_tell"
        yield _wrong_total(figure, key, total, readings[0]), verdict


def _check_comparator(
    figure: _Figure, readings: Sequence[Mention], analyzed: AnalyzedArticle, *, is_sure: bool
) -> Iterator[tuple[Fault, Verdict]]:
    key = figure.role.comparator
    if key is None:
        return
    comparator = figure.beside(key)
    if not any(comparator in _comparators(reading, figure.value) for reading in readings):
        counted = {word_after(reading, analyzed) for reading in readings}
        is_elsewhere = any(
            comparator in _comparators(mention, figure.value)
            for mention in analyzed.numbers
            if states(mention, figure.value) and word_after(mention, analyzed) in counted
        )
        verdict: Verdict = "contradicted" if is_sure and not is_elsewhere else "cannot_tell"
        yield _wrong_comparator(figure, key, comparator, readings[0], analyzed), verdict


def _verdict_on_value(
    figure: _Figure, span: Span | None, analyzed: AnalyzedArticle, *, has_number: bool
) -> Verdict:
    """Return the verdict on a value that is not in the quote.

    It is ``contradicted`` if the article certainly does not state the value. If the quote states
    another number (``has_number``), a number in words elsewhere supports the value only if it
    counts the same thing.
    """
    counted = set(words_of(" ".join(_texts_in(figure.holder)))) if has_number else None
    # The minus sign of a number may have been read as a dash.
    if any(
        may_print_number(value, analyzed, counted) for value in {figure.value, abs(figure.value)}
    ):
        return "cannot_tell"
    passage = span or (0, len(analyzed.text))
    return "cannot_tell" if has_open_reading(passage, analyzed) else "contradicted"


def _texts_in(holder: Any) -> Iterator[str]:
    values = holder.values() if isinstance(holder, dict) else ()
    return (value for value in values if isinstance(value, str))


def _comparators(mention: Mention, value: float) -> set[str]:
    """Return the comparators that a mention allows for a value."""
    comparators = {mention.comparator, *mention.other_comparators}
    if mention.upper is None:
        return comparators
    bounds = {">="} if value == mention.value else {"<="}
    # "From 5 to 7" may also be a change between two exact figures.
    is_joined_by_sign = not _LETTER.search(mention.text)
    return (comparators - {"="} if is_joined_by_sign else comparators) | bounds


def _is_read_as_total(
    total: float | None, readings: Sequence[Mention], numbers: Sequence[Mention]
) -> bool:
    """Return whether a total belongs to a reading or is stated by another number."""
    if total in {mention.total for mention in readings}:
        return True
    return total is not None and any(
        states(mention, total) for mention in numbers if mention != readings[0]
    )


# The texts of faults below are sent to the model: do not edit.


def _wrong_value(figure: _Figure, quoted: Sequence[Mention]) -> Fault:
    if figure.source == "article":
        message = "the article has no such figure: write it as stated there"
        return fault_at(figure.pointer, message, figure.value)
    reads = ", ".join(dict.fromkeys(map(_read_as, quoted))) or "no such figure"
    message = f"the quote reads {reads}: write that value, or quote the passage with this figure"
    return fault_at(figure.pointer, message, figure.value)


def _wrong_total(figure: _Figure, key: str, given: Any, reading: Mention) -> Fault:
    total = "null" if reading.total is None else reading.total
    message = f"the {figure.source} reads {_read_as(reading)}: {key} is {total}"
    return fault_at(figure.pointer_beside(key), message, given)


def _wrong_comparator(
    figure: _Figure, key: str, given: Any, reading: Mention, analyzed: AnalyzedArticle
) -> Fault:
    words = _with_word_before(reading, analyzed)
    bound = next(bound for bound in reading.bounds if bound.value == figure.value)
    message = f"the article has {words}: the {key} is {bound.comparator}"
    return fault_at(figure.pointer_beside(key), message, given)


def _read_as(mention: Mention) -> str:
    plain = str(mention.value) if mention.total is None else f"{mention.value}/{mention.total}"
    return mention.text if mention.text == plain else f"{mention.text} (that is {plain})"


def _with_word_before(mention: Mention, analyzed: AnalyzedArticle) -> str:
    begin = max(0, mention.start - _CHARACTERS_BEFORE)
    before = analyzed.plain_text(begin, mention.start).split()
    return " ".join([*before[-1:], mention.text])
