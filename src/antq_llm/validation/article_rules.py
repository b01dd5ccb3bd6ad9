"""Checks of a movement record's values against its quotes and its article.

The order of the checks is part of a re-ask, and so is the order of the faults of one item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from antq_llm.evidence.alignment import Aligner
from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.date_check import DateReader
from antq_llm.mentions.mention import Mention
from antq_llm.schemas.edtf import Date
from antq_llm.schemas.faults import Fault, fault_at
from antq_llm.text.words import words_of

_CHARACTERS_BEFORE = 40
"""Characters before a figure among which the word before it is looked for."""


class Inconsistency(NamedTuple):
    """A value that the article does not support, with the item to drop if it stays."""

    item: str
    fault: Fault


def check_report(
    data: Mapping[str, Any], spans: Mapping[str, Span], analyzed: AnalyzedArticle
) -> list[Inconsistency]:
    """Return the values of a movement record that its article does not support.

    ``spans`` are those of the items' quotes, by pointer.
    """
    found = [
        *_check_head(data, analyzed),
        *_check_people(data, analyzed),
        *_check_names(data, analyzed),
        *_check_figures(data, spans, analyzed),
        *_check_dates(data, analyzed),
    ]
    order = {pointer: index for index, pointer in enumerate(spans)}
    return sorted(found, key=lambda inconsistency: order.get(inconsistency.item, -1))


def _check_head(data: Mapping[str, Any], analyzed: AnalyzedArticle) -> Iterator[Inconsistency]:
    for field in ("headline", "publisher"):
        if data[field] is not None and not analyzed.contains(data[field]):
            yield _not_printed(f"/{field}", f"/{field}", data[field])
    for index, name in enumerate(data["byline"]):
        if not analyzed.contains(name):
            yield _not_printed(f"/byline/{index}", f"/byline/{index}", name)


def _check_people(data: Mapping[str, Any], analyzed: AnalyzedArticle) -> Iterator[Inconsistency]:
    for index, person in enumerate(data["people"]):
        item = f"/people/{index}"
        absent = next(
            (
                field
                for field in ("name", "rank")
                if person[field] is not None and not analyzed.contains(person[field])
            ),
            None,
        )
        if absent is not None:
            yield _not_printed(item, f"{item}/{absent}", person[absent])
        else:
            yield from _check_name_in_quote(item, person)
            yield from _check_rank(item, person, analyzed)


def _check_name_in_quote(item: str, person: Mapping[str, Any]) -> Iterator[Inconsistency]:
    name, quote = person["name"], person["quote"]
    if name not in quote and not Aligner(quote).find(name):
        # Sent to the model: do not edit.
        message = (
            "the quote does not name this person: "
            "quote a passage with the name, as it is spelled there"
        )
        yield Inconsistency(item, fault_at(f"{item}/name", message, name))


def _check_rank(
    item: str, person: Mapping[str, Any], analyzed: AnalyzedArticle
) -> Iterator[Inconsistency]:
    rank = person["rank"]
    printed = analyzed.ranks.get(person["name"], set()) if rank else set()
    if not printed or rank.lower() in printed:
        return
    if all(words_of(rank) != words_of(printed_rank) for printed_rank in printed):
        # Sent to the model: do not edit.
        ranks = " and ".join(sorted(printed))
        message = f"the article calls this person {ranks}: write the rank as printed"
        yield Inconsistency(item, fault_at(f"{item}/rank", message, rank))


def _check_names(data: Mapping[str, Any], analyzed: AnalyzedArticle) -> Iterator[Inconsistency]:
    fields = (("community_models", "name"), ("documents", "number"), ("awards", "form"))
    for pointer, field, value in _values(data, fields):
        if not analyzed.contains(value):
            yield _not_printed(pointer, f"{pointer}/{field}", value)


def _not_printed(item: str, pointer: str, value: str) -> Inconsistency:
    # Sent to the model: do not edit.
    message = "this does not stand in the article: write it as printed there"
    return Inconsistency(item, fault_at(pointer, message, value))


def _values(
    data: Mapping[str, Any], fields: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str, Any]]:
    """Yield the values of a field of a list's items, with their item's pointer, without nulls."""
    for name, field in fields:
        for index, item in enumerate(data[name]):
            if item[field] is not None:
                yield f"/{name}/{index}", field, item[field]


@dataclass(frozen=True, slots=True)
class _Figure:
    item: str
    field: str
    value: float
    comparator: str
    total: float | None


def _check_figures(
    data: Mapping[str, Any], spans: Mapping[str, Span], analyzed: AnalyzedArticle
) -> Iterator[Inconsistency]:
    for figure in _figures(data):
        yield from _check_figure(figure, spans.get(figure.item), analyzed)


def _figures(data: Mapping[str, Any]) -> Iterator[_Figure]:
    for index, indicator in enumerate(data["indicators"]):
        yield _Figure(
            f"/indicators/{index}",
            "value",
            indicator["value"],
            indicator["comparator"],
            indicator["total"],
        )
    for index, award in enumerate(data["awards"]):
        if award["count"] is not None:
            yield _Figure(f"/awards/{index}", "count", award["count"], award["comparator"], None)


def _check_figure(
    figure: _Figure, span: Span | None, analyzed: AnalyzedArticle
) -> Iterator[Inconsistency]:
    """Check a figure against the numbers that its quote reads, else against the article's."""
    quoted = [
        mention
        for mention in analyzed.numbers
        if span and mention.start < span[1] and mention.end > span[0]
    ]
    numbers = quoted or analyzed.numbers
    readings = [mention for mention in numbers if mention.value == figure.value]
    if not readings:
        if figure.value not in analyzed.language.words_in(
            analyzed.plain_text(*span) if span else analyzed.plain.text
        ):
            yield _wrong_value(figure, quoted)
        return
    others = [mention for mention in numbers if mention not in readings[:1]]
    if not _is_read_as_total(figure.total, readings, others):
        yield _wrong_total(figure, readings[0])
    if figure.comparator not in {mention.comparator for mention in readings}:
        yield _wrong_comparator(figure, readings[0], analyzed)


def _is_read_as_total(
    total: float | None, readings: Sequence[Mention], others: Sequence[Mention]
) -> bool:
    """Whether a total is that of a reading of its value, or another number beside it."""
    if total in {mention.total for mention in readings}:
        return True
    return total is not None and any(mention.value == total for mention in others)


def _wrong_value(figure: _Figure, quoted: Sequence[Mention]) -> Inconsistency:
    # Sent to the model: do not edit.
    reads = ", ".join(dict.fromkeys(map(_read_as, quoted))) or "no such figure"
    message = f"the quote reads {reads}: write that value, or quote the passage with this figure"
    return Inconsistency(
        figure.item, fault_at(f"{figure.item}/{figure.field}", message, figure.value)
    )


def _wrong_total(figure: _Figure, reading: Mention) -> Inconsistency:
    # Sent to the model: do not edit.
    total = "null" if reading.total is None else reading.total
    message = f"the quote reads {_read_as(reading)}: total is {total}"
    return Inconsistency(figure.item, fault_at(f"{figure.item}/total", message, figure.total))


def _wrong_comparator(
    figure: _Figure, reading: Mention, analyzed: AnalyzedArticle
) -> Inconsistency:
    # Sent to the model: do not edit.
    words = _with_word_before(reading, analyzed)
    message = f"the article has {words}: the comparator is {reading.comparator}"
    return Inconsistency(
        figure.item, fault_at(f"{figure.item}/comparator", message, figure.comparator)
    )


def _read_as(mention: Mention) -> str:
    plain = str(mention.value) if mention.total is None else f"{mention.value}/{mention.total}"
    return mention.text if mention.text == plain else f"{mention.text} (that is {plain})"


def _with_word_before(mention: Mention, analyzed: AnalyzedArticle) -> str:
    begin = max(0, mention.start - _CHARACTERS_BEFORE)
    before = analyzed.plain_text(begin, mention.start).split()
    return " ".join([*before[-1:], mention.text])


def _check_dates(data: Mapping[str, Any], analyzed: AnalyzedArticle) -> Iterator[Inconsistency]:
    published = data["published"] or {"date": None, "time": None}
    yield from _check_time(published["time"], analyzed)
    issued = {document["issued"] for document in data["documents"]}
    reader = DateReader(
        analyzed.plain.text,
        analyzed.plain.dates,
        Date(published["date"]) if published["date"] else None,
        frozenset(filter(None, issued)),
        analyzed.language.sentence_end,
    )
    yield from _check_stamp(published["date"], reader)
    dates = (("events", "date"), ("community_models", "started"), ("documents", "issued"))
    yield from _check_each(_values(data, dates), reader.fault)
    periods = (("events", "review_period"), ("indicators", "period"), ("documents", "period"))
    yield from _check_each(_values(data, periods), reader.period_fault)


def _check_time(time: str | None, analyzed: AnalyzedArticle) -> Iterator[Inconsistency]:
    printed = (mention.value for mention in analyzed.mentions if mention.kind == "time")
    if time and time not in printed:
        # Sent to the model: do not edit.
        message = "the article has no such time: write it as printed, or null"
        yield Inconsistency("/published", fault_at("/published/time", message, time))


def _check_stamp(date: str | None, reader: DateReader) -> Iterator[Inconsistency]:
    if date and (message := reader.stamp_fault()):
        yield Inconsistency("/published", fault_at("/published/date", message, date))


def _check_each(
    values: Iterable[tuple[str, str, Any]], fault_of: Callable[[Any], str | None]
) -> Iterator[Inconsistency]:
    for item, field, value in values:
        if message := fault_of(value):
            yield Inconsistency(item, fault_at(f"{item}/{field}", message, value))
