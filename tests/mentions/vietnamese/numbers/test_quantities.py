"""Ratios, fractions and signed numbers."""

from __future__ import annotations

from itertools import pairwise

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions
from helpers.call_counts import count_calls, of_length

RUN = 6000
"""The length in characters of a run of numbers."""


@pytest.mark.parametrize(
    ("text", "value", "total"),
    [
        ("48/52 thôn", 48, 52),
        ("193/ 268 hộ", 193, 268),
        ("185/ 254 hộ", 185, 254),
        ("1.250/1.300 hộ", 1250, 1300),
        ("5/6 xã", 5, 6),
        ("giảm 1/3 số vụ", 1, 3),
        ("hai phần ba số hộ", 2, 3),
        ("một phần tư số hộ", 1, 4),
        ("3 phần 4 số hộ", 3, 4),
        ("đến nay 4/4 làng có điện", 4, 4),
        ("toàn xã, 3/7 bản có điện", 3, 7),
        ("3 trong 4 năm qua", 3, 4),
        ("2 trong tổng số 5 người", 2, 5),
        ("hai trong số ba em", 2, 3),
        ("hai trong số năm hộ", 2, 5),
        ("ba trong tổng số năm người", 3, 5),
        ("2 trong số năm hộ", 2, 5),
    ],
)
def test_ratios(text: str, value: int, total: int) -> None:
    """A ratio or fraction is one mention with its whole."""
    assert [(mention.value, mention.total) for mention in read_mentions(text)] == [(value, total)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("xếp thứ 3 trong 4 đội", ["3", 4]),
        ("một trong 5 xã", [5]),
        ("5 trong 2 ngày", [5, 2]),
        ("đạt 5 trong 2017", [5, "2017"]),
        ("hai trong năm hộ", [2]),
        ("hai trong số năm qua", [2]),
    ],
)
def test_numbers_that_are_not_part_of_another(text: str, values: list[int | str]) -> None:
    """A rank, a choice among several and a number before a smaller one are not ratios."""
    mentions = read_mentions(text)
    assert [(mention.value, mention.total) for mention in mentions] == [
        (value, None) for value in values
    ]


@pytest.mark.parametrize(
    ("text", "expression", "value"),
    [
        ("tăng trưởng -5% so với", "-5", -5),
        ("lỗ (-2,5 tỷ đồng)", "-2,5 tỷ", -2_500_000_000),
        ("xuống âm 5 độ", "âm 5", -5),
        ("có 5% số hộ", "5", 5),
        ("xe biển 12-5 tấn", "12", 12),
    ],
)
def test_signs(text: str, expression: str, value: float) -> None:
    """A minus sign belongs to a number if a unit follows, but a hyphen does not."""
    mention = read_mentions(text)[0]
    assert (mention.text, mention.value) == (expression, value)


@pytest.mark.parametrize(
    ("text", "expression", "value"),
    [
        ("có 1O hộ dân", "1O", 10),
        ("bắt l5 người", "l5", 15),
        ("có 1.2OO hộ dân", "1.2OO", 1200),
        ("có 1O cái bàn", "1O", 10),
        ("nuôi 1O con trâu", "1O", 10),
        ("có l5 tuổi", "l5", 15),
    ],
)
def test_letters_for_digits(text: str, expression: str, value: int) -> None:
    """In a number before a counted noun, the letter O is read as zero, and the letter l as one."""
    (mention,) = read_mentions(text)
    assert (mention.kind, mention.text, mention.value) == ("number", expression, value)


@pytest.mark.parametrize("text", ["can 5l dầu", "ngoài trời 35oC", "xe 2O-3456", "mẫu l5 mới"])
def test_other_letters_beside_digits(text: str) -> None:
    """Letters in units, number plates and names are not read as mistyped digits."""
    assert not [mention for mention in read_mentions(text) if mention.value in {51, 350, 20, 15}]


def test_the_scale_of_the_next_number() -> None:
    """The scale after two numbers may belong to both."""
    first, second = read_mentions("giá 30 và 40 triệu đồng")
    assert (first.value, first.is_certain) == (30_000_000, False)
    assert (second.value, second.is_certain) == (40_000_000, True)


def test_digits_of_a_unit_are_not_read() -> None:
    """The exponent of a unit is not a quantity."""
    assert [mention.value for mention in read_mentions("rộng 30 m2, 40 m 2")] == [30, 40]


@pytest.mark.parametrize(
    "unit", ["hai ", "năm ", "triệu ", "1,", "1.", "1-", "1 - ", "123. ", "5 đến ", "9", "12 000 "]
)
def test_long_runs_are_read(unit: str) -> None:
    """A run of numbers twice as long takes about twice the calls, and no two mentions overlap.

    The rest of the run is not read again for each number. The time that patterns take is measured
    by ``bench/bench_hostile.py``.
    """
    text, longer = (f"ở {of_length(unit, length)}" for length in (RUN, 2 * RUN))
    mentions = read_mentions(text)  # Fills the caches of small parts, too.
    assert count_calls(read_mentions, longer) <= 2.3 * count_calls(read_mentions, text) + 200
    assert all(earlier.end <= later.start for earlier, later in pairwise(mentions))


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        ("đạt mười mấy người", 11, 19),
        ("có chín mươi mấy người", 91, 99),
        ("bắt hai ba người", 2, 3),
        ("bắt hai bốn người", 2, 4),
    ],
)
def test_bounds_in_words(text: str, lower: int, upper: int) -> None:
    """``Mấy`` stands for one to nine; two adjacent digits in words are an estimate's bounds."""
    (mention,) = read_mentions(text)
    assert (mention.value, mention.upper, mention.is_certain) == (lower, upper, False)


@pytest.mark.parametrize("text", ["có trăm mấy người", "hai sáu người", "được 20 mấy người"])
def test_no_bounds_in_words(text: str) -> None:
    """Bounds are read only if ``mấy`` follows tens in words or if two digits in words are close."""
    assert [mention for mention in read_mentions(text) if mention.upper is not None] == []


@pytest.mark.parametrize("text", ["ba rất vui", "gặp ba tại nhà", "ba STORIES"])
def test_a_father_is_not_a_number(text: str) -> None:
    """``Ba`` without a counted noun means "father" and is not read as a number."""
    assert read_mentions(text) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("có 7, 8 tỷ đồng", [7, 8_000_000_000]),
        ("có 7, 6 tỷ đồng", [7_600_000_000]),
        ("có 7, 25 tỷ đồng", [7_250_000_000]),
    ],
)
def test_a_comma_and_a_space_before_a_scale(text: str, values: list[int]) -> None:
    """Two numbers around a comma are a list if they are consecutive, and otherwise one number."""
    assert [mention.value for mention in read_mentions(text)] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("HAI NGƯỜI", [2]),
        ("HAI người", []),
        ("Hai người đến.", [2]),
        ("anh Hai người", []),
        ("Hai Bà", []),
        ("BA ĐÌNH", []),
    ],
)
def test_capitals_of_numbers_in_words(text: str, values: list[int]) -> None:
    """A capitalised number word is read only at the start of a sentence or among capitals."""
    assert [mention.value for mention in read_mentions(text)] == values


@pytest.mark.parametrize(
    ("words", "total"),
    [
        ("ba phần ba", 3),
        ("bốn phần ba", None),
        ("1 phần 2", 2),
        ("một phần hai", 2),
        ("hai phần một", None),
        ("99 phần 120", 120),
    ],
)
def test_the_largest_fraction(words: str, total: int | None) -> None:
    """A fraction is at most one whole."""
    (mention,) = read_mentions(f"chiếm {words} diện tích")
    assert mention.total == total


@pytest.mark.parametrize(("part", "total"), [(99, 120), (100, None)])
def test_the_number_of_parts(part: int, total: int | None) -> None:
    """A fraction has fewer than 100 parts."""
    assert read_mentions(f"{part} phần 120")[0].total == total


def test_a_number_with_too_many_digits() -> None:
    """Digits that are too many for a quantity are a code, even after another number."""
    digits = "1" * 41
    mentions = read_mentions(f"dãy 12 và {digits} hộ")
    assert [(mention.kind, mention.text) for mention in mentions] == [
        ("number", "12"),
        ("code", digits),
    ]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("30 và 40 triệu", 30_000_000),
        ("1 và 100 triệu", 1_000_000),
        ("1 và 101 triệu", 1),
        ("30 và 40 hộ", 30),
    ],
)
def test_the_scale_of_the_next_amount(text: str, first: int) -> None:
    """A number has the scale of the amount after ``và`` unless that is over a hundred times it."""
    mention = read_mentions(f"góp {text}")[0]
    assert mention.value == first
    assert mention.is_certain is (first < 100)


@pytest.mark.parametrize("unit", ["m2", "m3", "km2", "cm2", "dm3"])
@pytest.mark.parametrize(("before", "values"), [("", []), ("mỗi ", []), ("200 ", [200])])
def test_exponents(before: str, unit: str, values: list[int]) -> None:
    """The 2 or 3 at the end of a unit is not a number."""
    assert [mention.value for mention in read_mentions(before + unit)] == values


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("3 trong 4 hộ", 4),
        ("3 trong 1000 hộ", 1000),
        ("3 trong 1001 hộ", None),
        ("3 trong 3 hộ", None),
        ("4 trong 3 hộ", None),
        ("một trong hai hộ", None),
        ("hai trong số bốn hộ", 4),
        ("3/3 hộ", 3),
        ("4/3 hộ", None),
        ("0/3 hộ", 3),
    ],
)
def test_parts_of_a_whole(text: str, total: int | None) -> None:
    """A part is below its whole, which after ``trong`` is at most 1000, or equal after a slash."""
    assert read_mentions(f"xét {text}")[0].total == total


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("lỗ -5 tỷ", -(5 * 10**9)),
        ("lãi (-5%)", -5),
        ("rét âm 5 độ", -5),
        ("lỗ âm 5 tỷ", -(5 * 10**9)),
        ("có âm 5 hộ", 5),
        ("lỗ x-5%", 5),
    ],
)
def test_the_sign_of_a_number(text: str, value: int) -> None:
    """A number before a scale or unit is negative after a minus or ``âm``."""
    (mention,) = read_mentions(text)
    assert mention.value == value


@pytest.mark.parametrize(
    ("words", "bounds"),
    [
        ("mười mấy", (11, 19)),
        ("chín mươi mấy", (91, 99)),
        ("một trăm mấy", None),
        ("hai mươi mốt mấy", None),
    ],
)
def test_some_more(words: str, bounds: tuple[int, int] | None) -> None:
    """``mấy`` adds 1 to 9 to a multiple of ten from 10 to 90."""
    assert [mention.values for mention in read_mentions(f"có {words} hộ")] == (
        [bounds] if bounds else []
    )


@pytest.mark.parametrize(("length", "kind"), [(40, "number"), (41, "code")])
def test_the_length_of_a_number(length: int, kind: str) -> None:
    """A quantity has at most forty digits."""
    (mention,) = read_mentions(f"{'1' * length} hộ")
    assert (mention.kind, len(mention.text)) == (kind, length)
