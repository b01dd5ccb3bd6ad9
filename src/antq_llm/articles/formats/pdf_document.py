"""The text of PDF files."""

from __future__ import annotations

import io
import logging
import unicodedata
from collections.abc import Sequence
from typing import Any

from antq_llm.articles.article import ArticleNotice
from antq_llm.articles.formats.document import Document
from antq_llm.core.optional_library import import_optional
from antq_llm.errors import ArticleError

LIBRARY = "pypdf"
EXTRA = "inputs"

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\x00": ""}
)
_MAX_LISTED = 10


def read_pdf(data: bytes, name: str) -> Document:
    """Return the text of a PDF file, with an empty line between pages.

    A notice lists the pages without text, such as scanned pages. Raises ArticleError if the file is
    broken or needs a password, or if no page has text.
    """
    library = import_optional(LIBRARY, EXTRA)
    logging.getLogger(LIBRARY).setLevel(logging.ERROR)
    try:
        reader = library.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ArticleError(f"{name} is an encrypted PDF: save it without a password")
        pages = [_page_text(page) for page in reader.pages]
    except ArticleError:
        raise
    except Exception as error:  # the library can raise any error for a broken file
        raise ArticleError(
            f"{name} cannot be read as a PDF ({error}): save it again, or as text"
        ) from error
    if not any(pages):
        raise ArticleError(
            f"{name} is a PDF without text, such as a scan: run OCR, or save the article as text",
            kind="empty",
        )
    text = "\n\n".join(page for page in pages if page)
    empty = [number for number, page in enumerate(pages, start=1) if not page]
    return Document(text, notices=_notices(empty, len(pages)))


def _page_text(page: Any) -> str:
    lines = page.extract_text().translate(_LIGATURES).split("\n")
    return unicodedata.normalize("NFC", "\n".join(line.rstrip() for line in lines)).strip()


def _notices(empty: Sequence[int], pages: int) -> tuple[ArticleNotice, ...]:
    if not empty:
        return ()
    listed = ", ".join(map(str, empty[:_MAX_LISTED])) + (", …" if len(empty) > _MAX_LISTED else "")
    message = f"{len(empty)} of {pages} pages have no text and were not read: {listed}"
    return (ArticleNotice("partly_read", message),)
