"""Decoding the bytes of a file in a Unicode or legacy Vietnamese encoding."""

from __future__ import annotations

import codecs
import re

from antq_llm.articles.legacy_encodings import guess_legacy
from antq_llm.errors import ArticleError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHER_FORMATS = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a zip archive (such as a DOCX, XLSX or EPUB file)",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"{\\rtf": "an RTF file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x7fELF": "a program",
    b"\x1f\x8b": "a compressed file",
}
_MIN_ZEROS_IN_UTF_16 = 0.3
"""Minimum share of zero bytes among the even or the odd bytes of UTF-16 text."""
_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")
"""C0 control characters that text must not contain: all but white space and the DOS end-of-file
mark.
"""


def decode(data: bytes, name: str) -> str:
    """Decode bytes in UTF-8, UTF-16 or a legacy encoding, leaving line endings unchanged.

    A byte-order mark is optional and is left out of the text. A legacy encoding is used only if it
    is certain, since a garbled article would give a garbled record. ``name`` is the name of the
    input in messages. Raises ArticleError if the input is empty, is not text or has an uncertain
    encoding.
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
    if _CONTROLS.search(text):
        raise ArticleError(
            f"{name} contains control characters, so it is not a text file: "
            "save the article as text or HTML"
        )
    return text


def _encoding_without_mark(data: bytes) -> str:
    """Return a UTF-16 encoding if many even or many odd bytes are 0, and UTF-8 otherwise.

    In UTF-16, one of the two bytes of an ASCII character is 0.
    """
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
        f"{name} is not UTF-8, and its encoding is uncertain: convert it to UTF-8; the best guess "
        f"is {guess.encoding}, in which {guess.likelihood:.0%} of the words with diacritics would "
        "be Vietnamese"
    )
