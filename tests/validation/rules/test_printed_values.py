"""Texts, names, ranks and numbers that an article prints in another form or place."""

from __future__ import annotations

import pytest

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.validation.rules.printed_values import (
    has_digits_of,
    has_open_reading,
    may_print_number,
    may_print_text,
)
from helpers.samples import person
from helpers.verdicts import verdicts

CONTRADICTED, CANNOT_TELL = "contradicted", "cannot_tell"
TEXT = "Đại tá Phạm Quốc Bình và Thiếu tá Lò Văn Hùng dự họp theo Kế hoạch 15/ KH – UBND."


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("15/KH-UBND", True),
        ("Kế hoạch 15 KH UBND", True),
        ("5/KH-UBND", False),
        ("Phạm Quốc Bính", False),
        ("hạm Quốc Bình", False),
        ("dự", False),
        ("UBND", True),
        ("Đại tá Phạm Quốc", True),
    ],
)
def test_marks_and_spaces_between_words_do_not_matter(value: str, expected: bool) -> None:
    """A printed text may differ in punctuation and spaces, but not in words."""
    assert may_print_text(value, AnalyzedArticle(TEXT)) is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": "Phạm Quốc Vượng"}, {"/people/0/name": CONTRADICTED}),
        ({"name": "Lò Văn Hùng"}, {"/people/0/name": CANNOT_TELL}),
        ({"rank": "Trung úy"}, {"/people/0/rank": CONTRADICTED}),
        ({"rank": "Thiếu tá"}, {"/people/0/rank": CANNOT_TELL}),
        ({"rank": "đại tá"}, {}),
    ],
)
def test_names_and_ranks(changes: dict[str, str], expected: dict[str, str]) -> None:
    """A name or a rank that the article prints elsewhere is not contradicted."""
    one = {**person(quote="Đại tá Phạm Quốc Bình"), **changes}
    assert verdicts(TEXT, people=[one]) == expected


@pytest.mark.parametrize(
    ("value", "counted", "expected"),
    [
        (24, (), False),  # A day.
        (3500, (), True),
        (1250, (), True),
        (4, (), False),
        (4, ("thôn",), True),
        (4, ("cây",), False),
        (4, None, True),
        (7, None, False),
    ],
)
def test_numbers_that_an_article_may_print(
    value: int, counted: tuple[str, ...] | None, expected: bool
) -> None:
    """A number in words counts only before a given noun; the digits of dates do not count."""
    analyzed = AnalyzedArticle("Ngày 24/9, bốn thôn trồng 3 .500 cây và 1 250 hoa.")
    assert may_print_number(value, analyzed, counted) is expected


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("có 48 hộ", False),
        ("rộng 48 m2", False),
        ("tăng gấp đôi", True),
        ("hàng chục hộ", True),
        ("tỷ lệ hộ nghèo", False),
        ("Vạn Ninh có 48 hộ", False),
    ],
)
def test_open_readings(passage: str, expected: bool) -> None:
    """A passage with amount words outside all mentions has an open reading."""
    text = f"Xã {passage}."
    analyzed = AnalyzedArticle(text)
    analyzed.__dict__["mentions"] = [
        mention for mention in analyzed.mentions if mention.text.isdecimal()
    ]
    assert has_open_reading((0, len(text)), analyzed) is expected


@pytest.mark.parametrize(
    ("value", "expected"), [(1250.5, True), (12505, False), (1250, False), (1.2505, False)]
)
def test_points_group_thousands_only(value: float, expected: bool) -> None:
    """Points are read as separators only between groups of three digits."""
    assert has_digits_of(value, AnalyzedArticle("Xã có 1.250,5 ha.")) is expected


def test_very_long_digits_are_no_number() -> None:
    """A series of digits that is too long for a number does not hide a number after it."""
    analyzed = AnalyzedArticle(f"Mã {'12' * 30}, xã có 48 hộ.")
    assert has_digits_of(48, analyzed)
    assert not has_digits_of(49, analyzed)
