"""Packaged style sheets and scripts, and the security policy of pages that contain them."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.resources import files

from antq_llm.pages.colours import colour_css

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@cache
def asset(name: str, package: str = "antq_llm.pages") -> str:
    """Return the text of a file in a package's ``assets/`` folder."""
    return (files(package) / "assets" / name).read_text("utf-8")


def base_css() -> str:
    """Return the style sheet for a page with marks, on light and dark screens and in print."""
    return asset("base.css") + marks_css()


def marks_css(scope: str = "") -> str:
    """Return the style sheet for marked text; each selector begins with ``scope``."""
    return scoped_css("marks.css", scope) + colour_css(scope)


def scoped_css(name: str, scope: str, package: str = "antq_llm.pages") -> str:
    """Return a packaged style sheet without comments, with each ``&`` replaced by ``scope``."""
    return _COMMENT.sub("", asset(name, package)).replace("&", scope)


def inline_policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    """Return the content security policy of a page that loads nothing.

    Only ``style`` and ``script`` elements with exactly the given contents take effect.
    """
    return (
        f"default-src 'none'; style-src {_sources(styles)}; script-src {_sources(scripts)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _sources(contents: Iterable[str]) -> str:
    hashes = [b64encode(sha256(content.encode()).digest()).decode() for content in contents]
    return " ".join(f"'sha256-{digest}'" for digest in hashes) or "'none'"
