"""Delimiters around data in a prompt; the data itself cannot contain them."""

from __future__ import annotations

from antq_llm.core.digest import digest_of_text

CODE_DIGITS = 16


def delimiter_code(text: str, digest: str) -> str:
    """Return a code that does not occur in a text.

    The code is derived from ``digest``, the digest of the article. Writing a code into an article
    changes its digest and therefore its code.
    """
    code = digest[:CODE_DIGITS]
    while code in text:
        code = digest_of_text(code)[:CODE_DIGITS]
    return code


def delimited(text: str, tag: str, code: str) -> str:
    """Return the text enclosed in an opening and a closing line that contain the code."""
    # Sent to the model: do not edit.
    return f"<{tag} {code}>\n{text}\n</{tag} {code}>"
