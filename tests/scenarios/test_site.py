"""The manual builds without warnings, has no broken links and needs no network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from antq_llm.config.option_table import OPTIONS
from helpers.manual import build_manual
from helpers.paths import REPOSITORY

LOADED = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "form": ("action",),
    "use": ("href",),
    "image": ("href",),
}
"""By element, the attributes with addresses that a browser loads or sends a form to."""
NEVER_CALLED = ("https://api.github.com/", "https://${")
"""Prefixes of addresses in the theme's script that are requested only if ``repo_url`` is set."""
REMOTE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
STYLE_URL = re.compile(r"""url\(\s*["']?([^"')]*)|@import\s+["']([^"']*)""")
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\w\"'])//[^\n]*", re.DOTALL)


@dataclass
class Page(HTMLParser):
    """The links, loaded addresses and anchors of a page."""

    path: Path
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the addresses and anchors of one element."""
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        self.loaded += [values[name] for name in LOADED.get(tag, ()) if values.get(name)]
        self.loaded += style_addresses(values.get("style", ""))


def style_addresses(style: str) -> list[str]:
    """Return the addresses that a style sheet loads, except for inline data."""
    found = [one or other for one, other in STYLE_URL.findall(COMMENT.sub("", style))]
    return [address for address in found if not address.startswith("data:")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manual, built with warnings as errors."""
    folder = tmp_path_factory.mktemp("site")
    build_manual(folder)
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    """The pages of the manual by path, except the error page, whose links are absolute."""
    paths = [path for path in site.rglob("*.html") if path.name != "404.html"]
    return {path: Page(path) for path in paths}


def broken_links(pages: dict[Path, Page]) -> Iterator[str]:
    """Yield links to files and anchors that do not exist."""
    for page in pages.values():
        for link in {*page.links, *page.loaded}:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (page.path.parent / unquote(parts.path)) if parts.path else page.path
            target = (target / "index.html" if target.is_dir() else target).resolve()
            anchors = pages[target].anchors if target in pages else set()
            if not target.is_file() or (
                parts.fragment and unquote(parts.fragment) not in {*anchors, "__comments"}
            ):
                yield f"{page.path.name}: {link}"


@pytest.mark.slow
def test_no_link_is_broken(pages: dict[Path, Page]) -> None:
    """Every link inside the manual leads to an existing file and anchor."""
    assert sorted(broken_links(pages)) == []
    assert sum(len(page.links) for page in pages.values()) > 1000


@pytest.mark.slow
def test_every_document_is_a_page(site: Path) -> None:
    """Each document in docs/ has a page in the navigation."""
    index = Page(site / "index.html")
    documents = {
        path.relative_to(REPOSITORY / "docs").with_suffix(".html").as_posix()
        for path in (REPOSITORY / "docs").rglob("*.md")
    }
    documents = {name.replace("README.html", "index.html") for name in documents}
    assert documents - {urlsplit(link).path for link in index.links} == set()


@pytest.mark.slow
def test_pages_load_nothing_from_the_network(pages: dict[Path, Page], site: Path) -> None:
    """No element or style sheet loads anything from the network."""
    loaded = {address for page in pages.values() for address in page.loaded}
    for path in site.rglob("*.css"):
        loaded |= set(style_addresses(path.read_text("utf-8")))
    for path in site.rglob("*.svg"):
        loaded |= set(re.findall(r"""href=["']([^"']+)""", path.read_text("utf-8")))
    assert {address for address in loaded if REMOTE.match(address)} == set()
    assert len(loaded) > 10


@pytest.mark.slow
def test_scripts_name_no_address_that_they_load(site: Path) -> None:
    """Outside comments, scripts contain only addresses for ``repo_url``, which is not set."""
    scripts = list(site.rglob("*.js"))
    found = {
        address
        for path in scripts
        for address in re.findall(
            r"""["'`](https?://[^"'`]*)""", COMMENT.sub("", path.read_text("utf-8"))
        )
    }
    assert {address for address in found if not address.startswith(NEVER_CALLED)} == set()
    assert "repo_url" not in (REPOSITORY / "mkdocs.yml").read_text("utf-8")
    assert scripts


@pytest.mark.slow
def test_the_page_of_commands_has_every_option(site: Path) -> None:
    """The page of commands names every option of every command."""
    text = (site / "commands.html").read_text("utf-8")
    names = {f"--{option.name.replace('_', '-')}" for option in OPTIONS}
    assert {name for name in names if name not in text} == set()
