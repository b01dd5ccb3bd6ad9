"""The manual in Chromium: pages and search work without external requests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from helpers.browser import WatchedPages
from helpers.manual import build_manual, served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The local address of the built manual."""
    folder = tmp_path_factory.mktemp("manual")
    build_manual(folder)
    with served(folder) as address:
        yield address


def test_pages_show_pictures_and_tables(pages: WatchedPages, address: str) -> None:
    """Pages show their pictures and tables, and the navigation leads to the tutorial."""
    page = pages.open(f"{address}/how-it-works.html")
    widths = page.evaluate("[...document.images].map(image => image.naturalWidth)")
    assert (len(widths), min(widths) > 100) == (4, True)
    page.goto(f"{address}/checks.html")
    page.get_by_role("columnheader", name="verdict").wait_for()
    page.get_by_role("cell", name="contradicted").first.wait_for()
    page.get_by_role("link", name="Tutorial").first.click()
    page.get_by_role("heading", name="Draw a chart").wait_for()


def test_search_finds_vietnamese_words(pages: WatchedPages, address: str) -> None:
    """The search finds a Vietnamese word in the manual."""
    page = pages.open(f"{address}/index.html")
    page.get_by_role("textbox", name="Search").fill("hòa")
    page.locator(".md-search-result__item a").first.wait_for(timeout=120_000)
