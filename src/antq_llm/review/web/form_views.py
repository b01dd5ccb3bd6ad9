"""The views of forms and of the sections that contain them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from antq_llm.evidence.spans import Span
from antq_llm.review.faults import Problem
from antq_llm.review.form_layout import FormField, Section
from antq_llm.review.passages import UnderlinedPassages
from antq_llm.review.suggestions import Suggestions

NEW = "-"
"""A placeholder for the index of an item that is being added."""


@dataclass(frozen=True)
class OpenForm:
    """An open form, with the texts to show in it and the selected passage, if any."""

    pointer: str
    """The pointer of the item, with ``-`` as the index of a new item."""
    texts: Mapping[str, Sequence[str]] | None = None
    """The texts of the controls by suffix; None to show the values in the record."""
    suggestions: Suggestions = dataclasses.field(default_factory=dict)
    problems: Sequence[Problem] = ()
    span: Span | None = None
    """The selected passage, which is marked in the text."""
    is_unsaved: bool = False
    """Whether the form has unsaved changes."""


@dataclass
class FieldView:
    """A control in a form."""

    field: FormField
    id: str
    name: str
    path: str
    """The dotted path of the control's value in the record."""
    texts: list[str]
    suggestions: list[str]
    named: tuple[str, ...] = ()
    """The names of the items to which the field can refer."""
    problems: list[Problem] = dataclasses.field(default_factory=list)

    @property
    def kind(self) -> str:
        """The kind of control; a reference is a choice among the names of existing items."""
        return "choice" if self.named else self.field.kind

    @property
    def text(self) -> str:
        """The first text of the control; empty if it has none."""
        return self.texts[0] if self.texts else ""

    @property
    def choices(self) -> list[str]:
        """The values to choose from, including the current value even if it is not allowed."""
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
    digest: str = ""
    """The digest of the saved item; empty for a new item."""
    is_unsaved: bool = False
    span: tuple[int, int] | None = None
    problems: list[Problem] = dataclasses.field(default_factory=list)
    """The problems of the item as a whole."""

    @property
    def worst(self) -> str:
        """The severity of the worst problem; empty if there is none."""
        found = {problem.severity for problem in self.all_problems}
        return next((name for name in ("fault", "objection", "note") if name in found), "")

    @property
    def all_problems(self) -> list[Problem]:
        """The problems of the item and its fields."""
        return [*self.problems, *(one for shown in self.fields for one in shown.problems)]

    @property
    def can_quote(self) -> bool:
        """Whether the item has a field for a quote."""
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
        """Whether an item can be added to the section."""
        return self.section.is_list or not self.items


@dataclass
class ArticleView:
    """The contents of an article's page."""

    sections: list[SectionView]
    problems: list[Problem]
    """The problems of the record as a whole."""
    text: Markup | None
    """The text with its marks; None if the text is not known."""
    underlined: UnderlinedPassages
    faults: int
    objections: int

    @property
    def open_id(self) -> str | None:
        """The id of the open form; None if no form is open."""
        items = [item for section in self.sections for item in (section.new_item, *section.items)]
        return next((item.id for item in items if item is not None and item.is_open), None)
