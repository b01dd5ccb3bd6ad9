"""HTML for untrusted text: escaped and isolated, with invisible characters shown as codes."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from antq_llm.core.json_text import json_text

INVISIBLE = (
    r"[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E"
    r"\u2060-\u206F\uFEFF\uFFF9-\uFFFB\uD800-\uDFFF\U000E0000-\U000E007F]|\r(?!\n)"
)
"""A pattern for characters that are invisible on a page or reorder the text around them.

They include control characters (except tabs and line ends), bidirectional controls, zero-width
spaces, surrogates and tag characters.
"""

INVISIBLE_IN_JAVASCRIPT = re.sub(r"\\U000([0-9A-F]{5})", r"\\u{\1}", INVISIBLE)
"""The pattern ``INVISIBLE`` in the syntax of ``new RegExp(…, "gu")``."""

_INVISIBLE = re.compile(INVISIBLE)
_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028"} | {
    "\u2029": "\\u2029"
}


def visible(text: str) -> str:
    """Return a text with invisible characters replaced by their codes, such as ``[U+202E]``."""
    return _INVISIBLE.sub(_code, text)


def escaped(text: str) -> Markup:
    """Return a text as HTML, with each invisible character replaced by its code in a ``span``.

    The text is not isolated: the element around it must be a ``bdi`` or have ``dir="auto"``.
    """
    parts: list[str] = []
    position = 0
    for found in _INVISIBLE.finditer(text):
        parts.append(escape(text[position : found.start()]))
        parts.append(f'<span class="antq-invisible">{_code(found)}</span>')
        position = found.end()
    parts.append(escape(text[position:]))
    return Markup("".join(parts))  # noqa: S704 - each part is escaped


def isolated(text: str) -> Markup:
    """Return a text as HTML in a ``bdi``, so that its direction does not affect other text."""
    return Markup("<bdi>{}</bdi>").format(escaped(text))


def json_for_script(value: object) -> Markup:
    """Return a value as JSON for the content of a ``script`` element that holds data.

    Nothing in the JSON can end the element or begin a comment.
    """
    text = re.sub("[<>&\u2028\u2029]", lambda found: _IN_SCRIPT[found.group()], json_text(value))
    return Markup(text)  # noqa: S704 - it contains no character with a meaning in HTML


def _code(found: re.Match[str]) -> str:
    return f"[U+{ord(found.group()):04X}]"
