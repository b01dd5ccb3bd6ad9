"""Functions that read the forms of an article's page and prepare the texts to show in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from antq_llm.core.json_pointer import find_value, parent_of, parts_of
from antq_llm.pages.schema_words import SchemaWords
from antq_llm.pages.untrusted_text import visible
from antq_llm.review.faults import Problem
from antq_llm.review.form_layout import Section
from antq_llm.review.form_values import LEAD, shown_texts
from antq_llm.review.gold_store import Draft
from antq_llm.review.suggestions import Suggestions
from antq_llm.review.web.form_views import NEW
from antq_llm.review.workspace import Workspace

_MAX_DIGITS = 9
_MAX_FIELDS = 2000
Texts = Mapping[str, list[str]]


async def read_form(request: Request) -> FormData:
    """Return the form in a request; raise HTTPException 400 if the body is not a form."""
    try:
        pairs = parse_qsl(
            (await request.body()).decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS
        )
    except ValueError:
        refuse(400, "the request does not contain a form")
    return FormData([(name, value) for name, value in pairs])


def number_in(text: str) -> int | None:
    """Return the number in a text of one to nine digits, or None for any other text."""
    return int(text) if len(text) <= _MAX_DIGITS and text.isdecimal() else None


@dataclass(frozen=True)
class SentForm:
    """A submitted form, and the place in the record to which it applies."""

    request: Request
    form: FormData
    article_id: str
    draft: Draft
    section: Section
    pointer: str

    @property
    def item(self) -> Any:
        """The object that the form shows; None for a new object."""
        return find_value(self.draft.data, self.pointer)

    @property
    def is_new(self) -> bool:
        """Whether the form adds an object."""
        return self.pointer.endswith(f"/{NEW}") or (bool(self.pointer) and self.item is None)


def prefilled(section: Section, suggestions: Suggestions) -> Texts:
    """Return the likeliest suggestion for each field, as the texts of its control."""
    return {
        shown.suffix: shown_texts(suggestions[shown.suffix][0], shown)
        for shown in section.fields
        if suggestions.get(shown.suffix)
    }


def moved_faults(faults: list[Problem], place: str, shown: str) -> list[Problem]:
    """Return faults with ``place`` replaced by ``shown`` at the start of their pointers."""
    if place == shown:
        return faults
    return [
        Problem(fault.severity, shown + fault.pointer[len(place) :], fault.message, fault.given)
        if fault.pointer.startswith(place)
        else fault
        for fault in faults
    ]


def dom_id(workspace: Workspace, section: Section, pointer: str | None) -> str:
    """Return the HTML id of an item or, if ``pointer`` is None, of the section."""
    number = workspace.sections.index(section)
    if pointer is None:
        return f"s{number}"
    return (
        f"s{number}-{pointer[len(parent_of(pointer)) + 1 :]}" if section.is_list else f"s{number}-0"
    )


def named_texts(form: FormData, names: SchemaWords) -> dict[str, str]:
    """Return the texts that a form sent, by field name, for a person to copy."""
    parts = parts_of(str(form.get("pointer", "")))
    outer = ".".join(part for part in parts if part != NEW and not part.isdecimal())
    return {
        names.inner_name(outer, parts_of(name.removeprefix(LEAD))): visible(
            "\n".join(map(str, form.getlist(name)))
        )
        for name in dict.fromkeys(form)
        if name.startswith(LEAD) and not name.endswith("?")
    }


def filled_pair(text: str) -> tuple[str, str]:
    """Return what a button sent: the suffix of a field and the text to fill in."""
    try:
        suffix, value = json.loads(text)
    except (ValueError, TypeError):
        refuse(400, "the request must contain a field and the text to fill in")
    return str(suffix), str(value)


def refuse(status: int, detail: str) -> NoReturn:
    """Raise an HTTPException; the browser shows a page with ``detail`` as its message."""
    raise HTTPException(status, detail)
