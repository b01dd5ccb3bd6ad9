"""Values against the article: what a movement record says must be what its quotes, else its article, read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from antq_llm.evidence.alignment import Aligner
from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.date_check import DateReader
from antq_llm.mentions.numbers_and_dates import Mention
from antq_llm.mentions.numerals import words_in
from antq_llm.schemas.edtf import Date
from antq_llm.schemas.faults import Fault, fault_at
from antq_llm.text.words import words_of

_BEFORE, _AFTER = 40, 40
"""Characters around a figure in which the words beside it stand, in any spelling."""


class Inconsistency(NamedTuple):
    """A value that its article does not bear out: where it is, and the item that falls if it stays."""

    item: str
    fault: Fault


def check_report(
    data: Mapping[str, Any], spans: Mapping[str, Span], analyzed: AnalyzedArticle
) -> list[Inconsistency]:
    """Return what of a movement record is not read in its article; ``spans`` are those of the items' quotes, by pointer."""
    found = [
        *_check_head(data, analyzed),
        *_check_people(data, analyzed),
        *_check_figures(data, spans, analyzed),
        *_check_dates(data, analyzed),
    ]
    order = {pointer: index for index, pointer in enumerate(spans)}
    return sorted(found, key=lambda one: order.get(one.item, -1))


def _check_head(data: Mapping[str, Any], analyzed: AnalyzedArticle) -> Iterator[Inconsistency]:
    for field in ("headline", "publisher"):
        if data[field] is not None and not analyzed.contains(data[field]):
            yield _absent(f"/{field}", f"/{field}", data[field])
    for index, name in enumerate(data["byline"]):
        if not analyzed.contains(name):
            yield _absent(f"/byline/{index}", f"/byline/{index}", name)


def _check_people(data: Mapping[str, Any], analyzed: AnalyzedArticle) -> Iterator[Inconsistency]:
    for index, person in enumerate(data["people"]):
        for field in ("name", "rank"):
            if person[field] is not None and not analyzed.contains(person[field]):
                yield _absent(f"/people/{index}", f"/people/{index}/{field}", person[field])
                break
        else:
            if person["name"] not in person["quote"] and not Aligner(person["quote"]).find(
                person["name"]
            ):
                message = "the quote does not name this person: quote a passage with the name, as it is spelled there"
                yield Inconsistency(
                    f"/people/{index}", fault_at(f"/people/{index}/name", message, person["name"])
                )
            printed = analyzed.ranks.get(person["name"], set()) if person["rank"] else set()
            if (
                printed
                and person["rank"].lower() not in printed
                and all(words_of(person["rank"]) != words_of(rank) for rank in printed)
            ):
                message = f"the article calls this person {' and '.join(sorted(printed))}: write the rank as printed"
                yield Inconsistency(
                    f"/people/{index}", fault_at(f"/people/{index}/rank", message, person["rank"])
                )
    for kind, field in (("community_models", "name"), ("documents", "number"), ("awards", "form")):
        for index, item in enumerate(data[kind]):
            if item[field] is not None and not analyzed.contains(item[field]):
                yield _absent(f"/{kind}/{index}", f"/{kind}/{index}/{field}", item[field])


def _absent(item: str, pointer: str, value: str) -> Inconsistency:
    return Inconsistency(
        item,
        fault_at(pointer, "this does not stand in the article: write it as printed there", value),
    )


def _check_figures(
    data: Mapping[str, Any], spans: Mapping[str, Span], analyzed: AnalyzedArticle
) -> Iterator[Inconsistency]:
    for index, indicator in enumerate(data["indicators"]):
        pointer = f"/indicators/{index}"
        figure = _Figure(
            pointer, "value", indicator["value"], indicator["comparator"], indicator["total"]
        )
        yield from _check_figure(figure, spans.get(pointer), analyzed)
    for index, award in enumerate(data["awards"]):
        pointer = f"/awards/{index}"
        if award["count"] is not None:
            yield from _check_figure(
                _Figure(pointer, "count", award["count"], award["comparator"], None),
                spans.get(pointer),
                analyzed,
            )


@dataclass(frozen=True, slots=True)
class _Figure:
    item: str
    field: str
    value: float
    comparator: str
    total: float | None


def _check_figure(
    figure: _Figure, span: Span | None, analyzed: AnalyzedArticle
) -> Iterator[Inconsistency]:
    quoted = [
        mention
        for mention in analyzed.numbers
        if span and mention.start < span[1] and mention.end > span[0]
    ]
    same = [mention for mention in quoted or analyzed.numbers if mention.value == figure.value]
    if not same:
        in_words = figure.value in words_in(
            analyzed.plain_text(*span) if span else analyzed.plain.text
        )
        if not in_words:
            reads = (
                ", ".join(dict.fromkeys(_read_as(mention) for mention in quoted))
                or "no such figure"
            )
            message = (
                f"the quote reads {reads}: write that value, or quote the passage with this figure"
            )
            yield Inconsistency(
                figure.item, fault_at(f"{figure.item}/{figure.field}", message, figure.value)
            )
        return
    totals = {mention.total for mention in same}
    others = [mention for mention in quoted or analyzed.numbers if mention not in same[:1]]
    if figure.total not in totals and (
        figure.total is None or all(mention.value != figure.total for mention in others)
    ):
        message = f"the quote reads {_read_as(same[0])}: total is {'null' if same[0].total is None else same[0].total}"
        yield Inconsistency(figure.item, fault_at(f"{figure.item}/total", message, figure.total))
    if figure.comparator not in {mention.comparator for mention in same}:
        message = f"the article has {_with_word(same[0], analyzed)}: the comparator is {same[0].comparator}"
        yield Inconsistency(
            figure.item, fault_at(f"{figure.item}/comparator", message, figure.comparator)
        )


def _read_as(mention: Mention) -> str:
    plain = str(mention.value) if mention.total is None else f"{mention.value}/{mention.total}"
    return mention.text if mention.text == plain else f"{mention.text} (that is {plain})"


def _with_word(mention: Mention, analyzed: AnalyzedArticle) -> str:
    before = analyzed.plain_text(max(0, mention.start - _BEFORE), mention.start).split()
    return " ".join([*before[-1:], mention.text])


def _check_dates(data: Mapping[str, Any], analyzed: AnalyzedArticle) -> Iterator[Inconsistency]:
    stamp = data["published"]["date"] if data["published"] else None
    time = data["published"]["time"] if data["published"] else None
    if time and all(
        mention.value != time for mention in analyzed.mentions if mention.kind == "time"
    ):
        yield Inconsistency(
            "/published",
            fault_at(
                "/published/time",
                "the article has no such time: write it as printed, or null",
                time,
            ),
        )
    issued = {document["issued"] for document in data["documents"]}
    reader = DateReader(
        analyzed.plain.text,
        analyzed.plain.dates,
        Date(stamp) if stamp else None,
        frozenset(filter(None, issued)),
    )
    if stamp and (message := reader.stamp_fault()):
        yield Inconsistency("/published", fault_at("/published/date", message, stamp))
    for kind, field in (
        ("events", "date"),
        ("community_models", "started"),
        ("documents", "issued"),
    ):
        for index, item in enumerate(data[kind]):
            if item[field] is not None and (message := reader.fault(item[field])):
                yield Inconsistency(
                    f"/{kind}/{index}", fault_at(f"/{kind}/{index}/{field}", message, item[field])
                )
    for kind, field in (
        ("events", "review_period"),
        ("indicators", "period"),
        ("documents", "period"),
    ):
        for index, item in enumerate(data[kind]):
            if item[field] is not None and (message := reader.period_fault(item[field])):
                yield Inconsistency(
                    f"/{kind}/{index}", fault_at(f"/{kind}/{index}/{field}", message, item[field])
                )
