"""Pages in a real Chromium that are watched for errors and for requests to other hosts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

LAUNCH_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_SERIOUS = {"serious", "critical"}


def chromium_path() -> str | None:
    """Return the path of Chromium, from ``$ANTQ_LLM_CHROMIUM`` or ``PATH``, or None."""
    return os.environ.get("ANTQ_LLM_CHROMIUM") or shutil.which("chromium")


@contextmanager
def running_chromium(path: str) -> Iterator[Browser]:
    """Run a headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(LAUNCH_OPTIONS))
        try:
            yield browser
        finally:
            browser.close()


class WatchedPages:
    """Browser pages, each opened in a new context, and the errors collected from them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[Any] = []
        self.errors: list[str] = []
        """Uncaught errors and console error messages, including policy violations."""
        self.outside_requests: list[str] = []
        """Requests to hosts other than this machine."""

    def open(self, target: str | Path, **context: Any) -> Page:
        """Open an address or a file; ``context`` goes to ``Browser.new_context``."""
        made = self._browser.new_context(**context)
        self._contexts.append(made)
        page: Page = made.new_page()
        self.watch(page)
        page.goto(target.absolute().as_uri() if isinstance(target, Path) else target)
        return page

    def watch(self, page: Page) -> None:
        """Collect the errors of a page and its requests to other hosts."""
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda said: self.errors.append(said.text) if said.type == "error" else None,
        )
        page.on("request", lambda request: self._note_request(request.url))

    def close(self) -> None:
        """Close all pages."""
        for context in self._contexts:
            context.close()

    def _note_request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"file", "data", "blob", "about"} and (
            parts.hostname not in _LOOPBACK
        ):
            self.outside_requests.append(url)


def serious_faults(page: Page) -> list[str]:
    """Return the serious and critical accessibility faults that axe finds, with their elements."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{found['id']}: {found['help']}: {[node['html'][:200] for node in found['nodes'][:5]]}"
        for found in violations
        if found["impact"] in _SERIOUS
    ]
