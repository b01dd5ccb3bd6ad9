"""The page of an article, and the changes that its forms make."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from antq_llm.core.json_pointer import child_pointer, find_value, last_part, pointer_to
from antq_llm.evidence.spans import Span
from antq_llm.review.edits import add_item, remove_item, set_value
from antq_llm.review.faults import Examined, Problem
from antq_llm.review.form_layout import Section, section_at
from antq_llm.review.form_values import is_blank, read_item, texts_of_form
from antq_llm.review.gold_store import ChangedElsewhere, Draft
from antq_llm.review.suggestions import Suggestions, source_span, suggest
from antq_llm.review.web.article_forms import (
    SentForm,
    Texts,
    dom_id,
    filled_pair,
    moved_faults,
    named_texts,
    number_in,
    prefilled,
    read_form,
    refuse,
)
from antq_llm.review.web.article_view import ArticleViewer
from antq_llm.review.web.differences_view import differences_view
from antq_llm.review.web.form_views import NEW, OpenForm
from antq_llm.review.web.rendering import language_of, link, page
from antq_llm.review.workspace import Workspace


class ArticlePages:
    """Handlers that show articles and change their records."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def show(self, request: Request) -> Response:
        """Show an article, with a form if the query asks for one.

        The parameter ``open`` is the pointer of an item to edit; ``add`` is the pointer of a list
        to extend or an object to create. ``start`` and ``end`` are the offsets of a selected
        passage.
        """
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
                refuse(404, f"this schema has no list or object {pointer}")
            place = pointer_to([*pointer.split("/")[1:], NEW]) if section.is_list else pointer
            span = self._selected(article_id, query)
            suggestions = self._suggestions(article_id, draft, section, span)
            form = OpenForm(place, prefilled(section, suggestions), suggestions, span=span)
        return self._page(request, article_id, draft, form, notice=query.get("done"))

    async def change(self, request: Request) -> Response:
        """Make the change that a form requests."""
        form = await read_form(request)
        article_id = self._known(form.get("id"))
        draft = self._workspace.draft(article_id)
        version, action = str(form.get("version")), str(form.get("action", "fill"))
        try:
            if draft.version != version:
                raise ChangedElsewhere
            if action.startswith("take "):
                return self._take(request, article_id, draft, action)
            if action in {"accept", "undo"}:
                return self._settle(request, article_id, draft, action)
            pointer = str(form.get("pointer", ""))
            section = section_at(
                self._workspace.sections,
                pointer.removesuffix(NEW) + "0" if pointer.endswith(f"/{NEW}") else pointer,
            )
            if section is None:
                refuse(404, f"this record has no item or object {pointer}")
            return self._edit(SentForm(request, form, article_id, draft, section, pointer), action)
        except ChangedElsewhere:
            names = self._workspace.schema_words(language_of(request))
            again = link("/article", id=article_id)
            return page(request, "conflict", 409, again=again, texts=named_texts(form, names))

    def _settle(self, request: Request, article_id: str, draft: Draft, action: str) -> Response:
        """Accept a record or undo the last change."""
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

    def _take(self, request: Request, article_id: str, draft: Draft, action: str) -> Response:
        """Adopt a value or an item from one of the two annotators."""
        _, side, number = (*action.split(" "), "", "")[:3]
        annotators = self._workspace.annotators
        differences = annotators.differences(article_id) if annotators else []
        place = number_in(number)
        if side not in {"a", "b"} or place is None or place >= len(differences):
            refuse(404, "there is no such difference between the annotators: reload the page")
        data = differences[place].take(
            draft.data, "a" if side == "a" else "b", self._workspace.schema
        )
        section = self._workspace.sections[0]
        change = SentForm(request, FormData(), article_id, draft, section, "")
        return self._save(change, data, "saved", anchor=f"difference-{place}")

    def _edit(self, change: SentForm, action: str) -> Response:
        if action == "remove":
            data, _ = remove_item(change.draft.data, change.pointer, self._workspace.schema.roles)
            return self._save(change, data, "removed", anchor=self._neighbour(change, data))
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
        return self._save(change, data, "saved", sent=(place, texts), wrong=wrong)

    def _neighbour(self, change: SentForm, data: Any) -> str:
        """Return the HTML id of the element to show after an item is removed.

        This is the item that followed the removed one, or else the last item. If no item is left,
        it is the section.
        """
        items = find_value(data, change.section.pointer)
        if not change.section.is_list or not items:
            return dom_id(self._workspace, change.section, None)
        place = min(int(last_part(change.pointer)), len(items) - 1)
        pointer = child_pointer(change.section.pointer, place)
        return dom_id(self._workspace, change.section, pointer)

    def _save(
        self,
        change: SentForm,
        data: Any,
        done: str,
        *,
        sent: tuple[str, Texts] | None = None,
        wrong: Mapping[str, str] = MappingProxyType({}),
        anchor: str | None = None,
    ) -> Response:
        """Save a changed record or, if the change adds faults, show the form again with the faults.

        ``sent`` is the item's place and the texts of a submitted form; ``wrong`` contains the
        faults in these texts, by field.
        """
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
            moved = moved_faults(faults, place, change.pointer)
            form = OpenForm(change.pointer, texts, problems=moved, is_unsaved=True)
            return self._page(
                change.request, article_id, change.draft, form, notice="refused", status=422
            )
        workspace.store.save(
            article_id, after.data, change.draft.version, workspace.initial(article_id)
        )
        shown = anchor or dom_id(workspace, change.section, place if sent else None)
        return RedirectResponse(f"{link('/article', id=article_id, done=done)}#{shown}", 303)

    def _show_filled(self, change: SentForm, action: str, texts: Texts) -> Response:
        """Show a form again, with a selected passage as its quote or with a suggested value."""
        filled = dict(texts)
        suggestions: Suggestions = {}
        span = None
        if action == "quote":
            span = self._selected(change.article_id, change.form)
            suggestions = self._suggestions(change.article_id, change.draft, change.section, span)
            for suffix, shown in prefilled(change.section, suggestions).items():
                is_quote = suffix.endswith(f"/{change.section.quote_key}")
                if is_quote or (change.is_new and not any(filled.get(suffix, ()))):
                    filled[suffix] = shown
        else:
            suffix, value = filled_pair(str(change.form.get("fill", "")))
            filled[suffix] = [value]
        form = OpenForm(change.pointer, filled, suggestions, span=span, is_unsaved=True)
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
        language = language_of(request)
        viewer = ArticleViewer(workspace, article_id, examined, language)
        ids = workspace.article_ids
        place = ids.index(article_id)
        return page(
            request,
            "article",
            status,
            names=workspace.schema_words(language),
            view=viewer.view(draft.data, form),
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
            differences=differences_view(workspace, article_id, draft.data, language),
        )

    def _selected(self, article_id: str, given: Mapping[str, Any]) -> Span | None:
        """Return the span of the passage selected in a form or query, or None if there is none."""
        analyzed = self._workspace.analyzed(article_id)
        start, end = (number_in(str(given.get(name, ""))) for name in ("start", "end"))
        if analyzed is None or start is None or end is None:
            return None
        span = source_span(analyzed.text, start, end)
        return None if span[0] == span[1] else span

    def _suggestions(
        self, article_id: str, draft: Draft, section: Section, span: Span | None
    ) -> Suggestions:
        """Return suggestions for a section from the selected passage; empty if none is selected."""
        analyzed = self._workspace.analyzed(article_id)
        if analyzed is None or span is None:
            return {}
        return suggest(section, analyzed, span, self._workspace.stamps(draft.data))

    def _known(self, article_id: Any) -> str:
        if not isinstance(article_id, str) or not self._workspace.has_article(article_id):
            refuse(404, "this run has no such article")
        return article_id

    def _following(self, article_id: str) -> str | None:
        """Return the id of the next unaccepted article, wrapping around; None if there is none."""
        ids = self._workspace.article_ids
        place = ids.index(article_id) + 1
        states = ((one, self._workspace.store.state_of(one)) for one in ids[place:] + ids[:place])
        return next((one for one, state in states if state != "gold"), None)
