"""Counts for the charts of a report."""

from __future__ import annotations

from typing import Any

from antq_llm.report.charts import MAX_BARS, ListCharts
from antq_llm.report.columns import ShownColumn, ShownTable
from antq_llm.tables.table import Column, Key, Table, TableKey


def _column(name: str, use: Any, rank: float = 0) -> ShownColumn:
    return ShownColumn(Column(name, Key("record", (name,)), "text", False), use, rank)


def _charts(*columns: ShownColumn) -> ListCharts:
    key = TableKey("record", ("awards",))
    plain = tuple(shown.column for shown in columns)
    return ListCharts(ShownTable(Table("awards", key, plain, 0), columns))


def test_items_are_counted_by_value() -> None:
    """A bar has the numbers of items and articles with its value, and the sum of their figures."""
    charts = _charts(_column("giver", "group"), _column("count", "figure"))
    charts.add(0, ["A", 3], None)
    charts.add(0, [["A", "B"], 4], None)
    charts.add(1, [None, 5], None)
    counted = charts.as_json()
    assert counted["by"][0]["bars"] == [["A", 2, 1, 7.0], ["B", 1, 1, 4.0]]
    assert (counted["by"][0]["missing"], counted["has_sum"]) == (1, True)


def test_further_values_are_counted() -> None:
    """If there are more values than bars, the values and items without a bar are counted."""
    charts = _charts(_column("giver", "group"))
    for number in range(MAX_BARS + 3):
        charts.add(number, [f"{number:02}"], None)
    bars = charts.as_json()["by"][0]
    assert (len(bars["bars"]), bars["other_values"], bars["other_items"]) == (MAX_BARS, 3, 3)


def test_dates_are_on_the_calendar() -> None:
    """Dates are counted by year and month, and those without a known year come last."""
    charts = _charts(_column("date", "date"))
    for date in ("2023-07-24", "2023-07", "XXXX-07-24", "2022"):
        charts.add(0, [date], None)
    [calendar] = charts.as_json()["calendar"]
    assert calendar["months"] == [[2022, None, 1], [2023, 7, 2], [None, 7, 1]]


def test_figures_are_counted_by_place_and_year() -> None:
    """An item's year comes from its date or, if that is not a single year, from its article."""
    charts = _charts(_column("scope", "group"), _column("n", "figure"), _column("period", "date"))
    charts.add(0, ["Hà Nội", 1, "2013/2023"], 2020)
    charts.add(0, ["Hà Nội", 1, "2019"], 2020)
    charts.add(0, ["Huế", 1, None], None)
    matrix = charts.as_json()["matrix"]
    assert (matrix["years"], matrix["rows"]) == (["2019", "2020"], [["Hà Nội", [1, 1]]])


def test_periods_are_labelled_by_their_years() -> None:
    """A period of several years has one bar, and the bars are in chronological order."""
    charts = _charts(_column("period", "date"))
    for period in ("2013/2023", "2017-06/..", "2013-02/2013-05"):
        charts.add(0, [period], None)
    [bars] = charts.as_json()["by"]
    assert [text for text, *_ in bars["bars"]] == ["2013", "2013–2023", "2017–"]
