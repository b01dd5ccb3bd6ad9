"""Counts for the charts: items by value, by time and by calendar month, and sums of figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from antq_llm.report.columns import ShownColumn, ShownTable
from antq_llm.schemas.edtf import date_parts
from antq_llm.tables.table import Value

MAX_BARS = 15
MAX_ROWS = 12
MAX_YEARS = 12

Month = tuple[int | None, int | None]


@dataclass(slots=True)
class _Group:
    """The items that have the same value: their number, articles and sum of figures."""

    items: int = 0
    articles: set[int] = field(default_factory=set)
    total: float = 0.0


class ListCharts:
    """Counts of the items of one list, updated as items are added."""

    def __init__(self, shown: ShownTable) -> None:
        columns = list(enumerate(shown.columns))
        self._by = sorted(
            (pair for pair in columns if pair[1].use == "group"), key=lambda pair: pair[1].rank
        )
        self._dates = [pair for pair in columns if pair[1].use == "date"]
        self._figure = next((position for position, one in columns if one.use == "figure"), None)
        self._groups: dict[str, dict[str, _Group]] = defaultdict(lambda: defaultdict(_Group))
        self._missing: Counter[str] = Counter()
        self._months: dict[str, Counter[Month]] = defaultdict(Counter)
        self._matrix: dict[str, Counter[str]] = defaultdict(Counter)
        self._items = 0

    def add(self, article: int, cells: Sequence[Value], article_year: int | None) -> None:
        """Count an item; ``article_year`` is used for an item without a year."""
        self._items += 1
        figure = cells[self._figure] if self._figure is not None else None
        amount = figure if isinstance(figure, int | float) and not isinstance(figure, bool) else 0
        for position, shown in self._by:
            self._count(shown, article, list(_texts(cells[position])), amount)
        item_year = None
        for position, shown in self._dates:
            label, months, year = _times(cells[position])
            self._count(shown, article, [label] if label else [], amount)
            self._months[shown.column.name].update(months)
            item_year = item_year or year
        year = item_year or article_year
        if self._figure is not None and self._by and year is not None:
            for text in _texts(cells[self._by[0][0]]):
                self._matrix[text][str(year)] += 1

    def as_json(self) -> dict[str, Any]:
        """Return the counts as JSON data for the page's script."""
        return {
            "items": self._items,
            "has_sum": self._figure is not None,
            "by": [self._bars(shown, is_time=False) for _, shown in self._by]
            + [self._bars(shown, is_time=True) for _, shown in self._dates],
            "calendar": [
                {"field": name, "months": _month_rows(months)}
                for name, months in self._months.items()
                if any(month is not None for _, month in months)
            ],
            "matrix": self._matrix_json(),
        }

    def _count(self, shown: ShownColumn, article: int, texts: list[str], amount: float) -> None:
        name = shown.column.name
        if not texts:
            self._missing[name] += 1
        for text in dict.fromkeys(texts):
            group = self._groups[name][text]
            group.items += 1
            group.articles.add(article)
            group.total += amount

    def _bars(self, shown: ShownColumn, *, is_time: bool) -> dict[str, Any]:
        name = shown.column.name
        groups = self._groups[name]
        ordered = sorted(groups.items(), key=lambda pair: (-pair[1].items, pair[0]))
        bars = ordered[:MAX_BARS]
        if is_time:
            bars = sorted(ordered[: 2 * MAX_BARS])
        kept = {text for text, _ in bars}
        others = [group for text, group in groups.items() if text not in kept]
        return {
            "field": name,
            "is_time": is_time,
            "bars": [[text, group.items, len(group.articles), group.total] for text, group in bars],
            "other_values": len(others),
            "other_items": sum(group.items for group in others),
            "missing": self._missing[name],
        }

    def _matrix_json(self) -> dict[str, Any] | None:
        if not self._matrix:
            return None
        years = sorted({year for counts in self._matrix.values() for year in counts})
        rows = sorted(self._matrix.items(), key=lambda row: (-row[1].total(), row[0]))
        return {
            "field": self._by[0][1].column.name,
            "years": years[-MAX_YEARS:],
            "rows": [
                [text, [counts[year] for year in years[-MAX_YEARS:]]]
                for text, counts in rows[:MAX_ROWS]
            ],
            "other_years": max(len(years) - MAX_YEARS, 0),
            "other_rows": max(len(rows) - MAX_ROWS, 0),
        }


def year_of(value: object) -> int | None:
    """Return the year of a date, or None if the value is not a date or has no year."""
    return date_parts(value).year if isinstance(value, str) else None


def _times(value: Value) -> tuple[str | None, Iterable[Month], int | None]:
    """Return the label (a year or range), calendar months and year of a date or period."""
    if not isinstance(value, str):
        return None, (), None
    parts = date_parts(value)
    if "/" in value:
        first, _, last = value.partition("/")
        years = [end[:4] if end != ".." else "" for end in (first, last)]
        label = years[0] if years[0] == years[1] else "–".join(years)
        return label, (), parts.year
    if parts.year is None and parts.month is None:
        return None, (), None
    label = str(parts.year) if parts.year is not None else "XXXX"
    return label, [(parts.year, parts.month)], parts.year


def _texts(value: Value) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if one is not None and str(one).strip():
            yield str(one)


def _month_rows(months: Counter[Month]) -> list[list[int | None]]:
    """Return rows of year, month and count, with unknown years and months last."""
    return [
        [year, month, count]
        for (year, month), count in sorted(
            months.items(), key=lambda pair: (pair[0][0] or 9999, pair[0][1] or 13)
        )
    ]
