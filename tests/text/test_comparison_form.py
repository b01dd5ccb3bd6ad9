"""The comparison form of a text, and its map to the original."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_llm.text.comparison_form import comparison_form
from helpers.forms import FORMS


def same(first: str, second: str) -> bool:
    """Return whether two texts have the same words in the comparison form."""
    form = comparison_form(first)
    return (0, len(form.letters)) in form.find_all(comparison_form(second))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("hoà bình", "hòa bình"),
        ("thuỷ", "thủy"),
        ("UỶ BAN", "ủy ban"),
        ("ngươì", "người"),
        ("nghiã", "nghĩa"),
        ("qúy", "quý"),
        ("Ð", "Đ"),
        ("Ɖak", "đak"),
        ("a\u00a0b", "a b"),
        ("a \n\t b", "a b"),
        ("an\u00adninh", "anninh"),
        ("an\u200bninh", "anninh"),
        ("“x”", '"x"'),
        ("«x»", '"x"'),
        ("K’Brèo", "K'Brèo"),
        ("2016 – 2020", "2016 - 2020"),
        ("…", "..."),
        ("o\u0302\u0301", "ố"),
        ("o\u0301\u0302", "ố"),
        ("ê\u0323", "ệ"),
    ],
)
def test_spellings_of_the_same(first: str, second: str) -> None:
    """Two spellings of the same words have the same form."""
    assert same(first, second)
    assert same(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("thẻ", "thể"),
        ("công", "cong"),
        ("công", "cống"),
        ("ma", "mà"),
        ("má", "mà"),
        ("mả", "mã"),
        ("mạ", "ma"),
        ("dân", "đân"),
        ("tỷ", "tỉ"),
        ("490", "940"),
        ("m2", "m²"),
        ("Nguyễn Văn A", "Nguyễn Văn B"),
        ("người", "ngươi"),
        ("hoà bình", "hoa bình"),
        ("hoà bình", "hoa bìnH̀"),
        ("ñ", "n"),
    ],
)
def test_what_distinguishes_words_is_kept(first: str, second: str) -> None:
    """Texts that differ in letters, diacritics, tones or digits have different forms."""
    assert not same(first, second)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.lists(st.sampled_from(sorted(FORMS)), max_size=3))
def test_the_map_covers_the_original(text: str, forms: list[str]) -> None:
    """Letters and tones have equal lengths, and positions map to the original in order."""
    for form in forms:
        text = FORMS[form](text)
    form_of = comparison_form(text)
    spans = [form_of.span(index, index + 1) for index in range(len(form_of.letters))]
    assert len(form_of.letters) == len(form_of.tones)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


def test_a_span_takes_its_combining_marks_along() -> None:
    """In a decomposed text, a span ends after the last combining mark."""
    text = unicodedata.normalize("NFD", "Công an xã Lộ")
    form = comparison_form(text)
    ((start, end),) = form.find_all(comparison_form("xã Lộ"))
    assert form.span(start, end) == (text.index("x"), len(text))
