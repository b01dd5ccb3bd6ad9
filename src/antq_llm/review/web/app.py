"""The web application of a review, with its routes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from antq_llm.errors import ConfigurationError
from antq_llm.pages.strings import PAGE_LANGUAGES
from antq_llm.review.web.article_page import ArticlePages
from antq_llm.review.web.audit_page import AuditPages
from antq_llm.review.web.overview_page import overview
from antq_llm.review.web.passage_page import PassagePages
from antq_llm.review.web.rendering import LANGUAGE_COOKIE, language_of, page, script, style
from antq_llm.review.workspace import Workspace

_YEAR_SECONDS = 31_536_000


def review_app(workspace: Workspace) -> Starlette:
    """Return the web application of a review; it must be wrapped in a ``Guard``."""
    articles = ArticlePages(workspace)

    async def front(request: Request) -> Response:
        names = workspace.schema_words(language_of(request))
        return page(request, "overview", names=names, **overview(workspace))

    async def help_page(request: Request) -> Response:
        article_id = request.query_params.get("id", "")
        return page(
            request,
            "help",
            gold=str(workspace.store.folder),
            sections=workspace.sections,
            names=workspace.schema_words(language_of(request)),
            article_id=article_id if workspace.has_article(article_id) else None,
        )

    audit = [] if workspace.audit is None else _audit_routes(AuditPages(workspace, workspace.audit))
    return Starlette(
        routes=[
            *audit,
            Route("/", front),
            Route("/article", articles.show, methods=["GET"]),
            Route("/article", articles.change, methods=["POST"]),
            Route("/passage", PassagePages(workspace).change, methods=["POST"]),
            Route("/help", help_page),
            Route("/language", _language),
            Route("/review.css", _style),
            Route("/review.js", _script),
            Route("/favicon.ico", _no_icon),
        ],
        exception_handlers={HTTPException: _refused, ConfigurationError: _wrong},
    )


def _audit_routes(pages: AuditPages) -> list[Route]:
    return [
        Route("/audit", pages.show, methods=["GET"]),
        Route("/audit", pages.judge, methods=["POST"]),
    ]


async def _language(request: Request) -> Response:
    """Store the language that the reader chose and redirect to the previous page."""
    back = urlsplit(request.query_params.get("back", "/"))
    # Browsers treat a backslash as a slash, and the text after two slashes as a host.
    path = "/" + back.path.lstrip("/\\")
    answer = RedirectResponse(f"{path}?{back.query}" if back.query else path, 303)
    chosen = request.query_params.get("to")
    if chosen in PAGE_LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=_YEAR_SECONDS, httponly=True, samesite="strict"
        )
    return answer


async def _style(_: Request) -> Response:
    return Response(style(), media_type="text/css")


async def _script(_: Request) -> Response:
    return Response(script(), media_type="text/javascript")


async def _no_icon(_: Request) -> Response:
    return Response(status_code=204)


async def _refused(request: Request, error: Any) -> Response:
    return page(request, "message", error.status_code, message=str(error.detail))


async def _wrong(request: Request, error: Any) -> Response:
    return page(request, "message", 500, message=str(error))
