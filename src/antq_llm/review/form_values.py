"""Conversion between the values of a record and the texts of form controls."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from antq_llm.core.json_pointer import find_value
from antq_llm.pages.untrusted_text import INVISIBLE, visible
from antq_llm.review.form_layout import FormField, Section

_CODE = re.compile(r"\[U\+([0-9A-F]{4,5})\]")
_INVISIBLE = re.compile(INVISIBLE)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[.,\s]\d{3})+")
LEAD = "f:"
"""The prefix of a control's name; the rest of the name is the value's pointer in the object."""


class SubmittedForm(Protocol):
    """The texts that a form sends, by control name."""

    def __contains__(self, name: object) -> bool: ...

    def getlist(self, name: str) -> Sequence[Any]:
        """Return all texts of a control."""
        ...


def control_name(field: FormField) -> str:
    """Return the name of a field's control: ``LEAD`` followed by the field's suffix."""
    return LEAD + field.suffix


def shown_texts(value: Any, field: FormField) -> list[str]:
    """Return the texts of a value's control: one per chosen value, or a single text."""
    if field.kind == "choices" and isinstance(value, list):
        return [visible(str(element)) for element in value]
    if field.kind == "texts" and isinstance(value, list):
        return [_shown("\n".join(map(str, value)))]
    if value is None or (field.kind == "json" and value == []):
        return [""]
    if isinstance(value, str) and field.kind != "json":
        return [_shown(value)]
    return [_shown(json.dumps(value, ensure_ascii=False))]


def read_item(section: Section, form: SubmittedForm, item: Any) -> tuple[Any, dict[str, str]]:
    """Return an object with the values from a form, and the faults in them, keyed by field suffix.

    ``item`` is the current object, if any. A field keeps its value if the form lacks the field or
    if its texts are unchanged. Each fault is the key of a message on the page.
    """
    changed = copy.deepcopy(item) if isinstance(item, dict) else section.empty_item
    faults: dict[str, str] = {}
    for field in section.fields:
        name = control_name(field)
        # Unticked checkboxes are not sent; a hidden control shows that the form has the field.
        if name not in form and f"{name}?" not in form:
            continue
        texts = [str(text) for text in form.getlist(name)]
        value = find_value(item, field.suffix)
        if _lines(texts) == _lines(shown_texts(value, field)) and item is not None:
            continue
        try:
            value = _read(texts, field)
        except ValueError as error:
            faults[field.suffix] = str(error)
            value = texts[0]
        changed = _put(changed, field, value)
    return changed, faults


def is_blank(section: Section, item: Any) -> bool:
    """Return whether all fields of an object are empty."""
    return all(find_value(item, field.suffix) in (None, [], "") for field in section.fields)


def _put(item: Any, field: FormField, value: Any) -> Any:
    if not field.path:
        return value
    inner = item
    for key in field.path[:-1]:
        if not isinstance(inner.get(key), dict):
            inner[key] = {}
        inner = inner[key]
    if value is None and field.is_optional:
        inner.pop(field.path[-1], None)
    else:
        inner[field.path[-1]] = value
    return item


def _read(texts: Sequence[str], field: FormField) -> Any:
    """Parse the texts of a control; raise ValueError with the key of a message on the page."""
    if field.kind == "choices":
        chosen = [text for text in field.choices if text in texts]
        return chosen + [text for text in map(_hidden, texts) if text not in field.choices]
    text = _hidden("\n".join(texts).replace("\r\n", "\n"))
    if not text.strip():
        return field.empty_value
    match field.kind:
        case "texts":
            return [line.strip() for line in text.split("\n") if line.strip()]
        case "number":
            return _number(text.strip())
        case "boolean":
            return {"true": True, "false": False}.get(text, text)
        case "json":
            return _json(text)
        case "quote":
            return text
        case _:
            return text.strip()


def _number(text: str) -> int | float:
    if _GROUPED.fullmatch(text):
        raise ValueError("number_grouped")
    try:
        value = json.loads(text)
    except ValueError:
        raise ValueError("number_wrong") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("number_wrong")
    return value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("json_wrong") from None


def _shown(text: str) -> str:
    return visible(text.replace("\r\n", "\n"))


def _hidden(text: str) -> str:
    """Return a text with codes such as ``[U+200B]`` converted back into invisible characters."""
    return _CODE.sub(
        lambda found: (
            character
            if _INVISIBLE.fullmatch(character := chr(int(found[1], 16)))
            and not "\ud800" <= character <= "\udfff"
            else found[0]
        ),
        text,
    )


def _lines(texts: Sequence[str]) -> list[str]:
    """Return texts with CR LF, which browsers send, replaced by LF."""
    return [text.replace("\r\n", "\n") for text in texts]


def texts_of_form(section: Section, form: SubmittedForm) -> Mapping[str, list[str]]:
    """Return the texts that a form sent, by field suffix, so that they can be shown again."""
    return {
        field.suffix: [str(text) for text in form.getlist(control_name(field))]
        for field in section.fields
    }
