"""Article text in HTML."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from antq_llm.pages.untrusted_text import escaped, isolated, json_for_script, visible


@given(st.text())
def test_escaped_text_is_read_back_as_its_visible_form(text: str) -> None:
    """Escaped text is parsed back into its visible form and adds no elements except ``span``."""
    element = html.fromstring(f"<p>|{escaped(text)}</p>")
    assert {inner.tag for inner in element.iter()} <= {"p", "span"}
    assert element.text_content() == f"|{visible(text)}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a[U+202E]b"),
        ("a\x00b", "a[U+0000]b"),
        ("a\U000e0041b", "a[U+E0041]b"),
        ("a\r\nb", "a\r\nb"),
        ("a\rb", "a[U+000D]b"),
        ("tổ\tdân phố\n", "tổ\tdân phố\n"),
    ],
)
def test_invisible_characters_are_shown(text: str, shown: str) -> None:
    """Control, bidirectional and tag characters become codes, but line ends and tabs are kept."""
    assert visible(text) == shown


def test_isolated_text_is_in_a_bdi() -> None:
    """Markup in a text is escaped inside the element that isolates its direction."""
    assert isolated("<b>") == "<bdi>&lt;b&gt;</bdi>"


@given(st.recursive(st.text() | st.integers(), st.lists))
def test_json_for_a_script_is_the_same_data(value: object) -> None:
    """JSON for a script is read back unchanged and cannot end its ``script`` element."""
    text = json_for_script(value)
    assert json.loads(text) == value
    assert not set(text) & set("<>&\u2028\u2029")


def test_halves_of_surrogate_pairs_can_be_written() -> None:
    """A lone surrogate, which UTF-8 cannot encode, is escaped."""
    assert json.loads(json_for_script("a\ud800").encode().decode()) == "a\\ud800"
