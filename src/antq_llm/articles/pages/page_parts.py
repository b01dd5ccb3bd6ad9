"""The parts of a page that form its article: title, lead, stamp, author and body.

The CSS classes are those of VnExpress, Tuổi Trẻ, Thanh Niên, Dân trí, Nhân Dân, SGGP, VietnamPlus,
CAND, QĐND, VietNamNet, Lao Động, Znews and VOV, as listed in public crawlers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from antq_llm.articles.metadata import printed_time, publication_days
from antq_llm.articles.pages.page_metadata import DeclaredMetadata
from antq_llm.articles.pages.page_text import is_skipped, is_small, one_line, text_of_element
from antq_llm.text.words import shared_words, words_of

_TITLE = (
    *("title-detail", "detail-title", "title-page", "article__title", "box-title-detail"),
    *("post-title", "content-detail-title", "the-article-title", "article-title", "cms-title"),
)
_LEAD = (
    *("description", "detail-sapo", "singular-sapo", "article__sapo", "box-des-detail"),
    *("post-summary", "content-detail-sapo", "the-article-summary", "article-summary"),
    *("article-sapo", "chappeau", "sapo", "cms-desc", "sapo-detail"),
)
_STAMP = (
    *("date", "author-time", "box-date", "post-subinfo", "detail-time", "article__meta"),
    *("bread-crumb-detail__time", "f-datetime", "the-article-publish", "article-date"),
    *("publish-date", "published-date", "pubdate", "date-time", "datetime", "post-date", "time"),
)
_AUTHOR = (
    *("author-name", "name-author", "article__author", "detail-author", "author-info", "author"),
    *("box-author", "post-author", "cms-author", "the-article-author", "article-author"),
    *("author_mail", "author-detail", "article-detail-author__info"),
)
_BODY = (
    *("fck_detail", "detail-content-body", "detail-content", "singular-content", "article__body"),
    *("post-content", "maincontent", "the-article-body", "article-body", "art-body", "cms-body"),
    *("content-detail-body", "detail-content-news", "content-news-detail", "entry-content"),
)
_ROLES = {"publishdate": "stamp", "sapo": "lead", "author": "author", "content": "body"}
_STAMP_TAGS = ("span", "div", "p", "li", "small", "em")
_MIN_TITLE_CHARACTERS = 10
_MAX_STAMP_CHARACTERS = 100
_MAX_AUTHOR_CHARACTERS = 120
_MIN_SHARED_WORDS = 0.6
_MAX_LENGTH_RATIO = 3


@dataclass(frozen=True)
class PageParts:
    """The elements of a page that belong to its article; None for a missing part."""

    title: Any = None
    lead: Any = None
    stamp: Any = None
    """The line with the publication date."""
    author: Any = None
    body: Any = None

    def around_body(self) -> tuple[list[Any], list[Any]]:
        """Return the parts before and after the body, in page order.

        Parts inside the body or inside another part are left out. If there is no body, all parts
        are in the first list.
        """
        found = [
            part
            for part in (self.title, self.lead, self.stamp, self.author)
            if part is not None and not is_inside(part, self.body)
        ]
        outer = {
            part
            for part in found
            if not any(part is not other and is_inside(part, other) for other in found)
        }
        before: list[Any] = []
        after: list[Any] = []
        is_after_body = False
        for node in next(iter(outer)).getroottree().iter() if outer else ():
            is_after_body |= node is self.body
            if node in outer:
                (after if is_after_body else before).append(node)
        return before, after


def find_parts(root: Any, declared: DeclaredMetadata) -> PageParts:
    """Find the parts of the article in a page.

    The body is the longest candidate. For the other parts, candidates that match the declared
    metadata are preferred. If the page declares a publication date, the stamp must have this date;
    otherwise, the stamp must come after the title.
    """
    body = max(_with_classes(root, _BODY, "body"), key=_length, default=None)
    title = _title(root, declared.metadata.title)
    after_title = _after(root, title)
    return PageParts(
        title=title,
        lead=_lead(root, declared.description, after_title, body),
        stamp=_stamp(root, declared.metadata.published, after_title, body),
        author=_author(root, declared.metadata.author, after_title, body),
        body=body,
    )


def is_inside(node: Any, outer: Any) -> bool:
    """Return whether an element is ``outer`` or inside it."""
    return outer is not None and (
        node is outer or any(ancestor is outer for ancestor in node.iterancestors())
    )


def _title(root: Any, declared: str | None) -> Any:
    known = list(_with_classes(root, _TITLE, "title"))
    headings = [node for node in root.iter("h1") if not is_in_skipped(node)]
    candidates = [*known, *headings]
    if declared is not None and (
        matching := [node for node in candidates if _is_alike(_text(node), declared)]
    ):
        return matching[0]
    long = [node for node in candidates if len(_text(node)) >= _MIN_TITLE_CHARACTERS]
    return long[0] if long and (known or len(headings) == 1) else None


def _lead(root: Any, description: str | None, after_title: Callable[[Any], bool], body: Any) -> Any:
    known = [
        node for node in _with_classes(root, _LEAD, "lead") if _text(node) and after_title(node)
    ]
    if description is None:
        return known[0] if known else None
    others = (
        node for node in root.iter("p", "h2", "h3", "div", "strong") if not is_inside(node, body)
    )
    alike = (
        node
        for nodes in (known, others)
        for node in nodes
        if _is_alike(_text(node), description) and not is_in_skipped(node)
    )
    return next(alike, known[0] if known else None)


def _stamp(root: Any, published: str | None, after_title: Callable[[Any], bool], body: Any) -> Any:
    known = [node for node in _with_classes(root, _STAMP, "stamp", tags=("time",)) if _date(node)]
    if published is None:
        return next(filter(after_title, known), None)
    days = publication_days(published)
    others = (
        node
        for node in root.iter(*_STAMP_TAGS)
        if _date(node) in days and not is_inside(node, body) and not is_in_skipped(node)
    )
    found = [node for node in known if _date(node) in days] or sorted(others, key=_text_length)
    return next(filter(after_title, found), found[0] if found else None)


def _date(node: Any) -> str | None:
    """Return the date printed in an element; None if there is none or the text is too long."""
    text = _text(node)
    time = printed_time(text) if len(text) <= _MAX_STAMP_CHARACTERS else None
    return None if time is None else time[:10]


def _text_length(node: Any) -> int:
    return len(_text(node))


def _author(root: Any, declared: str | None, after_title: Callable[[Any], bool], body: Any) -> Any:
    candidates = [
        node
        for node in _with_classes(root, _AUTHOR, "author")
        if 0 < len(_text(node)) <= _MAX_AUTHOR_CHARACTERS and after_title(node)
    ]
    if declared is not None and (
        matching := [node for node in candidates if declared.casefold() in _text(node).casefold()]
    ):
        return matching[0]
    return next((node for node in candidates if not is_inside(node, body)), None)


def _with_classes(
    root: Any, classes: tuple[str, ...], role: str, tags: tuple[str, ...] = ()
) -> Iterator[Any]:
    """Yield, in page order, the article's elements with the role or one of the classes or tags."""
    wanted = frozenset(classes)
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        if (
            node.tag in tags
            or not wanted.isdisjoint(node.get("class", "").split())
            or _ROLES.get(node.get("data-role", "")) == role
            or (role == "body" and node.get("itemprop") == "articleBody")
        ) and not is_in_skipped(node):
            yield node


def is_in_skipped(node: Any) -> bool:
    """Return whether an element or one of its ancestors is left out of the article."""
    return is_skipped(node) or any(map(is_skipped, node.iterancestors()))


def _after(root: Any, title: Any) -> Callable[[Any], bool]:
    """Return a predicate that is true for elements after the title or in its parent element.

    Without a title, the predicate is true for all elements.
    """
    if title is None:
        return lambda _: True
    places = {node: place for place, node in enumerate(root.iter())}
    block = title.getparent()
    return lambda node: places[node] > places[title] or is_inside(node, block)


def _is_alike(text: str, declared: str) -> bool:
    """Return whether a text is similar to a declared text.

    The declared text may be truncated or include the name of the site.
    """
    if len(text) > _MAX_LENGTH_RATIO * len(declared):
        return False
    return shared_words(words_of(text), words_of(declared)) >= _MIN_SHARED_WORDS


def _text(node: Any) -> str:
    """Return the text of an element, or an empty string if the element is not small."""
    return one_line(node.text_content()) if is_small(node) else ""


def _length(node: Any) -> int:
    return len(text_of_element(node))
