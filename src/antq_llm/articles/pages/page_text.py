"""The text of a page element, with one line per block and no links to other stories."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from lxml import etree, html

_SKIPPED_TAGS = frozenset(
    (
        *("script", "style", "noscript", "template", "nav", "aside", "form", "button", "select"),
        *("textarea", "iframe", "object", "svg", "video", "audio", "head", "footer"),
    )
)
_BREAKING_TAGS = frozenset(
    (
        *("address", "article", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt"),
        *("figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html"),
        *("li", "main", "ol", "p", "pre", "section", "table", "tbody", "thead", "tfoot", "tr"),
        *("ul", "caption", "time"),
    )
)
_WHOLE_PAGE = frozenset({"html", "body", "main"})
"""Elements whose attributes say nothing about their content."""
_CELLS = ("td", "th")
_SKIPPED_CLASS = re.compile(
    r"(?:^|[\s_-])(?:related?|relatednews|relate-\w+|lien-?quan|tin-?lien-?quan\w*|tinlienquanv?\d*"
    r"|read-?more|readmore|xem-?them|see-?more|list-news|more-news|other-news|news-other|recommend"
    r"|suggest\w*|most-read|breadcrumbs?|social\w*|share|sharing|comments?|box-comment|tags?"
    r"|taglist|tag-list|banner|ads?|adv|advert\w*|newsletter|hidden|sr-only|visually-hidden)(?:$|[\s_-])",
    re.IGNORECASE,
)
_RELATED_TYPE = re.compile(r"related", re.IGNORECASE)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ANNOUNCED_LINK = re.compile(
    r"[>»›►*\s]*(?:Xem thêm|Đọc thêm|Xem lại|Tin liên quan|Bài liên quan|Có thể bạn quan tâm"
    r"|Mời (?:quý )?(?:bạn )?đọc|Related|Read more|See also)|[>»›►]+",
    re.IGNORECASE,
)
_ANNOUNCEMENT = re.compile(rf"(?:{_ANNOUNCED_LINK.pattern})[:\s.…>]*", re.IGNORECASE)
_INVITATION = re.compile(
    r"[*•\s]*Mời (?:quý )?(?:bạn đọc|độc giả)\b.*\b(?:liên quan|chuyên mục|chuyên trang)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…:;][”\"’')]*$")
_MIN_LINK_CHARACTERS = 15
_MAX_SMALL = 40
_ITEM = "- "
_DATELINE = "location-stamp"
"""The class of a dateline; the space after it comes from the style sheet, not from the HTML."""


def parse_html(page: str) -> Any:
    """Return the root element of a page; None if the page has no elements."""
    parser = html.HTMLParser(encoding="utf-8")
    try:
        return html.document_fromstring(page.encode(), parser=parser)
    except (etree.ParserError, ValueError):
        return None


def text_of_fragment(fragment: str) -> str:
    """Return the text of HTML that contains only an article, such as a converted document."""
    root = parse_html(fragment) if fragment.strip() else None
    return "" if root is None else text_of_element(root, all_article=True)


def text_of_element(element: Any, *, all_article: bool = False) -> str:
    """Return the text of an element.

    Each block is a line; the cells of a row are separated by vertical bars, and list items begin
    with a hyphen. Scripts, forms and the like are always left out; hidden elements,
    advertisements and links to other stories are left out unless ``all_article`` is set.
    """
    collector = _TextCollector()
    walk = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        if event in {"comment", "pi"}:
            collector.add_tail(node, element)
        elif event == "start":
            if node is not element and is_skipped(node, all_article=all_article):
                walk.skip_subtree()
            else:
                collector.start(node)
        else:
            is_left_out = node is not element and is_skipped(node, all_article=all_article)
            collector.end(node, element, is_left_out=is_left_out)
    return "\n".join(collector.finish())


def is_skipped(node: Any, *, all_article: bool = False) -> bool:
    """Return whether an element is left out of the article."""
    if node.tag in _SKIPPED_TAGS:
        return True
    if all_article or node.tag in _WHOLE_PAGE:
        return False
    return (
        node.get("hidden") is not None
        or bool(_HIDDEN_STYLE.search(node.get("style", "")))
        or bool(_RELATED_TYPE.match(node.get("type", "")))
        or any(_SKIPPED_CLASS.search(node.get(name, "")) for name in ("class", "id"))
        or _is_link_to_story(node)
    )


def is_small(node: Any) -> bool:
    """Return whether an element contains few other elements, as a paragraph does.

    Reading the text of large elements at every level would take quadratic time.
    """
    return next(islice(node.iter(), _MAX_SMALL, None), None) is None


def one_line(text: str) -> str:
    """Return the text on one line, with single spaces."""
    return " ".join(text.split())


def _is_link_to_story(node: Any) -> bool:
    """Return whether a block or list only announces other stories or links to them."""
    if node.tag in {"ul", "ol"}:
        items = node.findall("li")
        return bool(items) and all(_is_all_link(item) for item in items)
    return (
        node.tag in {"p", "div", "h2", "h3", "h4", "li"}
        and is_small(node)
        and (
            _is_all_link(node) or _ANNOUNCEMENT.fullmatch(one_line(node.text_content())) is not None
        )
    )


def _is_all_link(node: Any) -> bool:
    links = [link for link in node.iter("a") if link.get("href")]
    if not links:
        return False
    text = one_line(node.text_content())
    linked = one_line(" ".join(link.text_content() for link in links))
    if _INVITATION.match(text):
        return True
    outside = text.replace(linked, "", 1).strip(" -–—•|:")
    if outside and not _ANNOUNCED_LINK.fullmatch(outside):
        return False
    if _ANNOUNCED_LINK.match(text):
        return True
    return len(linked) >= _MIN_LINK_CHARACTERS and not _SENTENCE_END.search(linked)


class _TextCollector:
    """The lines of text collected during a walk over elements."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._parts: list[str] = []
        self._rows: list[tuple[Any, list[str]]] = []
        """The unfinished rows of several cells, each with the texts of its finished cells."""

    def start(self, node: Any) -> None:
        is_row = node.tag == "tr" and sum(cell.tag in _CELLS for cell in node) > 1
        if is_row or node.tag in _BREAKING_TAGS or (node.tag in _CELLS and not self._rows):
            self._break()
        if is_row:
            self._rows.append((node, []))
        if node.tag == "li":
            self._parts.append(_ITEM)
        self._parts.append(node.text or "")

    def end(self, node: Any, root: Any, *, is_left_out: bool) -> None:
        if not is_left_out:
            self._close(node)
        self.add_tail(node, root)

    def add_tail(self, node: Any, root: Any) -> None:
        if node is not root:
            self._parts.append(node.tail or "")

    def finish(self) -> list[str]:
        self._break()
        return self._lines

    def _close(self, node: Any) -> None:
        row, cells = self._rows[-1] if self._rows else (None, [])
        if node.tag in _CELLS and node.getparent() is row:
            cells.append(self._take())
        elif node is row:
            self._rows.pop()
            self._parts = [" | ".join(cells)] if any(cells) else []
            self._break()
        elif node.get("class") == _DATELINE:
            self._parts.append(" ")
        elif node.tag in _BREAKING_TAGS or node.tag in _CELLS:
            self._break()
            if node.tag == "li" and self._parts == [_ITEM]:
                self._parts = []

    def _break(self) -> None:
        if self._rows:
            # A block inside a cell does not end the row's line.
            self._parts.append(" ")
            return
        line = self._take()
        if line == _ITEM.strip():
            self._parts = [_ITEM]
        elif line:
            self._lines.append(line)

    def _take(self) -> str:
        text = one_line("".join(self._parts))
        self._parts = []
        return text
