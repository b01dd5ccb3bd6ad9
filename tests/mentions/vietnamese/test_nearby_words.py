"""Words near digits that keep them from being read as a plain count or year."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions

Reading = tuple[str, str, object, str]


def readings(text: str) -> list[Reading]:
    """Return the kind, words, value and comparator of each mention."""
    return [
        (found.kind, found.text, found.value, found.comparator) for found in read_mentions(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vào tháng 5 âm lịch", ("date", "5 âm lịch", "XXXX-05", "=")),
        ("báo ngay;số 113, có trực", ("code", "113", "113", "=")),
        ("được cấp 7 trđ sửa cầu", ("number", "7 tr", 7_000_000, "=")),
        ("lạnh dưới âm 4 độ", ("number", "âm 4", -4, "<")),
        ("trong các năm 1990, nhiều xã", ("date", "1990", "199X", "=")),
        ("còn 5\nhơn hẳn", ("number", "5", 5, ">")),
        ("hơn\n12 hộ", ("number", "12", 12, ">")),
        ("hơn USD 15 triệu", ("number", "15 triệu", 15_000_000, ">")),
        ("ở đó, lúc 5 h30", ("time", "5 h30", "05:30", "=")),
    ],
)
def test_words_that_change_the_reading(text: str, expected: Reading) -> None:
    """A word before or after digits decides how they are read, even across a line break or sign."""
    assert readings(text)[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sáng nay, 15 hộ dọn đi", ("number", "15", 15, "=")),
        ("có xe; 2 bến cũ", ("number", "2", 2, "=")),
        ("sau 10 năm xây cầu", ("number", "10", 10, "=")),
        ("dọn 3 ao và 40 giếng", ("number", "40", 40, "=")),
        ("Trong năm 2031, xã xây cầu", ("date", "2031", "2031", "=")),
        ("kết quả năm 2032.\n\nÔng Tư nói", ("date", "2032", "2032", "=")),
        ("trong năm 2033 người dân", ("number", "2033", 2033, "=")),
    ],
)
def test_plain_counts_and_years(text: str, expected: Reading) -> None:
    """Most digits count the next word or, after ``năm``, are a year."""
    assert readings(text)[-1] == expected


def test_a_list_of_months_before_a_word() -> None:
    """A number after a list of months may be a month, although a word follows it."""
    assert readings("tháng 3, 4 đã xong")[-1] == ("date", "4", "XXXX-04", "=")


def test_a_year_before_a_web_address() -> None:
    """Before digits, ``năm`` means "year", even if the digits belong to a web address."""
    assert [found.kind for found in read_mentions("tăng gấp năm 36h.com.vn viết")] == ["code"]
