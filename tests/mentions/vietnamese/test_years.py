"""Years in Vietnamese text, and the words that make four digits a year or an amount."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions

YEAR_WORDS = (
    "năm|năm học|giai đoạn|nhiệm kỳ|niên độ|tầm nhìn|xuân|tết|sn|sinh|mùa|mùa giải|niên khóa|khóa|"
    "niên vụ|vụ|từ|năm sinh|sửa đổi|luật|bộ luật|tháng 5,|tháng 12,"
)
AMOUNT_WORDS = (
    "hơn|gần|khoảng|trên|dưới|có|được|tổng|đạt|còn|bằng|giá|thêm|quá|cao|rộng|dài|nặng|chừng|mất|"
    "lấy|cả|tăng|giảm|thu|chi|chở|mức|điện thoại"
)


@pytest.mark.parametrize("word", YEAR_WORDS.split("|"))
def test_words_before_a_year(word: str) -> None:
    """After a word for a year or season, four digits are a year unless they count a noun."""
    year = read_mentions(f"xã {word} 2017 trời mưa")[-1]
    assert (year.kind, year.value) == ("date", "2017")


@pytest.mark.parametrize("word", AMOUNT_WORDS.split("|"))
def test_words_before_an_amount(word: str) -> None:
    """After a word for an amount, four digits are a number even if they count no noun."""
    (number,) = read_mentions(f"họ {word} 2017, trời mưa")
    assert (number.kind, number.value) == ("number", 2017)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("họ ở 2017, trời mưa", "date"),
        ("họ ở 2017 trời mưa", "number"),
        ("năm 2017 trời mưa", "date"),
        ("năm 2017 hộ dân", "number"),
        ("năm 1654 có mưa", "date"),
        ("năm 1000 có mưa", "date"),
        ("năm 1799 có mưa", "date"),
        ("họ ở 1654, trời mưa", "number"),
    ],
)
def test_four_digits(text: str, kind: str) -> None:
    """Without a word for a year, digits are a year only if they count nothing and follow 1800."""
    (mention,) = read_mentions(text)
    assert mention.kind == kind


@pytest.mark.parametrize("word", ["ngày", "sáng", "trưa", "chiều", "tối", "tháng", "năm", "T"])
def test_a_missing_space_after_a_word_for_time(word: str) -> None:
    """A date is read even if the space after a word such as ``ngày`` is missing."""
    (mention,) = read_mentions(f"{word}5/6, trời mưa")
    assert mention.value == "XXXX-06-05"


@pytest.mark.parametrize("before", ["B", "QL", "hẻm", "12/ ", "12 / ", "1.", "1,", "3:"])
def test_digits_that_continue_a_longer_expression(before: str) -> None:
    """Digits after a letter, a digit with a sign, or a digit and a slash are not a date."""
    assert "XXXX-06-05" not in [mention.value for mention in read_mentions(f"{before}5/6, mưa")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("từ 4/5 trời mưa", "XXXX-05-04"),
        ("từ 5/4 trời mưa", "XXXX-04-05"),
        ("từ 5/4 hộ", "XXXX-04-05"),
        ("từ 4/5 hộ", 4),
        ("họp 4/5 hộ", 4),
        ("chiếm 1/5, nhất xã", 1),
        ("họp 1/5, mưa", "XXXX-05-01"),
        ("ngày 4/5 hộ", "XXXX-05-04"),
        ("dịp 4/5 hộ", "XXXX-05-04"),
        ("trong 4/2017 vụ", "2017-04"),
        ("họp 4/2017 vụ", 4),
        ("họp 4/2017 mưa", "2017-04"),
    ],
)
def test_dates_and_fractions(text: str, value: str | int) -> None:
    """Digits with a slash are a date unless they may be a fraction of the next noun."""
    (mention,) = read_mentions(text)
    assert mention.value == value
