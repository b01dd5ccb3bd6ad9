"""The metadata that a page declares, for example in Open Graph elements or in JSON-LD."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from antq_llm.articles.metadata import ArticleMetadata, metadata_text, publication_time

_ARTICLE_TYPE = re.compile(r"(?:Article|BlogPosting|Report)$")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_WRAPPING = re.compile(r"^\s*(?:<!--|(?://\s*)?<!\[CDATA\[)|(?:-->|(?://\s*)?\]\]>|;)\s*$")
_TITLES = ("og:title", "twitter:title", "headline")
_DATES = (
    *("article:published_time", "og:published_time", "datepublished", "pubdate"),
    *("publishdate", "publish_date", "article:published", "dc.date.issued", "dc.date", "date"),
)
_AUTHORS = ("author", "article:author", "dc.creator", "dable:author")
_SITES = ("og:site_name", "application-name")
_DESCRIPTIONS = ("og:description", "description", "twitter:description")


@dataclass(frozen=True, slots=True)
class DeclaredMetadata:
    """The metadata that a page declares about its article, whether or not the page shows it."""

    metadata: ArticleMetadata
    description: str | None
    """The declared summary of the article, used to recognise the lead."""


def declared_metadata(root: Any) -> DeclaredMetadata:
    """Return the metadata declared by a page."""
    named = _meta_elements(root)
    linked = next(_articles(root), {})
    site = _first(named, _SITES) or metadata_text(linked.get("publisher"))
    author = _first(named, _AUTHORS) or metadata_text(linked.get("author"))
    if author is not None and (author == site or author.startswith("http")):
        author = metadata_text(linked.get("author"))
    titles = [linked.get("headline"), *(named.get(name) for name in _TITLES), _page_title(root)]
    metadata = ArticleMetadata(
        title=next(filter(None, map(_unescaped, titles)), None),
        published=_published(named, linked, root),
        site=site,
        author=None if author == site else author,
        url=_url(root, named, linked),
    )
    return DeclaredMetadata(metadata, _unescaped(_first(named, _DESCRIPTIONS)))


def _meta_elements(root: Any) -> dict[str, str]:
    """Return the contents of ``meta`` elements by lower-case name; a repeated name is ignored."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = metadata_text(element.get("content"))
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _articles(root: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the articles described in JSON-LD."""
    for script in root.iter("script"):
        if script.get("type", "").strip().lower() == "application/ld+json":
            yield from _articles_in(_parsed(script.text or ""))


def _parsed(text: str) -> Any:
    text = _WRAPPING.sub("", _WRAPPING.sub("", text))
    for candidate in (text, _TRAILING_COMMA.sub("", text)):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _articles_in(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        for item in value:
            yield from _articles_in(item)
    elif isinstance(value, dict):
        types = value.get("@type", "")
        if any(
            isinstance(kind, str) and _ARTICLE_TYPE.search(kind)
            for kind in (types if isinstance(types, list) else [types])
        ):
            yield value
        yield from _articles_in(value.get("@graph"))


def _published(named: Mapping[str, str], linked: Mapping[str, Any], root: Any) -> str | None:
    """Return the first declared date with a known day, or else the first declared date."""
    elements = root.xpath("//*[@itemprop='datePublished']/@datetime")
    values = [*(named.get(name) for name in _DATES), linked.get("datePublished"), *elements]
    times = [time for value in values if value and (time := publication_time(value))]
    days = (time for time in times if ArticleMetadata(published=time).published_day)
    return next(days, times[0] if times else None)


def _url(root: Any, named: Mapping[str, str], linked: Mapping[str, Any]) -> str | None:
    canonical = root.xpath("//link[@rel='canonical']/@href")
    page = metadata_text(linked.get("mainEntityOfPage"))
    urls = [*canonical, named.get("og:url"), metadata_text(linked.get("url")), page]
    return next(
        (url.strip() for url in urls if url and url.strip().startswith(("http://", "https://"))),
        None,
    )


def _page_title(root: Any) -> str | None:
    return metadata_text(root.findtext(".//title"))


def _first(named: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((named[name] for name in names if name in named), None)


def _unescaped(value: Any) -> str | None:
    text = metadata_text(value)
    return None if text is None else metadata_text(html.unescape(text))
