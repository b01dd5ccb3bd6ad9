"""The packaged style sheets and scripts, and the policy of a page that has them inside."""

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
    """Return a packaged file of ``assets/``."""
    return (files(package) / "assets" / name).read_text("utf-8")


def base_css() -> str:
    """Return the style of a whole page: text, tables, forms, marks, light and dark, print."""
    return asset("base.css") + marks_css()


def marks_css(scope: str = "") -> str:
    """Return the style of marked text, colours included; each selector begins with ``scope``."""
    return _COMMENT.sub("", asset("marks.css")).replace("&", scope) + colour_css(scope)


def inline_policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    """Return the content security policy of a page that loads nothing.

    Only the given contents of its ``style`` and ``script`` elements apply, exactly as they are.
    """
    return (
        f"default-src 'none'; style-src {_sources(styles)}; script-src {_sources(scripts)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _sources(contents: Iterable[str]) -> str:
    hashes = [b64encode(sha256(content.encode()).digest()).decode() for content in contents]
    return " ".join(f"'sha256-{digest}'" for digest in hashes) or "'none'"
