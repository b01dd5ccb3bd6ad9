"""The page of an article, and the changes that its forms make."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from antq_llm.core.json_pointer import parent_of, pointer_to
from antq_llm.pages.untrusted_text import visible
from antq_llm.review.edits import add_item, find_value, remove_item, set_value
from antq_llm.review.faults import Examined, Problem
from antq_llm.review.form_layout import Section, section_at
from antq_llm.review.form_values import is_blank, read_item, shown_texts, texts_of_form
from antq_llm.review.gold_store import ChangedElsewhere, Draft
from antq_llm.review.suggestions import Suggestions, source_span, suggest
from antq_llm.review.web.article_view import NEW, OpenForm, article_view
from antq_llm.review.web.rendering import link, page
from antq_llm.review.workspace import Workspace

_MAX_FIELDS = 2000
Texts = Mapping[str, list[str]]


async def read_form(request: Request) -> FormData:
    """Return what a form sends; HTTPException 400 for what is not a form."""
    try:
        pairs = parse_qsl(
            (await request.body()).decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS
        )
    except ValueError:
        _refuse(400, "this is not a form")
    return FormData([(name, value) for name, value in pairs])


@dataclass(frozen=True)
class _Change:
    """A form that was sent, and what it is about."""

    request: Request
    form: FormData
    article_id: str
    draft: Draft
    section: Section
    pointer: str

    @property
    def item(self) -> Any:
        """The object that the form shows; None for a new one."""
        return find_value(self.draft.data, self.pointer)

    @property
    def is_new(self) -> bool:
        """Whether the form adds an object."""
        return self.pointer.endswith(f"/{NEW}") or (bool(self.pointer) and self.item is None)


class ArticlePages:
    """Shows articles and takes changes of their records."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def show(self, request: Request) -> Response:
        """Show an article; ``open`` or ``add`` name a form, ``start`` and ``end`` a passage."""
        query = request.query_params
        article_id = self._known(query.get("id"))
        draft = self._workspace.draft(article_id)
        form = None
        if (pointer := query.get("open")) is not None:
            form = OpenForm(pointer)
        elif (pointer := query.get("add")) is not None:
            section = next(
                (one for one in self._workspace.sections if one.pointer == pointer), None
            )
            if section is None:
                _refuse(404, f"this schema has no list {pointer}")
            place = pointer_to([*pointer.split("/")[1:], NEW]) if section.is_list else pointer
            suggestions = self._suggestions(article_id, draft, section, query)
            form = OpenForm(place, _prefilled(section, suggestions), suggestions)
        return self._page(request, article_id, draft, form, notice=query.get("done"))

    async def change(self, request: Request) -> Response:
        """Make the change that a form asks for."""
        form = await read_form(request)
        article_id = self._known(form.get("id"))
        draft = self._workspace.draft(article_id)
        version, action = str(form.get("version")), str(form.get("action", "fill"))
        try:
            if draft.version != version:
                raise ChangedElsewhere
            if action in {"accept", "undo"}:
                return self._settle(request, article_id, draft, action)
            pointer = str(form.get("pointer", ""))
            section = section_at(
                self._workspace.sections,
                pointer.removesuffix(NEW) + "0" if pointer.endswith(f"/{NEW}") else pointer,
            )
            if section is None:
                _refuse(404, f"this record has no {pointer}")
            return self._edit(_Change(request, form, article_id, draft, section, pointer), action)
        except ChangedElsewhere:
            texts = {
                name.removeprefix("f:"): visible("\n".join(map(str, form.getlist(name))))
                for name in dict.fromkeys(form)
                if name.startswith("f:") and not name.endswith("?")
            }
            return page(request, "conflict", 409, article_id=article_id, texts=texts)

    def _settle(self, request: Request, article_id: str, draft: Draft, action: str) -> Response:
        """Accept a record, or undo the last change."""
        workspace, initial = self._workspace, self._workspace.initial(article_id)
        if action == "undo":
            workspace.store.undo(article_id, draft.version, initial)
            return RedirectResponse(link("/article", id=article_id, done="undone"), 303)
        if workspace.examine(article_id, draft.data).faults:
            return self._page(request, article_id, draft, None, notice="has_faults", status=422)
        workspace.store.accept(article_id, draft.version, initial)
        following = self._following(article_id)
        if following is None:
            return RedirectResponse("/", 303)
        return RedirectResponse(link("/article", id=following, done="accepted"), 303)

    def _edit(self, change: _Change, action: str) -> Response:
        if action == "remove":
            data, _ = remove_item(change.draft.data, change.pointer, self._workspace.schema.roles)
            return self._save(change, data, None, "removed", {})
        value, wrong = read_item(change.section, change.form, change.item)
        texts = texts_of_form(change.section, change.form)
        if action in {"quote", "fill"}:
            return self._show_filled(change, action, texts)
        if (
            not change.section.is_list
            and change.section.pointer
            and is_blank(change.section, value)
        ):
            value = None
        if change.is_new and change.section.is_list:
            data, place = add_item(change.draft.data, change.section.pointer, value)
        else:
            place = change.pointer
            data = set_value(change.draft.data, place, value, self._workspace.schema.roles)
        return self._save(change, data, (place, texts), "saved", wrong)

    def _save(
        self,
        change: _Change,
        data: Any,
        sent: tuple[str, Texts] | None,
        done: str,
        wrong: Mapping[str, str],
    ) -> Response:
        """Save a changed record, or show its form again with what is wrong."""
        article_id, workspace = change.article_id, self._workspace
        before = workspace.examine(article_id, change.draft.data)
        after = workspace.examine(article_id, data)
        place, texts = sent or (change.pointer, None)
        faults = [Problem("fault", place + suffix, word) for suffix, word in wrong.items()]
        faults += [
            fault
            for fault in after.new_faults(before)
            if not any(fault.pointer == place + suffix for suffix in wrong)
        ]
        if faults:
            form = OpenForm(change.pointer, texts, problems=_moved(faults, place, change.pointer))
            return self._page(
                change.request, article_id, change.draft, form, notice="refused", status=422
            )
        workspace.store.save(
            article_id, after.data, change.draft.version, workspace.initial(article_id)
        )
        shown = _dom_id(workspace, change.section, place if sent else None)
        return RedirectResponse(f"{link('/article', id=article_id, done=done)}#{shown}", 303)

    def _show_filled(self, change: _Change, action: str, texts: Texts) -> Response:
        """Show a form again with a selected passage as its quote, or with a suggested value."""
        filled = dict(texts)
        suggestions: Suggestions = {}
        if action == "quote":
            suggestions = self._suggestions(
                change.article_id, change.draft, change.section, change.form
            )
            for suffix, shown in _prefilled(change.section, suggestions).items():
                is_quote = suffix.endswith(f"/{change.section.quote_key}")
                if is_quote or (change.is_new and not any(filled.get(suffix, ()))):
                    filled[suffix] = shown
        else:
            suffix, value = _pair(str(change.form.get("fill", "")))
            filled[suffix] = [value]
        form = OpenForm(change.pointer, filled, suggestions)
        return self._page(change.request, change.article_id, change.draft, form, notice="filled")

    def _page(
        self,
        request: Request,
        article_id: str,
        draft: Draft,
        form: OpenForm | None,
        *,
        notice: str | None = None,
        status: int = 200,
    ) -> Response:
        workspace = self._workspace
        examined: Examined = workspace.examine(article_id, draft.data)
        ids = workspace.article_ids
        place = ids.index(article_id)
        return page(
            request,
            "article",
            status,
            view=article_view(workspace, article_id, draft.data, examined, form),
            article_id=article_id,
            draft=draft,
            examined=examined,
            can_undo=workspace.store.can_undo(article_id, draft.version),
            failed=workspace.failed(article_id),
            place=place,
            total=len(ids),
            previous=ids[place - 1] if place else None,
            following=ids[place + 1] if place + 1 < len(ids) else None,
            notice=notice,
            form=form,
        )

    def _suggestions(
        self, article_id: str, draft: Draft, section: Section, given: Mapping[str, Any]
    ) -> Suggestions:
        """Return what a selected passage says for a section; nothing without a selection."""
        analyzed = self._workspace.analyzed(article_id)
        start, end = str(given.get("start", "")), str(given.get("end", ""))
        if analyzed is None or not (start.isdecimal() and end.isdecimal()):
            return {}
        span = source_span(analyzed.text, int(start[:9]), int(end[:9]))
        if span[0] == span[1]:
            return {}
        return suggest(section, analyzed, span, self._workspace.stamps(draft.data))

    def _known(self, article_id: Any) -> str:
        if not isinstance(article_id, str) or not self._workspace.has_article(article_id):
            _refuse(404, "this run has no such article")
        return article_id

    def _following(self, article_id: str) -> str | None:
        """Return the next article that is not accepted, from the first again after the last."""
        ids = self._workspace.article_ids
        place = ids.index(article_id) + 1
        states = ((one, self._workspace.store.state_of(one)) for one in ids[place:] + ids[:place])
        return next((one for one, state in states if state != "gold"), None)


def _prefilled(section: Section, suggestions: Suggestions) -> Texts:
    """Return the likeliest values as the texts of controls."""
    return {
        shown.suffix: shown_texts(suggestions[shown.suffix][0], shown)
        for shown in section.fields
        if suggestions.get(shown.suffix)
    }


def _moved(faults: list[Problem], place: str, shown: str) -> list[Problem]:
    """Return faults of an item at a place with pointers into the form that shows it."""
    if place == shown:
        return faults
    return [
        Problem(fault.severity, shown + fault.pointer[len(place) :], fault.message, fault.given)
        if fault.pointer.startswith(place)
        else fault
        for fault in faults
    ]


def _dom_id(workspace: Workspace, section: Section, pointer: str | None) -> str:
    """Return the id of an item in the page, or that of its section."""
    number = workspace.sections.index(section)
    if pointer is None:
        return f"s{number}"
    return (
        f"s{number}-{pointer[len(parent_of(pointer)) + 1 :]}" if section.is_list else f"s{number}-0"
    )


def _pair(text: str) -> tuple[str, str]:
    try:
        suffix, value = json.loads(text)
    except (ValueError, TypeError):
        _refuse(400, "this is not a field with a value")
    return str(suffix), str(value)


def _refuse(status: int, detail: str) -> NoReturn:
    raise HTTPException(status, detail)
