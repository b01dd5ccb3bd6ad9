"""Reading files as articles: formats, encodings and pages."""

from __future__ import annotations

import codecs
import re
from itertools import islice
from pathlib import Path

from antq_llm.articles.article import Article
from antq_llm.articles.legacy_encodings import guess_legacy
from antq_llm.errors import ArticleError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHER_FORMATS = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a zip archive, as DOCX, XLSX and EPUB are",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"{\\rtf": "an RTF file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x7fELF": "a program",
    b"\x1f\x8b": "a compressed file",
}
_MIN_ZEROS_IN_UTF_16 = 0.3
"""The share of zero bytes among every second byte from which a text is taken for UTF-16."""
MAX_HTML_CHARACTERS = 10_000_000
MAX_ATTRIBUTES = 200
"""Of one HTML tag: the parser takes quadratic time, and text does not depend on them."""
_MIN_LONG_TAG = 1000
"""Characters of a tag from which its attributes are counted."""
_ATTRIBUTE = r"""[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?)?"""
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_TAG = re.compile(rf"(<[a-zA-Z][^\s/>]*+)((?:[\s/=]++|{_ATTRIBUTE})++)")
_ALLOWED_CONTROLS = frozenset("\t\n\r\f\v\x1a")


def read_article(path: Path, article_id: str | None = None) -> Article:
    """Return the article in a ``.txt``, ``.md`` or ``.html`` file.

    ``article_id`` defaults to the file's stem. ArticleError says why the file cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ArticleError(f"{path} cannot be read: {error.strerror}") from error
    text = decode(data, str(path))
    is_page = path.suffix.lower() in {".html", ".htm"}
    return Article(
        text_of_html(text, str(path)) if is_page else text,
        article_id or path.stem,
        str(path),
        derived=is_page,
    )


def decode(data: bytes, name: str) -> str:
    """Return the text of bytes in UTF-8, UTF-16 or a legacy encoding, with its line ends unchanged.

    A byte-order mark is optional and not part of the text. A legacy encoding is used only if it is
    certain, since a garbled article would give a garbled record; otherwise ArticleError names the
    best guess. ``name`` is used in messages.
    """
    if not data:
        raise ArticleError(f"{name} is empty: there is no text to extract from", kind="empty")
    if format_name := next(
        (label for magic, label in _OTHER_FORMATS.items() if data.startswith(magic)), None
    ):
        raise ArticleError(f"{name} is {format_name}, not text: save the article as text or HTML")
    mark, encoding = next(
        ((mark, encoding) for mark, encoding in _MARKS if data.startswith(mark)),
        (b"", _encoding_without_mark(data)),
    )
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        if mark or encoding != "utf-8":
            raise ArticleError(
                f"{name} is not {encoding.upper()} text (byte {error.start + len(mark)}): "
                "convert it to UTF-8"
            ) from error
        text = _decode_legacy(data, name)
    if any(character < " " and character not in _ALLOWED_CONTROLS for character in text):
        raise ArticleError(
            f"{name} contains control characters, so it is not a text file: "
            "give text, Markdown, HTML or JSON lines"
        )
    return text


def _encoding_without_mark(data: bytes) -> str:
    """Return UTF-16 if many of every second byte are zero, as in Latin script, else UTF-8."""
    sample = data[:2000]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if zeros.count(0) > len(zeros) * _MIN_ZEROS_IN_UTF_16:
            return encoding
    return "utf-8"


def _decode_legacy(data: bytes, name: str) -> str:
    guess, is_certain = guess_legacy(data)
    if is_certain:
        return guess.text
    raise ArticleError(
        f"{name} is not UTF-8, and no other encoding is certain; the best guess is "
        f"{guess.encoding} ({guess.likelihood:.0%} of the words with diacritics would be "
        "Vietnamese): convert it to UTF-8"
    )


def text_of_html(html: str, name: str) -> str:
    """Return the main text of an HTML page; ArticleError if there is none or it is too long."""
    import trafilatura

    if len(html) > MAX_HTML_CHARACTERS:
        raise ArticleError(
            f"{name} is an HTML page of {len(html)} characters, more than the "
            f"{MAX_HTML_CHARACTERS} that are read: save the article as text",
            kind="too_long",
        )
    page = _TAG.sub(_with_few_attributes, html)
    text = trafilatura.extract(page, favor_recall=True, include_comments=False)
    if not text:
        raise ArticleError(
            f"{name} is an HTML page without readable text: save the article as text",
            kind="empty",
        )
    return str(text)


def _with_few_attributes(tag: re.Match[str]) -> str:
    """Return a tag, without its attributes if it has more than any page needs."""
    if len(tag[2]) < _MIN_LONG_TAG:
        return tag[0]
    count = sum(1 for _ in islice(_ATTRIBUTES.finditer(tag[2]), MAX_ATTRIBUTES + 1))
    return tag[1] if count > MAX_ATTRIBUTES else tag[0]
