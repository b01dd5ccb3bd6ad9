"""The plain form of a text, and its map to the original."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_llm.core.packaged_data import data_folder
from antq_llm.text.comparison_form import comparison_form
from antq_llm.text.plain_form import plain_form
from helpers.forms import FORMS, SPELLINGS, span_in

PLAIN = "Đại tá Lò Thị Mộng (ngày 30/9, hòa giải hơn 1,2 tỷ đồng)\n\n\t- “Ế ẩm”…"


@pytest.mark.parametrize("form", SPELLINGS)
def test_every_spelling_has_one_plain_form(form: str) -> None:
    """Every spelling has the same plain form, whose characters map to original positions."""
    spelled = FORMS[form](PLAIN)
    plain, positions = plain_form(spelled)
    assert plain == PLAIN
    words = [(start, start + len(word)) for start, word in _words(PLAIN)]
    assert [positions.span(*span) for span in words] == [
        span_in(form, PLAIN, *span) for span in words
    ]


def _words(text: str) -> list[tuple[int, str]]:
    return [(text.index(word), word) for word in text.split()]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a  b", "a b"),
        ("a \u00a0 b", "a b"),
        ("a \n  b", "a \n b"),
        ("a\u200b \n b", "a \n b"),
        ("a\t\tb", "a\t\tb"),
        ("a\r\n\r\nb", "a\r\n\r\nb"),
        ("12\u20112019", "12-2019"),
        ("2016 – 2020", "2016 – 2020"),
        ("o\u0302\u0301", "ố"),
        ("o\u0301\u0302", "ố"),
        ("e\u0302\u0323", "ệ"),
        ("e\u200b\u0302\u00ad\u0323x", "ệx"),
        ("\ufeffa", "a"),
        ("a…", "a…"),
        ("", ""),
    ],
)
def test_plain_forms(text: str, plain: str) -> None:
    """Letters are composed, runs of spaces joined and invisible characters removed."""
    assert plain_form(text).text == plain


def test_articles_are_plain_as_they_are() -> None:
    """The seed articles equal their plain forms except for no-break spaces; no position shifts."""
    for path in data_folder("seeds").glob("*.txt"):
        text = path.read_bytes().decode()
        plain, positions = plain_form(text)
        assert (plain, positions.is_identity) == (text.replace("\u00a0", " "), True)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.lists(st.sampled_from(sorted(FORMS)), max_size=3))
def test_the_map_covers_the_original(text: str, forms: list[str]) -> None:
    """The characters of any plain form map to positions inside the original, in order."""
    for form in forms:
        text = FORMS[form](text)
    plain, positions = plain_form(text)
    spans = [positions.span(index, index + 1) for index in range(len(plain))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@settings(max_examples=300, deadline=None)
@given(
    st.text("aăâđêôơưởễỵ ĐỨẰT1,.-\n\u00a0\u200b", max_size=40),
    st.lists(st.sampled_from(sorted(FORMS)), max_size=3),
)
def test_the_plain_form_is_the_same_words(text: str, forms: list[str]) -> None:
    """The plain form is in NFC, has the same words as the text and is its own plain form."""
    for form in forms:
        text = FORMS[form](text)
    plain = plain_form(text).text
    assert unicodedata.is_normalized("NFC", plain)
    assert comparison_form(plain).letters.split() == comparison_form(text).letters.split()
    assert plain_form(plain).text == plain
