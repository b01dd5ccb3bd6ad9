"""Limits that keep hostile pages from slowing down the parser."""

from __future__ import annotations

import re
from itertools import islice

from antq_llm.errors import ArticleError

MAX_HTML_CHARACTERS = 10_000_000
MAX_ATTRIBUTES = 200
"""Maximum number of attributes of an HTML tag; parsing time is quadratic in their number."""
_MIN_LONG_TAG = 1000
"""Total length, in characters, below which the attributes of a tag are not counted."""
_ATTRIBUTE = r"""[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?)?"""
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_TAG = re.compile(rf"(<[a-zA-Z][^\s/>]*+)((?:[\s/=]++|{_ATTRIBUTE})++)")


def limited_page(html: str, name: str) -> str:
    """Return the page, removing all attributes from tags that have too many.

    Raises ArticleError if the page is too long.
    """
    if len(html) > MAX_HTML_CHARACTERS:
        raise ArticleError(
            f"{name} is an HTML page of {len(html)} characters, but the limit is "
            f"{MAX_HTML_CHARACTERS}: save the article as text",
            kind="too_long",
        )
    return _TAG.sub(_with_few_attributes, html)


def _with_few_attributes(tag: re.Match[str]) -> str:
    """Return the tag, without its attributes if it has too many."""
    if len(tag[2]) < _MIN_LONG_TAG:
        return tag[0]
    count = sum(1 for _ in islice(_ATTRIBUTES.finditer(tag[2]), MAX_ATTRIBUTES + 1))
    return tag[1] if count > MAX_ATTRIBUTES else tag[0]
