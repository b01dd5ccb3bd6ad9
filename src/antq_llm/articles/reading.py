"""Reading files as articles."""

from __future__ import annotations

import codecs
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
_ZEROS_OF_UTF_16 = 0.3
_CONTROLS_ALLOWED = frozenset("\t\n\r\f\v\x1a")


def read_article(path: Path, article_id: str | None = None) -> Article:
    """Return the article of a ``.txt``, ``.md`` or ``.html`` file; ArticleError says why it cannot be read."""
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
    """Return the text of bytes in UTF-8 or UTF-16, with or without a mark (which is not text), or in a sure legacy encoding. Line ends stay.

    ArticleError names the guess where no encoding is sure: a garbled article would give a garbled record.
    """
    if not data:
        raise ArticleError(f"{name} is empty: there is no text to extract from", kind="empty")
    if other := next(
        (what for magic, what in _OTHER_FORMATS.items() if data.startswith(magic)), None
    ):
        raise ArticleError(f"{name} is {other}, not text: save the article as text or HTML")
    mark, encoding = next(
        ((mark, encoding) for mark, encoding in _MARKS if data.startswith(mark)),
        (b"", _unmarked(data)),
    )
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        if mark or encoding != "utf-8":
            raise ArticleError(
                f"{name} is not {encoding.upper()} text (byte {error.start + len(mark)}): convert it to UTF-8"
            ) from error
        text = _decode_legacy(data, name)
    if any(character < " " and character not in _CONTROLS_ALLOWED for character in text):
        raise ArticleError(
            f"{name} holds control characters, so it is no text file: give text, Markdown, HTML or JSON lines"
        )
    return text


def _unmarked(data: bytes) -> str:
    """Return UTF-16 where every other byte of many is zero, as in Latin script, else UTF-8."""
    sample = data[:2000]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if zeros.count(0) > len(zeros) * _ZEROS_OF_UTF_16:
            return encoding
    return "utf-8"


def _decode_legacy(data: bytes, name: str) -> str:
    guess, is_sure = guess_legacy(data)
    if is_sure:
        return guess.text
    raise ArticleError(
        f"{name} is not UTF-8, and no other encoding is sure; the nearest guess is {guess.encoding} "
        f"({guess.likelihood:.0%} of its marked words would be Vietnamese): convert it to UTF-8"
    )


def text_of_html(html: str, name: str) -> str:
    """Return the main text of an HTML page; ArticleError where there is none."""
    import trafilatura

    text = trafilatura.extract(html, favor_recall=True, include_comments=False)
    if not text:
        raise ArticleError(
            f"{name} is an HTML page without a readable text: save the article as text",
            kind="empty",
        )
    return str(text)
