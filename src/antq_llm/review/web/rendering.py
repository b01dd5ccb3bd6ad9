"""Rendering of templates as pages in the language of the reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import FunctionLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from antq_llm.pages.assets import asset, base_css
from antq_llm.pages.strings import PAGE_LANGUAGES, PageLanguage, words_in
from antq_llm.pages.untrusted_text import escaped, isolated, visible
from antq_llm.review.web.problem_words import worded

LANGUAGE_COOKIE = "antq_review_language"
_PACKAGE = "antq_llm.review.web"
_NULL = re.compile("`null`|\\bnull\\b")
_SCRIPTS = ("page", "selection", "items", "unsaved", "passages", "keys")
"""The parts of the script, each of which can use the parts before it."""


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page rendered from a template."""
    language = language_of(request)
    words = words_in("review", language)
    html = (
        _environment()
        .get_template(f"{template}.html")
        .render(
            words=words,
            say=partial(_say, words),
            language=language,
            other_language=next(other for other in PAGE_LANGUAGES if other != language),
            here=_address(request, values.get("article_id")),
            **values,
        )
    )
    return HTMLResponse(html, status)


def language_of(request: Request) -> PageLanguage:
    """Return the language of a page: ``vi`` or ``en``.

    This is the language that the reader chose. The default is ``vi`` if the browser prefers
    Vietnamese, otherwise ``en``.
    """
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in PAGE_LANGUAGES:
        return "vi" if chosen == "vi" else "en"
    return "vi" if request.headers.get("accept-language", "").lower().startswith("vi") else "en"


@cache
def style() -> str:
    """Return the style sheet of all pages."""
    return base_css() + asset("review.css", _PACKAGE)


@cache
def script() -> str:
    """Return the script of all pages."""
    return "".join(asset(f"{name}.js", _PACKAGE) for name in _SCRIPTS)


def link(path: str, **values: Any) -> str:
    """Return the address of a page with query parameters, leaving out those that are None."""
    query = urlencode({name: value for name, value in values.items() if value is not None})
    return f"{path}?{query}" if query else path


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "described": _described,
        "escaped": escaped,
        "isolated": isolated,
        "visible": visible,
    }
    environment.globals |= {"link": link, "worded": worded}
    return environment


def _template(name: str) -> str:
    return (files(_PACKAGE) / "templates" / name).read_text("utf-8")


def _say(words: Mapping[str, str], key: str, **values: Any) -> str:
    return words[key].format(**values)


def _described(text: str, empty: str) -> Markup:
    """Return a description from a schema as HTML, with backquoted parts as code.

    ``empty`` is the page's word for an empty field; it replaces ``null`` in the description.
    """
    text = _NULL.sub(empty, text)
    parts = [
        Markup("<code>{}</code>").format(escaped(part)) if number % 2 else escaped(part)
        for number, part in enumerate(text.split("`"))
    ]
    return Markup("<bdi>{}</bdi>").format(Markup("").join(parts))


def _address(request: Request, article_id: str | None) -> str:
    """Return the address to which to redirect after the reader changes the language.

    If a form was sent, this is the address of its article or of the front page.
    """
    if request.method != "GET":
        return "/" if article_id is None else link("/article", id=article_id)
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")
