"""Amounts in digits with their scale."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions


@pytest.mark.parametrize(
    ("text", "expression", "value"),
    [
        ("trị giá 10tr đồng", "10tr", 10_000_000),
        ("giá 500k", "500k", 500_000),
        ("thu 2tỷ đồng", "2tỷ", 2_000_000_000),
        ("thu 2 triệu rưỡi", "2 triệu rưỡi", 2_500_000),
        ("thu 1 tỷ 200 triệu đồng", "1 tỷ 200 triệu", 1_200_000_000),
        ("thu 12 triệu 900k", "12 triệu 900k", 12_900_000),
        ("có 2 nghìn 500 hộ", "2 nghìn 500", 2500),
        ("có 3 chục hộ", "3 chục", 30),
        ("thu 3 trăm triệu đồng", "3 trăm triệu", 300_000_000),
        ("thu 5 nghìn tỷ đồng", "5 nghìn tỷ", 5_000_000_000_000),
        ("gửi $1.5 million về", "1.5 million", 1_500_000),
        ("cao 1m73", "1m73", 1.73),
        ("cao 1m6", "1m6", 1.6),
        ("5m2 đất", "5", 5),
        ("nặng 12kg/hộ", "12", 12),
        ("có 5 triệu phú", "5", 5),
        ("có 5 ngàn tập vở", "5 ngàn", 5000),
        ("vàng 24k", "24", 24),
        ("có 1.250.000đ", "1.250.000", 1_250_000),
    ],
)
def test_scales(text: str, expression: str, value: float) -> None:
    """Scale words and letters multiply a number, but units and words that look like them do not."""
    (mention,) = read_mentions(text)
    assert (mention.text, mention.value) == (expression, value)


def test_a_half_behind_a_unit_is_not_certain() -> None:
    """A half after a unit is not certain, since a record may leave it out."""
    (mention,) = read_mentions("lĩnh án 7 năm rưỡi tù")
    assert (mention.value, mention.is_certain) == (7.5, False)


@pytest.mark.parametrize("carats", [10, 14, 18, 22, 24])
def test_carats(carats: int) -> None:
    """The fineness of gold in carats is not a number of thousands."""
    (mention,) = read_mentions(f"mua vàng {carats}k")
    assert (mention.text, mention.value) == (str(carats), carats)


@pytest.mark.parametrize(("text", "value"), [("bán 9k", 9), ("bán 11k", 11_000), ("bán 40k", 4e4)])
def test_thousands_with_a_letter(text: str, value: float) -> None:
    """After two or more digits, ``k`` means thousands."""
    (mention,) = read_mentions(text)
    assert mention.value == value


@pytest.mark.parametrize(("text", "value"), [("dài 99m50", 99.5), ("dài 100m50", 100)])
def test_the_largest_height_in_metres_and_centimetres(text: str, value: float) -> None:
    """Digits after ``m`` are centimetres if the metres are below 100."""
    assert read_mentions(text)[0].value == value


def test_a_half_after_another_amount() -> None:
    """``rưỡi`` belongs to the amount before it, not to an earlier one."""
    assert [mention.value for mention in read_mentions("7 hộ góp 2 triệu rưỡi")] == [7, 2_500_000]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("5 tỷ 200 triệu 300 nghìn 400 đồng", [5_200_300_400]),
        ("1 tỷ 2 triệu 3 nghìn 4 trăm", [1_002_003_000, 400]),
        ("1 triệu 2 tỷ", [10**6, 2 * 10**9]),
        ("1 tỷ 200 triệu 300 triệu", [1_200_000_000, 3 * 10**8]),
        ("2 nghìn 500 hộ", [2500]),
        ("2 triệu 500 hộ", [2_000_000, 500]),
    ],
)
def test_smaller_parts_of_an_amount(text: str, values: list[int]) -> None:
    """Each part of an amount has a smaller scale than the part before it."""
    assert [mention.value for mention in read_mentions(text)] == values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("hai năm rưỡi", 2.5),
        ("Hai năm rưỡi", 2.5),
        ("một năm rưỡi", 1.5),
        ("sau năm tháng rưỡi", 5.5),
        ("mười ngày rưỡi", 10.5),
        ("2 năm rưỡi", 2.5),
    ],
)
def test_a_number_in_words_and_a_half(text: str, value: float) -> None:
    """A number in words before a unit and ``rưỡi`` is read without a noun after it."""
    (mention,) = read_mentions(text)
    assert (mention.value, mention.is_certain) == (value, False)
