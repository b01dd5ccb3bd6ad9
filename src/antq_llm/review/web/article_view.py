"""What the page of an article shows: the text with its marks, and the record as forms."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from antq_llm.core.json_pointer import child_pointer
from antq_llm.evaluation.item_lines import ItemLines
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.pages.colours import colour_class
from antq_llm.pages.marked_text import Mark, marked_text
from antq_llm.pages.untrusted_text import visible
from antq_llm.review.edits import find_value, names_at
from antq_llm.review.faults import Examined, Problem, nearest_shown
from antq_llm.review.form_layout import FormField, Section
from antq_llm.review.form_values import control_name, shown_texts
from antq_llm.review.suggestions import Suggestions, suggest
from antq_llm.review.workspace import Workspace
from antq_llm.schemas.roles import Refers

NEW = "-"
"""In place of the index of an item that is being added."""


@dataclass(frozen=True)
class OpenForm:
    """A form that is shown with what was sent, or with a selection."""

    pointer: str
    """The item's pointer, with ``-`` for the index of a new one."""
    texts: Mapping[str, Sequence[str]] | None = None
    """The texts of its controls by suffix; None for those of the record."""
    suggestions: Suggestions = dataclasses.field(default_factory=dict)
    problems: Sequence[Problem] = ()


@dataclass
class FieldView:
    """A control."""

    field: FormField
    id: str
    name: str
    texts: list[str]
    suggestions: list[str]
    problems: list[Problem] = dataclasses.field(default_factory=list)

    named: tuple[str, ...] = ()
    """The items that a reference may name."""

    @property
    def kind(self) -> str:
        """The kind of control; a reference is a choice of the items that there are."""
        return "choice" if self.named else self.field.kind

    @property
    def text(self) -> str:
        """The text of a control that has one."""
        return self.texts[0] if self.texts else ""

    @property
    def choices(self) -> list[str]:
        """The values to choose from, with one that the schema does not have."""
        known = self.named or self.field.choices
        return [*known, *(text for text in self.texts if text and text not in known)]


@dataclass
class ItemView:
    """An item with its form."""

    id: str
    pointer: str
    line: str
    fields: list[FieldView]
    is_open: bool
    span: tuple[int, int] | None = None
    problems: list[Problem] = dataclasses.field(default_factory=list)
    """Those of the item as a whole."""

    @property
    def worst(self) -> str:
        """The severity of its worst problem; empty without one."""
        found = {problem.severity for problem in self.all_problems}
        return next((name for name in ("fault", "objection", "note") if name in found), "")

    @property
    def all_problems(self) -> list[Problem]:
        """The problems of the item and its fields."""
        return [*self.problems, *(one for shown in self.fields for one in shown.problems)]

    @property
    def can_quote(self) -> bool:
        """Whether a passage of the article can be its quote."""
        return any(shown.field.kind == "quote" for shown in self.fields)


@dataclass
class SectionView:
    """A section with its items."""

    section: Section
    id: str
    colour: str
    items: list[ItemView]
    new_item: ItemView | None

    @property
    def can_add(self) -> bool:
        """Whether an item can be added."""
        return self.section.is_list or not self.items


@dataclass
class ArticleView:
    """The page of an article."""

    sections: list[SectionView]
    problems: list[Problem]
    """Those of the record as a whole."""
    text: Markup | None
    """The marked text; None if it is not known."""
    faults: int
    objections: int

    @property
    def open_id(self) -> str | None:
        """The id of the form that is open; None without one."""
        items = [item for section in self.sections for item in (section.new_item, *section.items)]
        return next((item.id for item in items if item is not None and item.is_open), None)


def article_view(
    workspace: Workspace, article_id: str, data: Any, examined: Examined, form: OpenForm | None
) -> ArticleView:
    """Return what the page of an article shows."""
    builder = _Builder(workspace, article_id, data, examined, form)
    return builder.view()


class _Builder:
    def __init__(
        self,
        workspace: Workspace,
        article_id: str,
        data: Any,
        examined: Examined,
        form: OpenForm | None,
    ) -> None:
        self._workspace = workspace
        self._analyzed: AnalyzedArticle | None = workspace.analyzed(article_id)
        self._data = data
        self._examined = examined
        self._form = form
        self._stamps = workspace.stamps(data)
        self._lines = ItemLines(workspace.schema.roles)

    def view(self) -> ArticleView:
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
            self._lines.line(_own_fields(section, item), section.name),
            [
                self._field(f"{dom_id}-{number}", shown, item, form, suggestions)
                for number, shown in enumerate(section.fields)
            ],
            is_open=form is not None,
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

    def _field(
        self,
        dom_id: str,
        shown: FormField,
        item: Any,
        form: OpenForm | None,
        suggestions: Suggestions,
    ) -> FieldView:
        texts = shown_texts(find_value(item, shown.suffix), shown)
        if form is not None and form.texts is not None:
            texts = list(form.texts.get(shown.suffix, texts))
        values = [shown_texts(value, shown)[0] for value in suggestions.get(shown.suffix, ())]
        others = [text for text in values if text not in texts and shown.kind != "quote"]
        role = shown.declared.get(Refers)
        named = names_at(self._data, role.to) if role and shown.kind == "text" else ()
        return FieldView(
            shown, dom_id, control_name(shown), texts, [] if named else others, named=named
        )

    def _text(self, sections: Sequence[SectionView]) -> Markup | None:
        if self._analyzed is None:
            return None
        marks = [
            Mark(
                *item.span, section.colour, item.id, visible(f"{section.section.name}: {item.line}")
            )
            for section in sections
            for item in section.items
            if item.span is not None
        ]
        marks += [
            Mark(warning.start, warning.end, "antq-unaccounted", "", warning.message)
            for warning in self._examined.unaccounted
            if warning.start is not None and warning.end is not None
        ]
        return marked_text(self._analyzed.text, marks)


def _own_fields(section: Section, item: Any) -> Any:
    """Return an object without the objects and lists that are sections of their own."""
    if not isinstance(item, dict) or section.is_list:
        return item
    names = {shown.path[0] for shown in section.fields if shown.path}
    return {name: value for name, value in item.items() if name in names}


def _attach(items: Sequence[ItemView], problems: Sequence[Problem]) -> list[Problem]:
    """Put problems to the fields and items that they are about; return the others."""
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
