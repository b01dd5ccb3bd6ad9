"""The view of an article: the text with its marks, and the record as forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from markupsafe import Markup

from antq_llm.core.digest import digest_of
from antq_llm.core.json_pointer import child_pointer, find_value
from antq_llm.evaluation.item_lines import ItemLines
from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.pages.colours import colour_class
from antq_llm.pages.marked_text import Mark, marked_text
from antq_llm.pages.strings import PageLanguage, words_in
from antq_llm.pages.untrusted_text import visible
from antq_llm.review.edits import names_at
from antq_llm.review.faults import Examined, Problem, nearest_shown
from antq_llm.review.form_layout import FormField, Section
from antq_llm.review.form_values import control_name, shown_texts
from antq_llm.review.suggestions import Suggestions, suggest
from antq_llm.review.web.form_views import (
    NEW,
    ArticleView,
    FieldView,
    ItemView,
    OpenForm,
    SectionView,
)
from antq_llm.review.workspace import Workspace
from antq_llm.schemas.roles import Refers


class ArticleViewer:
    """A builder of the view of an article and its current record."""

    def __init__(
        self, workspace: Workspace, article_id: str, examined: Examined, language: PageLanguage
    ) -> None:
        self._workspace = workspace
        self._words = words_in("review", language)
        self._names = workspace.schema_words(language)
        self._analyzed: AnalyzedArticle | None = workspace.analyzed(article_id)
        self._examined = examined
        self._underlined = workspace.underlined(article_id, examined)
        self._lines = ItemLines(workspace.schema.roles, self._names)
        self._data: Any = None
        self._stamps: tuple[str, ...] = ()
        self._form: OpenForm | None = None

    def view(self, data: Any, form: OpenForm | None) -> ArticleView:
        """Return the view of a record, with ``form`` open if it is given."""
        self._data, self._form = data, form
        self._stamps = self._workspace.stamps(data)
        sections = [
            self._section(number, section)
            for number, section in enumerate(self._workspace.sections)
        ]
        items = [item for section in sections for item in section.items]
        own = _attach(items, self._examined.problems)
        if self._form is not None:
            new = [section.new_item for section in sections if section.new_item]
            own += _attach([*items, *new], self._form.problems)
        severities = [problem.severity for problem in self._examined.problems]
        return ArticleView(
            sections,
            own,
            self._text(sections),
            self._underlined,
            severities.count("fault"),
            severities.count("objection"),
        )

    def _section(self, number: int, section: Section) -> SectionView:
        found = find_value(self._data, section.pointer)
        if section.is_list:
            items = found if isinstance(found, list) else []
            pointers = [child_pointer(section.pointer, place) for place in range(len(items))]
            new = child_pointer(section.pointer, NEW)
        else:
            pointers = [] if section.pointer and found is None else [section.pointer]
            new = section.pointer
        is_new = self._form is not None and self._form.pointer == new and new not in pointers
        return SectionView(
            section,
            f"s{number}",
            colour_class(number),
            [
                self._item(f"s{number}-{place}", section, pointer)
                for place, pointer in enumerate(pointers)
            ],
            self._item(f"s{number}-new", section, new) if is_new else None,
        )

    def _item(self, dom_id: str, section: Section, pointer: str) -> ItemView:
        item = find_value(self._data, pointer)
        form = self._form if self._form and self._form.pointer == pointer else None
        span = self._examined.spans.get(pointer)
        suggestions = self._suggestions(section, span, form)
        return ItemView(
            dom_id,
            pointer,
            self._lines.line(_own_fields(section, item), section.path),
            [
                FieldView(
                    shown,
                    f"{dom_id}-{number}",
                    control_name(shown),
                    section.path_of(shown),
                    *self._texts(shown, item, form, suggestions),
                )
                for number, shown in enumerate(section.fields)
            ],
            is_open=form is not None,
            digest="" if item is None else digest_of(item)[:16],
            is_unsaved=form is not None and form.is_unsaved,
            span=span,
        )

    def _suggestions(
        self, section: Section, span: tuple[int, int] | None, form: OpenForm | None
    ) -> Suggestions:
        if form is not None and form.suggestions:
            return form.suggestions
        if span is None or self._analyzed is None:
            return {}
        return suggest(section, self._analyzed, span, self._stamps)

    def _texts(
        self, shown: FormField, item: Any, form: OpenForm | None, suggestions: Suggestions
    ) -> tuple[list[str], list[str], tuple[str, ...]]:
        """Return a control's texts, its suggestions and the names to which its field can refer."""
        texts = shown_texts(find_value(item, shown.suffix), shown)
        if form is not None and form.texts is not None:
            texts = list(form.texts.get(shown.suffix, texts))
        values = [shown_texts(value, shown)[0] for value in suggestions.get(shown.suffix, ())]
        others = [text for text in values if text not in texts and shown.kind != "quote"]
        role = shown.declared.get(Refers)
        named = names_at(self._data, role.to) if role and shown.kind == "text" else ()
        return texts, [] if named else others, named

    def _text(self, sections: Sequence[SectionView]) -> Markup | None:
        if self._analyzed is None:
            return None
        marks = [
            Mark(
                *item.span,
                section.colour,
                item.id,
                visible(f"{self._names.name(section.section.path)}: {item.line}"),
            )
            for section in sections
            for item in section.items
            if item.span is not None
        ]
        title = self._words["in_no_item"]
        marks += [
            Mark(passage.start, passage.end, "antq-unaccounted", passage.id, title)
            for passage in self._underlined.open
        ]
        return marked_text(self._analyzed.text, [*marks, *self._selected(sections)])

    def _selected(self, sections: Sequence[SectionView]) -> Iterator[Mark]:
        """Yield a mark for the open form's passage if it is not yet saved as a quote."""
        for section in sections:
            for item in (*section.items, section.new_item):
                if item is None or not item.is_open or (span := self._span_of(item)) is None:
                    continue
                style, title = f"{section.colour} antq-pending", self._words["not_saved"]
                yield Mark(*span, style, item.id, title, is_on_top=True)

    def _span_of(self, item: ItemView) -> Span | None:
        """Return the span of the open form's selected passage, or else of its unsaved quote."""
        if self._form is None or self._analyzed is None:
            return None
        if self._form.span is not None:
            return self._form.span
        texts = [shown.text for shown in item.fields if shown.field.kind == "quote" and shown.text]
        if not texts or not self._form.is_unsaved:
            return None
        start = self._analyzed.text.find(texts[0])
        return None if start < 0 else (start, start + len(texts[0]))


def _own_fields(section: Section, item: Any) -> Any:
    """Return an object without the objects and lists that are separate sections."""
    if not isinstance(item, dict) or section.is_list:
        return item
    names = {shown.path[0] for shown in section.fields if shown.path}
    return {name: value for name, value in item.items() if name in names}


def _attach(items: Sequence[ItemView], problems: Sequence[Problem]) -> list[Problem]:
    """Attach problems to the fields and items that they concern; return the other problems."""
    fields = {item.pointer + shown.field.suffix: shown for item in items for shown in item.fields}
    by_pointer = {item.pointer: item for item in items if item.pointer}
    others: list[Problem] = []
    for problem in problems:
        place = nearest_shown(problem.pointer, [*fields, *by_pointer])
        if place in fields:
            fields[place].problems.append(problem)
        elif place in by_pointer:
            by_pointer[place].problems.append(problem)
        else:
            others.append(problem)
    return others
