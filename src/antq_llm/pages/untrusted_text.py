"""Text of articles and records in HTML: escaped, isolated, and with invisible characters shown."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from antq_llm.core.json_text import json_text

INVISIBLE = (
    r"[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E"
    r"\u2060-\u206F\uFEFF\uFFF9-\uFFFB\uD800-\uDFFF\U000E0000-\U000E007F]|\r(?!\n)"
)
"""Pattern of characters that a page does not show, or that change the order of those around them:
control characters but tab and line ends, bidirectional controls, spaces without a width, halves of
surrogate pairs and tag characters."""

INVISIBLE_IN_JAVASCRIPT = re.sub(r"\\U000([0-9A-F]{5})", r"\\u{\1}", INVISIBLE)
"""``INVISIBLE`` for ``new RegExp(…, "gu")``."""

_INVISIBLE = re.compile(INVISIBLE)
_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028"} | {
    "\u2029": "\\u2029"
}


def visible(text: str) -> str:
    """Return a text in which every invisible character is written as its code: ``[U+202E]``."""
    return _INVISIBLE.sub(_code, text)


def escaped(text: str) -> Markup:
    """Return a text as HTML, each invisible character as its code in a ``span``.

    The text is not isolated: a paragraph or cell around it needs ``dir="auto"``, or a ``bdi``.
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
    """Return a text as HTML in a ``bdi``, so that its direction changes nothing around it."""
    return Markup("<bdi>{}</bdi>").format(escaped(text))


def json_for_script(value: object) -> Markup:
    """Return a value as JSON for the content of a ``script`` element with a type of data.

    Nothing in it can end the element or begin a comment.
    """
    text = re.sub("[<>&\u2028\u2029]", lambda found: _IN_SCRIPT[found.group()], json_text(value))
    return Markup(text)  # noqa: S704 - it has no character that HTML gives a meaning


def _code(found: re.Match[str]) -> str:
    return f"[U+{ord(found.group()):04X}]"
