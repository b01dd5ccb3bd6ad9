"""The report of a run in Chromium."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from antq_llm.report.write_report import write_report
from helpers.browser import WatchedPages, serious_faults
from helpers.exports import line
from helpers.reports import FORMULA, hostile_run, road_accidents_run, write_run

Open = Callable[..., Any]


# A run cannot be made while Playwright's event loop is running in the same thread.
@pytest.fixture(scope="module", autouse=True)
def run_before_chromium(run: Path) -> None:
    """Make the run of the packaged articles before Chromium starts."""


@pytest.fixture
def open_report(pages: WatchedPages, run: Path, tmp_path: Path) -> Open:
    """A function that opens the report of the packaged articles."""
    path = write_report(run, tmp_path / "report.html").path

    def open_page(**context: Any) -> Any:
        page = pages.open(path, **context)
        page.wait_for_selector("#text")
        return page

    return open_page


def test_a_table_is_searched_without_accents_and_sorted(open_report: Open) -> None:
    """Search ignores accents and case, and a second click on a column reverses its order."""
    page = open_report()
    page.click("#table-view button:has-text('people')")
    page.fill("#search", "hoang thi")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    assert "Hoàng Thị" in page.inner_text("#rows tbody")
    page.fill("#search", "")
    expect(page.locator("#rows tbody tr")).to_have_count(10)
    page.click("#rows th button[data-column=name]")
    ascending = page.locator("#rows tbody tr td:nth-child(2)").all_inner_texts()
    page.click("#rows th button[data-column=name]")
    descending = page.locator("#rows tbody tr td:nth-child(2)").all_inner_texts()
    assert descending == ascending[::-1] != ascending
    assert page.get_attribute("#rows th:has(button[data-column=name])", "aria-sort") == "descending"


def test_an_item_leads_to_its_passage_and_back(open_report: Open) -> None:
    """A row opens its article at the item's passage, and the passage leads back to the item."""
    page = open_report()
    page.click("#table-view button:has-text('indicators')")
    page.click("#rows tbody tr:first-child button")
    page.wait_for_selector("#text .antq-mark.active")
    passage = page.inner_text("#text .antq-mark.active")
    assert "490" in passage
    page.click("#text .antq-mark a >> nth=0")
    active = page.locator(".item.active")
    assert active.count() == 1
    assert page.evaluate("document.activeElement.closest('.item.active') !== null")


def test_what_is_in_no_item_is_marked(open_report: Open) -> None:
    """A figure or name in no item is marked in the text, and listed with the warnings."""
    page = open_report()
    assert "Lê Quốc Hùng" in page.inner_text("#text .antq-unaccounted")
    page.click(".items .item:has(.badge.unaccounted) button")
    assert page.locator("#text .antq-unaccounted.active").count() >= 1


def test_a_chart_leads_to_its_rows(open_report: Open) -> None:
    """A click on the label of a bar shows the rows that the bar counts."""
    page = open_report()
    page.click("#chart-view .card:has-text('awards') .chart button >> nth=0")
    expect(page.locator("#rows tbody tr")).to_have_count(2)
    assert page.input_value("#search") == "Bộ Công an"


def test_the_page_is_in_vietnamese(open_report: Open) -> None:
    """The language switch changes the words, the number format and the declared language."""
    page = open_report()
    page.select_option("#language", "vi")
    assert page.get_attribute("html", "lang") == "vi"
    assert "Tổng quan" in page.inner_text("#overview h2")
    assert "93.032" in page.inner_text("#totals")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_no_serious_fault(open_report: Open, scheme: str, width: int) -> None:
    """The page has no serious accessibility fault and is not wider than the screen."""
    page = open_report(color_scheme=scheme, viewport={"width": width, "height": 800})
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_opens_an_article(open_report: Open) -> None:
    """With the keyboard alone, a row leads to its passage, and the passage leads to its item."""
    page = open_report()
    page.focus("#rows tbody tr:nth-child(2) button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#text .antq-mark.active")
    assert page.evaluate("document.activeElement.closest('.antq-mark') !== null")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.item') !== null")


def test_another_schema_has_its_own_tables(pages: WatchedPages, tmp_path: Path) -> None:
    """The items of the road accident schema are shown and lead to their passages."""
    page = pages.open(write_report(road_accidents_run(tmp_path / "run")).path)
    page.wait_for_selector("#text")
    page.click("#table-view button:has-text('casualties')")
    page.click("#rows tbody tr:first-child button")
    page.wait_for_selector("#text .antq-mark.active")
    assert serious_faults(page) == []


def test_hostile_text_runs_nothing(pages: WatchedPages, tmp_path: Path) -> None:
    """Markup, scripts, control characters and direction overrides are shown as text everywhere."""
    page = pages.open(write_report(hostile_run(tmp_path / "a")).path)
    page.wait_for_selector("#text")
    page.click("#rows tbody tr:first-child button")
    page.wait_for_selector(".item.active")
    assert page.evaluate("window.ran") is None
    assert page.locator("img").count() == 0
    shown = page.inner_text("body")
    assert "<img src=x" in shown
    assert not set(shown) & set("\u202e\u202c\x00\x1b\U000e0041")
    assert "[U+202E]" in page.inner_text("#rows")
    direction = "elements => elements.map(element => getComputedStyle(element).unicodeBidi)"
    assert {"isolate"} == set(page.eval_on_selector_all("#rows td bdi", direction))
    page.click("#found-articles li:nth-child(2) button")
    page.wait_for_selector("#article .badge.failure")
    assert page.evaluate("window.ran") is None


def test_saved_csv_has_what_is_shown(pages: WatchedPages, tmp_path: Path) -> None:
    """The saved CSV has the rows of the table, and a formula in a cell is escaped."""
    page = pages.open(write_report(hostile_run(tmp_path / "a")).path)
    page.wait_for_selector("#rows tbody tr")
    with page.expect_download() as download:
        page.click("#csv")
    text = Path(download.value.path()).read_text("utf-8-sig")
    [row] = list(csv.DictReader(io.StringIO(text, newline="")))
    assert row["formula"] == f"'{FORMULA}"
    assert row["flags"] == "disputed"


def test_the_page_prints(open_report: Open) -> None:
    """The printed page has the tables and the article, but no controls."""
    page = open_report()
    page.emulate_media(media="print")
    assert not page.is_visible("#search")
    assert page.is_visible("#rows tbody tr")
    assert page.is_visible("#text")
    assert len(page.pdf()) > 10_000


def test_what_needs_a_look_is_marked(pages: WatchedPages, tmp_path: Path) -> None:
    """The least likely item comes first, and articles mark disputed and dropped items."""
    record = {"notes": [{"label": "sure", "quote": "one"}, {"label": "unsure", "quote": "two"}]}
    rated = [
        {"pointer": "/notes/0", "probability": 0.9, "agreement": None, "samples": 1},
        {"pointer": "/notes/1", "probability": 0.2, "agreement": None, "samples": 1},
    ]
    warnings = [
        {"kind": "disputed", "message": "the check says no", "pointer": "/notes/1/label"},
        {"kind": "dropped", "message": "it was dropped", "item": {"label": "gone"}},
    ]
    made = line("a", record, confidence=rated, warnings=warnings)
    page = pages.open(write_report(write_run(tmp_path / "run", made, texts={"a": "one two"})).path)
    first = page.locator("#first-look tbody tr").first
    assert "unsure" in first.inner_text()
    assert "20%" in first.inner_text()
    first.locator("button").click()
    assert "the check says no" in page.inner_text(".item.active")
    assert "gone" in page.inner_text(".item.gone")


def test_fields_and_values_have_vietnamese_names(open_report: Open) -> None:
    """On the Vietnamese page, lists, columns, fields and values have Vietnamese names."""
    page = open_report(viewport={"width": 1300, "height": 900})
    page.select_option("#language", "vi")
    page.click("#table-view button:has-text('Khen thưởng')")
    headings = page.inner_text("#rows thead")
    assert "Đối tượng" in headings
    assert "recipients" not in headings
    expect(page.locator("#rows tbody td:has-text('tập thể')").first).to_be_visible()
    page.click("#table-view button:has-text('Số liệu')")
    page.fill("#search", "dung bang")
    expect(page.locator("#row-count")).to_contain_text("tìm thấy")
    assert page.locator("#rows td:has-text('đúng bằng')").count() > 1
    assert {"Tiêu đề", "Nguồn"} <= set(page.inner_text(".items").split("\n"))
    assert serious_faults(page) == []
