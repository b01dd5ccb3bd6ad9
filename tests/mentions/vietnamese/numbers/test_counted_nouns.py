"""Numerals in words that are quantities."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions


@pytest.mark.parametrize(
    ("text", "expression", "value"),
    [
        ("hai tài xế bị thương", "hai", 2),
        ("Tám vị đại biểu", "Tám", 8),
        ("HAI NGƯỜI BỊ THƯƠNG", "HAI", 2),
        ("bắt ba thanh niên", "ba", 3),
        ("có năm người bị thương", "năm", 5),
        ("cả ba chương trình", "ba", 3),
        ("mười lăm hộ", "mười lăm", 15),
        ("hai mươi ba người", "hai mươi ba", 23),
        ("ba trăm hộ", "ba trăm", 300),
        ("số hộ nghèo còn mười hai", "mười hai", 12),
        ("hai phần trăm số hộ", "hai", 2),
        ("quân đội hai nước", "hai", 2),
        ("bộ ba ngôi sao", "ba", 3),
        ("Năm người đàn ông bỏ chạy", "Năm", 5),
        ("và năm nạn nhân khác", "năm", 5),
        ("Hai vợ chồng về quê", "Hai", 2),
        ("ba bà cháu", "ba", 3),
        ("bốn phương án", "bốn", 4),
        ("bốn mùa giải liền", "bốn", 4),
        ("mua ba chỉ vàng", "ba", 3),
    ],
)
def test_counts(text: str, expression: str, value: int) -> None:
    """A numeral before a counted noun, or one of several words, is certain."""
    (mention,) = read_mentions(text)
    assert (mention.text, mention.value) == (expression, value)
    assert mention.is_certain


@pytest.mark.parametrize(
    "text",
    [
        "một người qua đường",
        "cả hai cùng đi",
        "thưa ba em về",
        "hai chữ quý giá",
        "gặp năm học sinh",
    ],
)
def test_uncertain_counts(text: str) -> None:
    """A numeral that may also be an article, a pronoun or another word is not certain."""
    (mention,) = read_mentions(text)
    assert not mention.is_certain


@pytest.mark.parametrize(
    "text",
    [
        "anh Ba đi chợ",
        "quận Hai Bà Trưng",
        "thứ hai đầu tuần",
        "ngã ba đường",
        "năm nay được mùa",
        "đầu năm người dân vui",
        "suốt năm người dân chờ",
        "hoa nở bốn mùa",
        "món ba chỉ kho",
        "Năm con gà sắp tới",
        "khách bốn phương",
        "mực một nắng, hai nắng",
        "một cách chủ động",
        "một số hộ dân",
        "đeo ba lô",
        "ba mẹ ở quê",
        "lúa đã chín vàng",
        "học lớp ba trường làng",
        "một là tuyên truyền, hai là vận động",
    ],
)
def test_words_that_are_not_counts(text: str) -> None:
    """Number words in names and ordinals, and words that look like number words, are not read."""
    assert read_mentions(text) == []


def test_years_that_digits_count() -> None:
    """After digits, ``năm`` means "year" even before a word for people."""
    (mention,) = read_mentions("chờ 6 năm người dân mới có đường")
    assert mention.value == 6


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("có ba chữ", [3]),
        ("nghe ba chữ", []),
        ("có bảy chữ", []),
        ("nghe hai chữ", [2]),
        ("nghe bốn chữ", [4]),
        ("nghe sáu chữ", [6]),
        ("nghe tám chữ", [8]),
        ("nghe mười chữ", [10]),
    ],
)
def test_numbers_before_other_nouns(text: str, values: list[int]) -> None:
    """Before a noun that is seldom counted, only plain number words may be a quantity."""
    mentions = read_mentions(text)
    assert [mention.value for mention in mentions] == values
    assert not any(mention.is_certain for mention in mentions)
