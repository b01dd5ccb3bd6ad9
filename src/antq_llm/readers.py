"""Reading files as articles."""

from __future__ import annotations

import codecs
from pathlib import Path

from antq_llm.article import Article
from antq_llm.errors import ArticleError

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROLS_ALLOWED = frozenset("\t\n\r\f\v\x1a")


def read_article(path: Path, article_id: str | None = None) -> Article:
    """Return the article of a ``.txt``, ``.md`` or ``.html`` file; ArticleError says why it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ArticleError(f"{path} cannot be read: {error.strerror}") from error
    text = decode(data, str(path))
    is_page = path.suffix.lower() in {".html", ".htm"}
    return Article(text_of_html(text, str(path)) if is_page else text, article_id or path.stem, str(path), derived=is_page)


def decode(data: bytes, name: str) -> str:
    """Return the text of bytes in UTF-8, or in UTF-16 with a byte-order mark; the mark is not text. Line ends stay."""
    mark, encoding = next(((mark, encoding) for mark, encoding in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    if not data:
        raise ArticleError(f"{name} is empty: there is no text to extract from", kind="empty")
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise ArticleError(f"{name} is not {encoding.upper()} text (byte {error.start + len(mark)}): convert it to UTF-8") from error
    if any(character < " " and character not in _CONTROLS_ALLOWED for character in text):
        raise ArticleError(f"{name} holds control characters, so it is no text file: give text, Markdown, HTML or JSON lines")
    return text


def text_of_html(html: str, name: str) -> str:
    """Return the main text of an HTML page; ArticleError where there is none."""
    import trafilatura

    text = trafilatura.extract(html, favor_recall=True, include_comments=False)
    if not text:
        raise ArticleError(f"{name} is an HTML page without a readable text: save the article as text", kind="empty")
    return str(text)
