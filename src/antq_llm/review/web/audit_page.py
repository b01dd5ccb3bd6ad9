"""The page of an audit, on which a person judges each item of a sample as right or wrong."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from antq_llm.annotation.audit_report import audit_report
from antq_llm.annotation.audit_sample import AuditItem, Verdict
from antq_llm.core.digest import digest_of
from antq_llm.review.audit import VERDICTS, AuditSample
from antq_llm.review.gold_store import ChangedElsewhere
from antq_llm.review.web.article_forms import number_in, read_form
from antq_llm.review.web.rendering import language_of, page
from antq_llm.review.workspace import Workspace


class AuditPages:
    """Handlers that show the items of a sample and save verdicts on them."""

    def __init__(self, workspace: Workspace, sample: AuditSample) -> None:
        self._workspace = workspace
        self._sample = sample

    async def show(self, request: Request) -> Response:
        """Show all items, with the precision so far."""
        items = self._sample.items()
        language = language_of(request)
        overall = audit_report(items).overall
        return page(
            request,
            "audit",
            names=self._workspace.schema_words(language),
            items=[
                (item, self._workspace.item_line(item, language), _version(item)) for item in items
            ],
            verdicts=VERDICTS,
            judged=overall.total,
            precision=None if overall.value is None else f"{overall.value:.1%}",
            interval=None
            if overall.interval is None
            else "{:.1%} – {:.1%}".format(*overall.interval),
            file=str(self._sample.path),
        )

    async def judge(self, request: Request) -> Response:
        """Save the verdict on an item, with its note."""
        form = await read_form(request)
        number, verdict = number_in(str(form.get("number", ""))), form.get("verdict")
        note = str(form.get("note", "")).strip()
        try:
            items = self._sample.items()
            if number is None or number >= len(items):
                raise ChangedElsewhere
            seen = items[number]
            if _version(seen) != form.get("version"):
                raise ChangedElsewhere
            given: Verdict | None = next((one for one in VERDICTS if one == verdict), None)
            self._sample.judge(number, seen, given, note)
        except ChangedElsewhere:
            return page(request, "conflict", 409, again="/audit", texts={"note": note})
        return RedirectResponse(f"/audit#item-{number + 1}", 303)


def _version(item: AuditItem) -> str:
    values: list[Any] = [getattr(item, name) for name in item.__slots__]
    return digest_of(values)[:16]
