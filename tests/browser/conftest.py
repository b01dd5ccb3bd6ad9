"""Fixtures for tests that run in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from antq_llm.review.web.server import ReviewServer
from antq_llm.review.workspace import Workspace
from helpers.browser import WatchedPages, chromium_path, running_chromium
from helpers.reviewing import served, workspace_of


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder as browser tests; skip them if Chromium is not installed."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)
            if chromium_path() is None:
                reason = (
                    "Chromium is not installed: apt-get install chromium, or set ANTQ_LLM_CHROMIUM"
                )
                item.add_marker(pytest.mark.skip(reason=reason))


# Playwright's event loop would interfere with asynchronous tests of other modules.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A headless Chromium."""
    path = chromium_path()
    assert path is not None
    with running_chromium(path) as browser:
        yield browser


@pytest.fixture
def pages(chromium: Any) -> Iterator[WatchedPages]:
    """An opener of pages, which must have no errors and send no requests beyond this machine.

    A test that expects errors clears ``pages.errors``.
    """
    opened = WatchedPages(chromium)
    yield opened
    opened.close()
    assert opened.errors == []
    assert opened.outside_requests == []


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A review of one article."""
    return workspace_of(tmp_path)


@pytest.fixture
def review(workspace: Workspace, pages: WatchedPages) -> Iterator[ReviewServer]:
    """The server of the review; its pages are closed before it stops."""
    with served(workspace) as server:
        yield server
        pages.close()
