"""Values against the article: what a movement record says must be what its quotes, else its article, read."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from pydantic_core import to_json

from antq_llm.alignment import Aligner
from antq_llm.dating import DateReader
from antq_llm.mentions import Mention, read_mentions
from antq_llm.names import NameMention, read_names
from antq_llm.numerals import words_in
from antq_llm.plain import PlainForm, plain_form
from antq_llm.positions import PositionMap
from antq_llm.schemas.edtf import Date
from antq_llm.schemas.faults import Fault, fault_at
from antq_llm.words import words_of

Span = tuple[int, int]
Found = TypeVar("Found", Mention, NameMention)

_BEFORE, _AFTER = 40, 40
"""Characters around a figure in which the words beside it stand, in any spelling."""
_DURATION = re.compile(r"\s*(?:năm|tháng|ngày|giờ|phút|giây|tuần|tuổi|thập kỷ|thế kỷ|buổi sáng|ngày đêm)\b", re.IGNORECASE)
_FURNITURE = re.compile(
    r"[^\S\n]*(?:xem thêm|đọc thêm|tin liên quan|các tin (?:tức )?khác|tin cùng chuyên mục|tin khác|bài liên quan|có thể bạn quan tâm|top|tags?|"
    r"từ kh(?:óa|oá)|bình luận)\b[^\n]{0,40}$",
    re.IGNORECASE | re.MULTILINE,
)


class ArticleReading:
    """What is read of one article by rule, made once and only when asked for."""

    def __init__(self, text: str, form: PlainForm | None = None) -> None:
        """Read a text; ``form`` is its plain form, where that is known."""
        self.text = text
        self.aligner = Aligner(text)
        self._form = form

    @property
    def plain(self) -> ArticleReading:
        """The reading of the text's plain form, which the patterns of rules are written for; this one where the text is plain."""
        return self._of_plain_form or self

    @property
    def positions(self) -> PositionMap:
        """Where the characters of the plain form stand in the text."""
        return self._plain_form.positions

    @cached_property
    def _plain_form(self) -> PlainForm:
        return self._form or plain_form(self.text)

    @cached_property
    def _of_plain_form(self) -> ArticleReading | None:
        plain = self._plain_form.text
        return None if plain == self.text else ArticleReading(plain, PlainForm(plain, PositionMap()))

    @cached_property
    def mentions(self) -> list[Mention]:
        """Every expression in digits, in order."""
        return self._placed(self._of_plain_form.mentions) if self._of_plain_form else read_mentions(self.text)

    @cached_property
    def numbers(self) -> list[Mention]:
        """The quantities, in order."""
        return [mention for mention in self.mentions if mention.kind == "number"]

    @cached_property
    def dates(self) -> list[Mention]:
        """The calendar expressions, in order."""
        return [mention for mention in self.mentions if mention.kind == "date"]

    @cached_property
    def names(self) -> list[NameMention]:
        """The ranked and the quoted names, in order."""
        return self._placed(self._of_plain_form.names) if self._of_plain_form else read_names(self.text)

    @cached_property
    def ranks(self) -> dict[str, set[str]]:
        """The ranks, in lower case, that stand before each name."""
        ranks: dict[str, set[str]] = {}
        for mention in self.names:
            if mention.rank:
                ranks.setdefault(mention.name, set()).add(mention.rank.lower())
        return ranks

    @cached_property
    def furniture_start(self) -> int:
        """Where the links to other stories begin, if a line announces them in the last half; else the end of the text."""
        if self._of_plain_form:
            return self.positions.start_of(self._of_plain_form.furniture_start)
        line = self.text.find("\n", len(self.text) // 2)
        while line >= 0 and not _FURNITURE.match(self.text, line + 1):
            line = self.text.find("\n", line + 1)
        return line + 1 if line >= 0 else len(self.text)

    def plainly(self, start: int, end: int) -> str:
        """Return the plain form of a stretch of the text."""
        return self.plain.text[start:end] if self.positions.is_identity else plain_form(self.text[start:end]).text

    def stands(self, value: str) -> bool:
        """Whether a value stands in the article, in any spelling of the same words."""
        return value in self.text or bool(self.aligner.find(value))

    def _placed(self, found: list[Found]) -> list[Found]:
        """Return what was found in the plain form with the spans that it has in the text."""
        positions = self.positions
        if positions.is_identity:
            return found
        return [one._replace(start=positions.start_of(one.start), end=positions.end_of(one.end - 1)) for one in found]


class Inconsistency(NamedTuple):
    """A value that its article does not bear out: where it is, and the item that falls if it stays."""

    item: str
    fault: Fault


def check_report(data: Mapping[str, Any], spans: Mapping[str, Span], reading: ArticleReading) -> list[Inconsistency]:
    """Return what of a movement record is not read in its article; ``spans`` are those of the items' quotes, by pointer."""
    found = [*_check_head(data, reading), *_check_people(data, reading), *_check_figures(data, spans, reading), *_check_dates(data, reading)]
    order = {pointer: index for index, pointer in enumerate(spans)}
    return sorted(found, key=lambda one: order.get(one.item, -1))


def unaccounted_figures(data: Mapping[str, Any], reading: ArticleReading) -> list[Mention]:
    """Return the quantities of an article that no indicator and no award states; durations and links to other stories are left out."""
    stated = {indicator["value"] for indicator in data["indicators"]} | {indicator["total"] for indicator in data["indicators"]}
    stated |= {award["count"] for award in data["awards"]}
    return [
        mention
        for mention in reading.numbers
        if mention.value not in stated and mention.start < reading.furniture_start and not _DURATION.match(reading.plainly(mention.end, mention.end + _AFTER))
    ]


def unaccounted_mentions(data: Mapping[str, Any], spans: Sequence[Span], reading: ArticleReading) -> list[tuple[str, str, int]]:
    """Return the dates, ranked names and quoted names that stand in no item's quote and in no value: what each is, its words, and its offset.

    Years alone, dates of the publication stamp's line, page furniture, and what a value of the record holds are left out.
    """
    covered = _Covered(spans)
    told = {person["name"] for person in data["people"]}
    dates = [date for date in reading.dates if len(str(date.value)) > len("2000-01") and date.start not in covered]
    names = [name for name in reading.names if name.name not in told and name.start not in covered]
    if not dates and not names:
        return []
    values = to_json(data).decode()
    # Quotes are as the article spells them, names in plain form.
    quotes = [reading.plainly(*span) for span in spans] if reading.plain is not reading else []
    found = [("date", date.text, date.start) for date in dates if str(date.value)[5:] not in values]
    found += [
        ("person" if name.rank else "name", name.name, name.start)
        for name in names
        if to_json(name.name)[1:-1].decode() not in values and all(name.name not in quote for quote in quotes)
    ]
    return sorted((one for one in found if one[2] < reading.furniture_start), key=lambda one: one[2])


class _Covered:
    """The positions that lie in any of some spans."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __contains__(self, position: int) -> bool:
        index = bisect_right(self._starts, position) - 1
        return index >= 0 and position < self._ends[index]


def _check_head(data: Mapping[str, Any], reading: ArticleReading) -> Iterator[Inconsistency]:
    for field in ("headline", "publisher"):
        if data[field] is not None and not reading.stands(data[field]):
            yield _absent(f"/{field}", f"/{field}", data[field])
    for index, name in enumerate(data["byline"]):
        if not reading.stands(name):
            yield _absent(f"/byline/{index}", f"/byline/{index}", name)


def _check_people(data: Mapping[str, Any], reading: ArticleReading) -> Iterator[Inconsistency]:
    for index, person in enumerate(data["people"]):
        for field in ("name", "rank"):
            if person[field] is not None and not reading.stands(person[field]):
                yield _absent(f"/people/{index}", f"/people/{index}/{field}", person[field])
                break
        else:
            if person["name"] not in person["quote"] and not Aligner(person["quote"]).find(person["name"]):
                message = "the quote does not name this person: quote a passage with the name, as it is spelled there"
                yield Inconsistency(f"/people/{index}", fault_at(f"/people/{index}/name", message, person["name"]))
            printed = reading.ranks.get(person["name"], set()) if person["rank"] else set()
            if printed and person["rank"].lower() not in printed and all(words_of(person["rank"]) != words_of(rank) for rank in printed):
                message = f"the article calls this person {' and '.join(sorted(printed))}: write the rank as printed"
                yield Inconsistency(f"/people/{index}", fault_at(f"/people/{index}/rank", message, person["rank"]))
    for kind, field in (("community_models", "name"), ("documents", "number"), ("awards", "form")):
        for index, item in enumerate(data[kind]):
            if item[field] is not None and not reading.stands(item[field]):
                yield _absent(f"/{kind}/{index}", f"/{kind}/{index}/{field}", item[field])


def _absent(item: str, pointer: str, value: str) -> Inconsistency:
    return Inconsistency(item, fault_at(pointer, "this does not stand in the article: write it as printed there", value))


def _check_figures(data: Mapping[str, Any], spans: Mapping[str, Span], reading: ArticleReading) -> Iterator[Inconsistency]:
    for index, indicator in enumerate(data["indicators"]):
        pointer = f"/indicators/{index}"
        figure = _Figure(pointer, "value", indicator["value"], indicator["comparator"], indicator["total"])
        yield from _check_figure(figure, spans.get(pointer), reading)
    for index, award in enumerate(data["awards"]):
        pointer = f"/awards/{index}"
        if award["count"] is not None:
            yield from _check_figure(_Figure(pointer, "count", award["count"], award["comparator"], None), spans.get(pointer), reading)


@dataclass(frozen=True, slots=True)
class _Figure:
    item: str
    field: str
    value: float
    comparator: str
    total: float | None


def _check_figure(figure: _Figure, span: Span | None, reading: ArticleReading) -> Iterator[Inconsistency]:
    quoted = [mention for mention in reading.numbers if span and mention.start < span[1] and mention.end > span[0]]
    same = [mention for mention in quoted or reading.numbers if mention.value == figure.value]
    if not same:
        in_words = figure.value in words_in(reading.plainly(*span) if span else reading.plain.text)
        if not in_words:
            reads = ", ".join(dict.fromkeys(_read_as(mention) for mention in quoted)) or "no such figure"
            message = f"the quote reads {reads}: write that value, or quote the passage with this figure"
            yield Inconsistency(figure.item, fault_at(f"{figure.item}/{figure.field}", message, figure.value))
        return
    totals = {mention.total for mention in same}
    others = [mention for mention in quoted or reading.numbers if mention not in same[:1]]
    if figure.total not in totals and (figure.total is None or all(mention.value != figure.total for mention in others)):
        message = f"the quote reads {_read_as(same[0])}: total is {'null' if same[0].total is None else same[0].total}"
        yield Inconsistency(figure.item, fault_at(f"{figure.item}/total", message, figure.total))
    if figure.comparator not in {mention.comparator for mention in same}:
        message = f"the article has {_with_word(same[0], reading)}: the comparator is {same[0].comparator}"
        yield Inconsistency(figure.item, fault_at(f"{figure.item}/comparator", message, figure.comparator))


def _read_as(mention: Mention) -> str:
    plain = str(mention.value) if mention.total is None else f"{mention.value}/{mention.total}"
    return mention.text if mention.text == plain else f"{mention.text} (that is {plain})"


def _with_word(mention: Mention, reading: ArticleReading) -> str:
    before = reading.plainly(max(0, mention.start - _BEFORE), mention.start).split()
    return " ".join([*before[-1:], mention.text])


def _check_dates(data: Mapping[str, Any], reading: ArticleReading) -> Iterator[Inconsistency]:
    stamp = data["published"]["date"] if data["published"] else None
    time = data["published"]["time"] if data["published"] else None
    if time and all(mention.value != time for mention in reading.mentions if mention.kind == "time"):
        yield Inconsistency("/published", fault_at("/published/time", "the article has no such time: write it as printed, or null", time))
    issued = {document["issued"] for document in data["documents"]}
    reader = DateReader(reading.plain.text, reading.plain.dates, Date(stamp) if stamp else None, frozenset(filter(None, issued)))
    if stamp and (message := reader.stamp_fault()):
        yield Inconsistency("/published", fault_at("/published/date", message, stamp))
    for kind, field in (("events", "date"), ("community_models", "started"), ("documents", "issued")):
        for index, item in enumerate(data[kind]):
            if item[field] is not None and (message := reader.fault(item[field])):
                yield Inconsistency(f"/{kind}/{index}", fault_at(f"/{kind}/{index}/{field}", message, item[field]))
    for kind, field in (("events", "review_period"), ("indicators", "period"), ("documents", "period")):
        for index, item in enumerate(data[kind]):
            if item[field] is not None and (message := reader.period_fault(item[field])):
                yield Inconsistency(f"/{kind}/{index}", fault_at(f"/{kind}/{index}/{field}", message, item[field]))
