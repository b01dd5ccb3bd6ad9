"""Figures, dates and names in an article that are in no item of its record."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic_core import to_json

from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.mention import Mention, NameMention
from antq_llm.schemas.declared.declared_roles import DeclaredRoles
from antq_llm.schemas.declared.references import holders_at
from antq_llm.validation.rules.rule_plan import RulePlan, rule_plan

_CHARACTERS_AFTER = 40
"""Number of characters after a figure that are searched for a unit of time."""


@dataclass(frozen=True, slots=True)
class UnaccountedMention:
    """A date or name in an article that is in no item."""

    noun: Literal["date", "person", "name"]
    text: str
    start: int
    end: int


def unaccounted_figures(
    data: Any, roles: DeclaredRoles, analyzed: AnalyzedArticle
) -> list[Mention]:
    """Return the quantities in an article that no figure or total in a record states.

    Uncertain readings, small numbers in words, durations and boilerplate are left out. A range is
    returned if either of its bounds is not stated.
    """
    stated = set(_stated_numbers(data, rule_plan(roles)))
    return [
        mention
        for mention in analyzed.numbers
        if any(bound.value not in stated for bound in mention.bounds)
        and analyzed.language.is_figure(mention)
        and mention.start < analyzed.boilerplate_start
        and not analyzed.language.duration.match(
            analyzed.plain_text(mention.end, mention.end + _CHARACTERS_AFTER)
        )
    ]


def unaccounted_mentions(
    data: Any, spans: Sequence[Span], roles: DeclaredRoles, analyzed: AnalyzedArticle
) -> list[UnaccountedMention]:
    """Return the dates, names with a rank and names in quotation marks that no item contains.

    Dates are returned only if the schema has date fields, and names only if it has name fields.
    Boilerplate is left out, as are years and months without a day.
    """
    plan = rule_plan(roles)
    dates, names = _outside_quotes(data, spans, plan, analyzed)
    if not dates and not names:
        return []
    values = to_json(data)
    # Quotes are spelled as in the article, but names are in plain form.
    quotes = (
        [analyzed.plain_text(*span) for span in spans] if analyzed.plain is not analyzed else []
    )
    found = [
        UnaccountedMention("date", date.text, date.start, date.end)
        for date in dates
        if date.edtf[5:].encode() not in values
    ]
    found += [
        UnaccountedMention("person" if name.rank else "name", name.name, name.start, name.end)
        for name in names
        if to_json(name.name)[1:-1] not in values
        and all(name.name not in quote for quote in quotes)
    ]
    before_boilerplate = [
        mention for mention in found if mention.start < analyzed.boilerplate_start
    ]
    return sorted(before_boilerplate, key=lambda mention: mention.start)


def _outside_quotes(
    data: Any, spans: Sequence[Span], plan: RulePlan, analyzed: AnalyzedArticle
) -> tuple[list[Mention], list[NameMention]]:
    """Return the full dates and names outside the record's quotes, except values of name fields."""
    covered = _Covered(spans)
    dates = [
        date
        for date in (analyzed.dates if plan.has_dates else ())
        if date.is_certain and len(date.edtf) > len("2000-01") and date.start not in covered
    ]
    stated = set(_stated_names(data, plan))
    names = [
        name
        for name in (analyzed.names if plan.names else ())
        if name.name not in stated and name.start not in covered
    ]
    return dates, names


def _stated_numbers(data: Any, plan: RulePlan) -> Iterator[Any]:
    for field in plan.figures:
        for _, holder, key in holders_at(data, field.path):
            yield holder[key]
            if field.role.total is not None:
                yield holder.get(field.role.total)


def _stated_names(data: Any, plan: RulePlan) -> Iterator[Any]:
    for field in plan.names:
        for _, holder, key in holders_at(data, field.path):
            yield holder[key]


class _Covered:
    """The set of positions inside any of the spans."""

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
