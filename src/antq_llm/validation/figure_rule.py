"""The rule for figures: a value, its comparator and its total are as the quote reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from antq_llm.core.json_pointer import child_pointer, parent_of
from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.mention import Mention
from antq_llm.schemas.faults import Fault, fault_at
from antq_llm.schemas.roles import Figure
from antq_llm.validation.rule_plan import Value

_CHARACTERS_BEFORE = 40
"""Characters before a figure among which the word before it is looked for."""


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure of a record with what stands beside it."""

    pointer: str
    value: float
    role: Figure
    holder: Any
    source: str
    """What it is read in, for messages: ``quote``, or ``article`` where the item has no quote."""

    def beside(self, key: str) -> Any:
        return self.holder.get(key) if isinstance(self.holder, dict) else None

    def pointer_beside(self, key: str) -> str:
        return child_pointer(parent_of(self.pointer), key)


def check_figure(
    figure: Value, role: Figure, span: Span | None, analyzed: AnalyzedArticle, *, is_quoted: bool
) -> Iterator[Fault]:
    """Check a figure against the numbers that its quote reads, else against the article's.

    ``span`` is that of the quote, if it was found; ``is_quoted`` says that the item has one.
    """
    if isinstance(figure.value, bool) or not isinstance(figure.value, int | float):
        return
    read = _Figure(
        figure.pointer, figure.value, role, figure.holder, "quote" if is_quoted else "article"
    )
    quoted = [
        bound
        for mention in analyzed.numbers
        if span and mention.start < span[1] and mention.end > span[0]
        for bound in mention.bounds
    ]
    # A passage with nothing but uncertain readings is not checked against them alone.
    numbers = (
        quoted
        if any(mention.is_certain for mention in quoted)
        else [bound for mention in analyzed.numbers for bound in mention.bounds]
    )
    readings = [mention for mention in numbers if mention.value == figure.value]
    if not readings:
        text = analyzed.plain_text(*span) if span else analyzed.plain.text
        if figure.value not in analyzed.language.words_in(text):
            yield _wrong_value(read, quoted)
        return
    if role.total is not None:
        others = [mention for mention in numbers if mention not in readings[:1]]
        total = read.beside(role.total)
        if not _is_read_as_total(total, readings, others):
            yield _wrong_total(read, role.total, total, readings[0])
    if role.comparator is not None:
        comparator = read.beside(role.comparator)
        if not any(
            comparator == mention.comparator or comparator in mention.other_comparators
            for mention in readings
        ):
            yield _wrong_comparator(read, role.comparator, comparator, readings[0], analyzed)


def _is_read_as_total(
    total: float | None, readings: Sequence[Mention], others: Sequence[Mention]
) -> bool:
    """Whether a total is that of a reading of its value, or another number beside it."""
    if total in {mention.total for mention in readings}:
        return True
    return total is not None and any(mention.value == total for mention in others)


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
    message = f"the article has {words}: the {key} is {reading.comparator}"
    return fault_at(figure.pointer_beside(key), message, given)


def _read_as(mention: Mention) -> str:
    plain = str(mention.value) if mention.total is None else f"{mention.value}/{mention.total}"
    return mention.text if mention.text == plain else f"{mention.text} (that is {plain})"


def _with_word_before(mention: Mention, analyzed: AnalyzedArticle) -> str:
    begin = max(0, mention.start - _CHARACTERS_BEFORE)
    before = analyzed.plain_text(begin, mention.start).split()
    return " ".join([*before[-1:], mention.text])
