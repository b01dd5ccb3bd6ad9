"""Checking a record's values against its quotes and its article, using its schema's roles.

The rules run over the record in phases: printed values and names, then figures, then dates. The
findings about an item are in the order of the phases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from antq_llm.core.json_pointer import child_pointer, last_part
from antq_llm.evidence.alignment import Aligner
from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import fault_at
from antq_llm.schemas.roles import CalendarDate, Name, PublicationDate, Role
from antq_llm.validation.findings import CheckItem, Finding, Verdict
from antq_llm.validation.rules.dates import DateRules, Objection
from antq_llm.validation.rules.figures import check_figure
from antq_llm.validation.rules.printed_values import may_print_text
from antq_llm.validation.rules.rule_plan import PlannedField, PlannedItem, Value, rule_plan

R = TypeVar("R", bound=Role)

_Items = Sequence[tuple[PlannedItem, Sequence[Value]]]
"""The items of a record, grouped by their plan."""
_Text = tuple[Value, PlannedField[R], Value]
"""A text in a record: the item that contains it, its field and the text itself."""


def check_values(
    data: Any, spans: Mapping[str, Span], analyzed: AnalyzedArticle, schema: Schema[Any]
) -> list[Finding]:
    """Return the values of a record that its article contradicts or does not support.

    ``data`` is the record's dump, and ``spans`` are the spans of the items' quotes, by pointer.
    """
    items = _items_of(data, schema)
    if not items:
        return []
    found = [
        *_check_printed(items, analyzed, schema.hooks.get("check_item")),
        *_check_figures(items, spans, analyzed),
        *_check_dates(items, spans, analyzed),
    ]
    order = {pointer: index for index, pointer in enumerate(spans)}
    return sorted(found, key=lambda finding: order.get(finding.item, -1))


def _check_printed(
    items: _Items, analyzed: AnalyzedArticle, check_item: CheckItem | None
) -> Iterator[Finding]:
    """Check each item's printed values.

    If the article has all of them and the item has a quote, also check that the quote contains the
    names, and run the hook.
    """
    for planned, item in ((planned, item) for planned, group in items for item in group):
        fields: Sequence[PlannedField[Any]] = planned.printed
        printed = _texts_in(item, fields) if fields else []
        if absent := [value for _, value in printed if not analyzed.contains(value.value)]:
            yield from _absent_values(item, absent, analyzed)
            continue
        if planned.quote_key is None or not isinstance(item.value, dict):
            continue
        for field, value in printed:
            if isinstance(field.role, Name):
                yield from _check_name_in_quote(item, planned.quote_key, field.role, value)
        if check_item is not None:
            for found in check_item(planned.path, item.value, analyzed):
                place = child_pointer(item.pointer, found.key)
                fault = fault_at(place, found.message, item.value.get(found.key))
                yield Finding(item.pointer, fault, found.verdict)


def _absent_values(
    item: Value, absent: Sequence[Value], analyzed: AnalyzedArticle
) -> Iterator[Finding]:
    """Yield a finding for each absent value.

    The verdict is ``contradicted`` for the first value that is surely absent, else ``cannot_tell``.
    """
    # Sent to the model: do not edit.
    message = "this does not stand in the article: write it as printed there"
    sure = next((value for value in absent if not may_print_text(value.value, analyzed)), None)
    for value in absent:
        yield _finding(item, value, message, "contradicted" if value is sure else "cannot_tell")


def _check_name_in_quote(item: Value, key: str, role: Name, name: Value) -> Iterator[Finding]:
    quote = item.value.get(key)
    if isinstance(quote, str) and name.value not in quote and not Aligner(quote).find(name.value):
        # Sent to the model: do not edit.
        message = (
            f"the quote does not name this {role.noun}: "
            "quote a passage with the name, as it is spelled there"
        )
        # The name is printed in the article, so the item may be right.
        yield _finding(item, name, message, "cannot_tell")


def _check_figures(
    items: _Items, spans: Mapping[str, Span], analyzed: AnalyzedArticle
) -> Iterator[Finding]:
    for planned, group in items:
        is_quoted = planned.quote_key is not None
        for item in group if planned.figures else ():
            span = spans.get(item.pointer)
            for field in planned.figures:
                for value in field.values_in(item):
                    for fault, verdict in check_figure(
                        value, field.role, span, analyzed, is_quoted=is_quoted
                    ):
                        yield Finding(item.pointer, fault, verdict)


def _check_dates(
    items: _Items, spans: Mapping[str, Span], analyzed: AnalyzedArticle
) -> Iterator[Finding]:
    """Check printed times, then the publication stamp, dates and periods."""
    stamps = _texts(items, lambda planned: planned.stamps)
    dates = _texts(items, lambda planned: planned.dates)
    rules = _date_rules(stamps, dates, analyzed)
    yield from _check_texts(
        _texts(items, lambda planned: planned.times), lambda time, _: rules.check_time(time.value)
    )
    yield from _check_texts(
        stamps,
        lambda stamp, item: rules.check_stamp(
            stamp.value,
            spans.get(item.pointer),
            last_part(item.pointer) or last_part(stamp.pointer),
        ),
    )
    yield from _check_texts(
        dates, lambda date, item: rules.check_date(date.value, spans.get(item.pointer))
    )
    yield from _check_texts(
        _texts(items, lambda planned: planned.periods),
        lambda period, _: rules.check_period(period.value),
    )


def dates_by_metadata(data: Any, analyzed: AnalyzedArticle, schema: Schema[Any]) -> list[Value]:
    """Return the dates that get their year only from the publication date in the metadata."""
    if analyzed.published is None:
        return []
    items = _items_of(data, schema)
    dates = _texts(items, lambda planned: planned.dates)
    rules = _date_rules(_texts(items, lambda planned: planned.stamps), dates, analyzed)
    return [value for _, _, value in dates if rules.is_settled_by_metadata(value.value)]


def _items_of(data: Any, schema: Schema[Any]) -> _Items:
    return [
        (planned, group)
        for planned in rule_plan(schema.roles).items
        if (group := planned.items_in(data))
    ]


def _date_rules(
    stamps: Sequence[_Text[PublicationDate]],
    dates: Sequence[_Text[CalendarDate]],
    analyzed: AnalyzedArticle,
) -> DateRules:
    return DateRules(
        analyzed,
        [value.value for _, _, value in stamps],
        frozenset(value.value for _, field, value in dates if not field.role.settles),
    )


def _check_texts(
    texts: Iterable[_Text[Any]], check: Callable[[Value, Value], Objection | None]
) -> Iterator[Finding]:
    for item, _, value in texts:
        if objection := check(value, item):
            yield _finding(item, value, *objection)


def _texts(
    items: _Items, fields_of: Callable[[PlannedItem], Sequence[PlannedField[R]]]
) -> list[_Text[R]]:
    """Return each text value in the fields that ``fields_of`` selects."""
    return [
        (item, field, value)
        for planned, group in items
        if (fields := fields_of(planned))
        for item in group
        for field, value in _texts_in(item, fields)
    ]


def _texts_in(
    item: Value, fields: Sequence[PlannedField[R]]
) -> list[tuple[PlannedField[R], Value]]:
    """Return each text value in the fields of an item, with its field."""
    return [
        (field, value)
        for field in fields
        for value in field.values_in(item)
        if isinstance(value.value, str)
    ]


def _finding(item: Value, value: Value, message: str, verdict: Verdict) -> Finding:
    return Finding(item.pointer, fault_at(value.pointer, message, value.value), verdict)
