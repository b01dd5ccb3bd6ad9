"""The text of Word documents."""

from __future__ import annotations

import io

from antq_llm.articles.formats.document import Document
from antq_llm.core.optional_library import import_optional
from antq_llm.errors import ArticleError

LIBRARY = "mammoth"
EXTRA = "inputs"


def read_word(data: bytes, name: str) -> Document:
    """Return the text of a ``.docx`` file: paragraphs, lists and tables in order.

    Properties such as the author and dates are not read, because they describe the file rather
    than the article. Raises ArticleError if the file is broken or has no text.
    """
    from antq_llm.articles.pages.page_text import text_of_fragment  # it needs lxml

    mammoth = import_optional(LIBRARY, EXTRA)
    try:
        html = mammoth.convert_to_html(
            io.BytesIO(data), convert_image=mammoth.images.img_element(lambda _: {})
        ).value
    except Exception as error:  # the library can raise any error for a broken archive
        raise ArticleError(
            f"{name} cannot be read as a Word document ({error}): save it again as .docx, "
            "or as text"
        ) from error
    text = text_of_fragment(html)
    if not text:
        raise ArticleError(
            f"{name} is a Word document without text: save the article as text", kind="empty"
        )
    return Document(text)
