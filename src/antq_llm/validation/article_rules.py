"""Checks of a record's values against its quotes and its article, as its schema's roles say.

The rules run in phases over the record: printed values and names, figures, dates. The order is
part of a re-ask, and so is the order of the faults of one item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from antq_llm.core.json_pointer import child_pointer, last_part
from antq_llm.evidence.alignment import Aligner
from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.date_check import DateReader
from antq_llm.schemas.base import Schema
from antq_llm.schemas.edtf import Date, Period
from antq_llm.schemas.faults import fault_at
from antq_llm.schemas.roles import Name, Role
from antq_llm.validation.figure_rule import check_figure
from antq_llm.validation.findings import CheckItem, Finding
from antq_llm.validation.rule_plan import PlannedField, PlannedItem, Value, rule_plan

R = TypeVar("R", bound=Role)


@dataclass(frozen=True)
class DatesOfArticle:
    """Checks dates against the text, and where it prints no stamp against the metadata's."""

    analyzed: AnalyzedArticle
    printed: DateReader
    by_metadata: DateReader | None = None
    """None if the text prints a stamp, or the metadata has none."""

    def fault(self, date: str) -> str | None:
        """Return the fault of a date; a year that the text alone settles is right too."""
        if date in self.analyzed.possible_dates:
            return None
        fault = self.printed.fault(date)
        if self.by_metadata is None or (fault is None and not date.startswith("XXXX")):
            return fault
        return self.by_metadata.fault(date)

    def needs_metadata(self, date: str) -> bool:
        """Whether only the metadata settles the year of a date."""
        return (
            self.by_metadata is not None
            and date not in self.analyzed.possible_dates
            and self.printed.fault(date) is not None
            and self.by_metadata.fault(date) is None
        )


_Items = Sequence[tuple[PlannedItem, Value]]


def check_values(
    data: Any, spans: Mapping[str, Span], analyzed: AnalyzedArticle, schema: Schema[Any]
) -> list[Finding]:
    """Return the values of a record that its article contradicts or cannot settle.

    ``data`` is the record's dump; ``spans`` are those of the items' quotes, by pointer.
    """
    items = [
        (planned, item)
        for planned in rule_plan(schema.roles).items
        for item in planned.items_in(data)
    ]
    if not items:
        return []
    found = [
        *_check_printed(items, analyzed, schema.hooks.get("check_item")),
        *_check_figures(items, spans, analyzed),
        *_check_dates(items, analyzed),
    ]
    order = {pointer: index for index, pointer in enumerate(spans)}
    return sorted(found, key=lambda finding: order.get(finding.item, -1))


def _check_printed(
    items: _Items, analyzed: AnalyzedArticle, check_item: CheckItem | None
) -> Iterator[Finding]:
    """Check printed values and names; an item is not checked further if one is absent."""
    for planned, item in items:
        fields: Sequence[PlannedField[Any]] = planned.printed
        printed = [(field.role, value) for field, value in _texts(fields, item)]
        absent = next((value for _, value in printed if not analyzed.contains(value.value)), None)
        if absent is not None:
            # Sent to the model: do not edit.
            message = "this does not stand in the article: write it as printed there"
            yield Finding(item.pointer, fault_at(absent.pointer, message, absent.value))
            continue
        if planned.quote_key is None or not isinstance(item.value, dict):
            continue
        for role, value in printed:
            if isinstance(role, Name):
                yield from _check_name_in_quote(item, planned.quote_key, role, value)
        if check_item is not None:
            for found in check_item(planned.path, item.value, analyzed):
                place = child_pointer(item.pointer, found.key)
                fault = fault_at(place, found.message, item.value.get(found.key))
                yield Finding(item.pointer, fault, found.verdict)


def _check_name_in_quote(item: Value, key: str, role: Name, name: Value) -> Iterator[Finding]:
    quote = item.value.get(key)
    if isinstance(quote, str) and name.value not in quote and not Aligner(quote).find(name.value):
        # Sent to the model: do not edit.
        message = (
            f"the quote does not name this {role.noun}: "
            "quote a passage with the name, as it is spelled there"
        )
        yield Finding(item.pointer, fault_at(name.pointer, message, name.value))


def _check_figures(
    items: _Items, spans: Mapping[str, Span], analyzed: AnalyzedArticle
) -> Iterator[Finding]:
    for planned, item in items:
        is_quoted = planned.quote_key is not None
        for field in planned.figures:
            for value in field.values_in(item):
                span = spans.get(item.pointer)
                for fault in check_figure(value, field.role, span, analyzed, is_quoted=is_quoted):
                    yield Finding(item.pointer, fault)


def _check_dates(items: _Items, analyzed: AnalyzedArticle) -> Iterator[Finding]:
    """Check printed times, the publication stamp, the dates, and last the periods."""
    yield from _check_texts(items, lambda planned: planned.times, _time_fault(analyzed))
    dates = _dates_of(items, analyzed)
    yield from _check_stamps(items, analyzed, dates.printed)
    yield from _check_texts(
        items,
        lambda planned: planned.dates,
        lambda date: _form_fault(Date, date) or dates.fault(date),
    )
    yield from _check_texts(
        items,
        lambda planned: planned.periods,
        lambda period: _form_fault(Period, period) or dates.printed.period_fault(period),
    )


def dates_by_metadata(data: Any, analyzed: AnalyzedArticle, schema: Schema[Any]) -> list[Value]:
    """Return the dates of a record whose year only the metadata's publication date settles."""
    if analyzed.published is None:
        return []
    plan = rule_plan(schema.roles)
    items = [(planned, item) for planned in plan.items for item in planned.items_in(data)]
    dates = _dates_of(items, analyzed)
    return [
        value
        for planned, item in items
        for _, value in _texts(planned.dates, item)
        if _form_fault(Date, value.value) is None and dates.needs_metadata(value.value)
    ]


def _dates_of(items: _Items, analyzed: AnalyzedArticle) -> DatesOfArticle:
    stamps = [
        value.value
        for planned, item in items
        for _, value in _texts(planned.stamps, item)
        if _form_fault(Date, value.value) is None
    ]
    settling_no_year = {
        value.value
        for planned, item in items
        for field, value in _texts(planned.dates, item)
        if not field.role.settles
    }

    def reader(stamp: str | None) -> DateReader:
        return DateReader(
            analyzed.plain.text,
            analyzed.plain.dates,
            None if stamp is None else Date(stamp),
            frozenset(settling_no_year),
            analyzed.language.sentence_end,
            full_dates_settle=analyzed.language.full_dates_settle,
        )

    if stamps or analyzed.published is None:
        return DatesOfArticle(analyzed, reader(stamps[0] if stamps else None))
    return DatesOfArticle(analyzed, reader(None), reader(analyzed.published))


def _time_fault(analyzed: AnalyzedArticle) -> Callable[[str], str | None]:
    def fault_of(time: str) -> str | None:
        if any(mention.value == time for mention in analyzed.mentions if mention.kind == "time"):
            return None
        if time in analyzed.possible_times:
            return None
        # Sent to the model: do not edit.
        return "the article has no such time: write it as printed, or null"

    return fault_of


def _check_stamps(
    items: _Items, analyzed: AnalyzedArticle, reader: DateReader
) -> Iterator[Finding]:
    for planned, item in items:
        for _, value in _texts(planned.stamps, item) if planned.stamps else ():
            message = _form_fault(Date, value.value)
            if message is None and value.value not in analyzed.possible_dates:
                name = last_part(item.pointer) or last_part(value.pointer)
                message = reader.stamp_fault(value.value, name)
            if message is not None:
                yield Finding(item.pointer, fault_at(value.pointer, message, value.value))


def _form_fault(kind: type[Date | Period], text: str) -> str | None:
    """Return what is wrong with the form of a date, which a JSON Schema may leave open."""
    try:
        kind.parse(text)
    except ValueError as error:
        return str(error)
    return None


def _check_texts(
    items: _Items,
    fields_of: Callable[[PlannedItem], Sequence[PlannedField[Any]]],
    fault_of: Callable[[str], str | None],
) -> Iterator[Finding]:
    for planned, item in items:
        fields = fields_of(planned)
        for _, value in _texts(fields, item) if fields else ():
            if message := fault_of(value.value):
                yield Finding(item.pointer, fault_at(value.pointer, message, value.value))


def _texts(
    fields: Sequence[PlannedField[R]], item: Value
) -> Iterator[tuple[PlannedField[R], Value]]:
    """Yield the texts of some fields of an item."""
    for field in fields:
        for value in field.values_in(item):
            if isinstance(value.value, str):
                yield field, value
