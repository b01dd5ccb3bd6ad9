"""Conversion of values to form texts and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData

from antq_llm.review.form_layout import Section, sections_of
from antq_llm.review.form_values import control_name, read_item, shown_texts
from antq_llm.schemas.registry import schema_from
from helpers.reviewing import RECORD, SCHEMA

SECTIONS = {section.name: section for section in sections_of(schema_from(SCHEMA))}
PERSON, FIGURE = RECORD["people"][0], RECORD["figures"][0]


def sent(section: Section, item: object, **texts: str) -> FormData:
    """Return the data that a browser sends for a form, with the given texts in some controls."""
    pairs = []
    for field in section.fields:
        value = item.get(field.path[-1]) if isinstance(item, dict) else None
        shown = [texts[field.name]] if field.name in texts else shown_texts(value, field)
        pairs += [(control_name(field), text.replace("\n", "\r\n")) for text in shown]
        pairs += [(f"{control_name(field)}?", "")] if field.kind == "choices" else []
    return FormData(pairs)


@given(st.text(), st.text())
def test_an_unchanged_form_changes_nothing(name: str, quote: str) -> None:
    """Any text comes back unchanged, even with control characters or unusual line ends."""
    person = {**PERSON, "name": name, "quote": quote}
    assert read_item(SECTIONS["people"], sent(SECTIONS["people"], person), person) == (person, {})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2.700", "number_grouped"),
        ("1,200", "number_grouped"),
        ("1,5", "number_wrong"),
        ("true", "number_wrong"),
        ("NaN5", "number_wrong"),
    ],
)
def test_numbers_that_may_be_misread_are_refused(text: str, fault: str) -> None:
    """Text that is not a plain number, such as ``1,200``, is refused rather than misread."""
    form = sent(SECTIONS["figures"], FIGURE, value=text)
    _, faults = read_item(SECTIONS["figures"], form, FIGURE)
    assert faults == {"/value": fault}


def test_empty_texts_are_null_empty_or_absent() -> None:
    """Empty optional fields that cannot be null are left out; unticked boxes give empty lists."""
    form = sent(SECTIONS["figures"], {**FIGURE, "note": "x"}, note="", value="7.5")
    item, faults = read_item(SECTIONS["figures"], form, {**FIGURE, "note": "x"})
    assert (item, faults) == ({**FIGURE, "value": 7.5}, {})
    unticked = FormData([("f:/parts?", "")])
    item, _ = read_item(SECTIONS["people"], unticked, PERSON)
    assert item == {**PERSON, "parts": []}


def test_codes_of_invisible_characters_are_read_back() -> None:
    """In a changed text, a code for an invisible character is read as that character."""
    form = sent(SECTIONS["people"], PERSON, name="A[U+200B]B[U+0041]")
    item, _ = read_item(SECTIONS["people"], form, PERSON)
    assert item["name"] == "A\u200bB[U+0041]"
