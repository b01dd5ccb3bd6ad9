"""Marking text as data, between bounds that the text itself cannot hold."""

from __future__ import annotations

from antq_llm.core.digest import digest_of_text

CODE_DIGITS = 16


def boundary_code(text: str, digest: str) -> str:
    """Return a code that stands nowhere in a text: digits of its own digest, which no author can foresee while writing it."""
    code = digest[:CODE_DIGITS]
    while code in text:
        code = digest_of_text(code)[:CODE_DIGITS]
    return code


def marked(text: str, tag: str, code: str) -> str:
    """Return a text between two lines that carry a code."""
    return f"<{tag} {code}>\n{text}\n</{tag} {code}>"
