"""The text and metadata of HTML pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from antq_llm.articles.metadata import ArticleMetadata, printed_time
from antq_llm.articles.pages.page_limits import limited_page
from antq_llm.articles.pages.page_metadata import DeclaredMetadata, declared_metadata
from antq_llm.articles.pages.page_parts import PageParts, find_parts
from antq_llm.articles.pages.page_text import one_line, parse_html, text_of_element
from antq_llm.errors import ArticleError

_MIN_BODY_CHARACTERS = 200
"""Minimum length of a body; a shorter one is replaced by the page's main text if that is longer."""


class Page(NamedTuple):
    """The text and metadata of a page."""

    text: str
    metadata: ArticleMetadata | None


def read_page(page: str, name: str) -> Page:
    """Return the text and metadata of a page.

    The text includes the title, lead, stamp and author. Raises ArticleError if there is no text or
    the page is too long.
    """
    page = limited_page(page, name)
    root = parse_html(page)
    if root is None:
        raise _without_text(name)
    declared = declared_metadata(root)
    parts = find_parts(root, declared)
    body = _body_text(parts, page)
    if not body:
        raise _without_text(name)
    lines = set(map(one_line, body.split("\n")))
    before, after = parts.around_body()
    texts = [*_texts(before, lines), body, *_texts(after, lines)]
    return Page("\n".join(texts), _metadata(declared, parts) or None)


def text_of_page(page: str, name: str) -> str:
    """Return only the main text of a page.

    Raises ArticleError if there is no text or the page is too long.
    """
    import trafilatura

    page = limited_page(page, name)
    # Trafilatura rejects a page with a single element that it does not recognise as HTML.
    for whole in (page, f"<html><body>{page}</body></html>"):
        text = trafilatura.extract(whole, favor_recall=True, include_comments=False)
        if text:
            return str(text)
    raise _without_text(name)


def _body_text(parts: PageParts, page: str) -> str:
    body = "" if parts.body is None else text_of_element(parts.body)
    if len(body) >= _MIN_BODY_CHARACTERS:
        return body
    try:
        whole = text_of_page(page, "")
    except ArticleError:
        return body
    return max(body, whole, key=len)


def _texts(parts: Iterable[Any], known: set[str]) -> Iterator[str]:
    """Yield the texts of the parts, without the lines in ``known``."""
    for part in parts:
        lines = [line for line in text_of_element(part).split("\n") if line not in known]
        if lines and lines != [""]:
            yield "\n".join(lines)


def _metadata(declared: DeclaredMetadata, parts: PageParts) -> ArticleMetadata:
    """Return the declared metadata, completed and corrected with the parts of the page."""
    title = None if parts.title is None else one_line(parts.title.text_content())
    stamp = None if parts.stamp is None else printed_time(one_line(parts.stamp.text_content()))
    metadata = declared.metadata
    author = None if parts.author is None else one_line(parts.author.text_content())
    return replace(
        metadata,
        title=title or metadata.title,
        published=metadata.published if metadata.published_day else stamp or metadata.published,
        author=metadata.author or author,
    )


def _without_text(name: str) -> ArticleError:
    return ArticleError(
        f"{name} is an HTML page without readable text: save the article as text", kind="empty"
    )
