"""The handler of the forms that settle or reopen the underlined passages of an article."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from antq_llm.review.web.article_forms import read_form, refuse
from antq_llm.review.web.rendering import link
from antq_llm.review.workspace import Workspace


class PassagePages:
    """A handler that settles and reopens passages."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def change(self, request: Request) -> Response:
        """Settle a passage of an article if ``action`` is ``settle``; otherwise, reopen it."""
        form = await read_form(request)
        article_id, workspace = str(form.get("id")), self._workspace
        if not workspace.has_article(article_id):
            refuse(404, "this run has no such article")
        examined = workspace.examine(article_id, workspace.draft(article_id).data)
        underlined = workspace.underlined(article_id, examined)
        passage = next((one for one in underlined.all if one.id == form.get("passage")), None)
        if passage is None:
            return RedirectResponse(link("/article", id=article_id, done="gone"), 303)
        if form.get("action") == "settle":
            workspace.settled.settle(article_id, passage)
            following = underlined.after((passage.start, passage.end))
            done, shown = "settled", following.id if following else "passages"
            if form.get("from") == "text":
                # A link to a row would make the browser open the list of passages, which is closed.
                shown = f"at-{shown}"
        else:
            workspace.settled.reopen(article_id, passage)
            done, shown = "reopened", passage.id
        return RedirectResponse(f"{link('/article', id=article_id, done=done)}#{shown}", 303)
