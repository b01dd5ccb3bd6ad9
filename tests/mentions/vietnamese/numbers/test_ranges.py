"""Ranges of numbers, each read as one mention with two bounds."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions


@pytest.mark.parametrize(
    ("text", "expression", "lower", "upper"),
    [
        ("đạt 70 - 80% số hộ", "70 - 80", 70, 80),
        ("giá 400.000 - 500.000 đồng", "400.000 - 500.000", 400_000, 500_000),
        ("có 12- 13 người", "12- 13", 12, 13),
        ("có 5-10 dân phòng", "5-10", 5, 10),
        ("giá 34,50-35,05 triệu", "34,50-35,05 triệu", 34_500_000, 35_050_000),
        ("thu 20-30 tỉ đồng", "20-30 tỉ", 20_000_000_000, 30_000_000_000),
        ("mất từ 2 đến 3 tiếng", "2 đến 3", 2, 3),
        ("phạt từ 3 năm đến 7 năm tù", "3 năm đến 7", 3, 7),
        ("phạt từ 5 triệu đồng đến 9 triệu đồng", "5 triệu đồng đến 9 triệu", 5e6, 9e6),
        ("tù từ hai năm đến bảy năm", "hai năm đến bảy", 2, 7),
        ("giảm 26%-28% lượng rác", "26%-28", 26, 28),
        ("rơi từ độ cao 12m -13m", "12m -13", 12, 13),
        ("cần 60g đến 75g muối", "60g đến 75", 60, 75),
        ("dày từ 0,4cm đến 0,5cm", "0,4cm đến 0,5", 0.4, 0.5),
        ("trong 10 đến 12 ngày", "10 đến 12", 10, 12),
        ("xe từ 12 ghế đến 30 ghế", "12 ghế đến 30", 12, 30),
        ("phạt 4 năm tù đến 9 năm tù", "4 năm tù đến 9", 4, 9),
        ("hằng năm 1,3-1,5% số vụ", "1,3-1,5", 1.3, 1.5),
        ("từ 0,75-1,5m", "0,75-1,5", 0.75, 1.5),
        ("giá 36,150 - 36,350 triệu đồng", "36,150 - 36,350 triệu", 36_150_000, 36_350_000),
        ("phí từ 730.000 đồng đến 2 triệu đồng", "730.000 đồng đến 2 triệu", 7.3e5, 2e6),
        ("giảm từ 2-3% số vụ", "2-3", 2, 3),
        ("có từ 2 - 3.450 hộ", "2 - 3.450", 2, 3450),
        ("phạt từ 700.000 - 1 triệu đồng", "700.000 - 1 triệu", 700_000, 1_000_000),
        ("từ 1,5-2017m", "1,5-2017", 1.5, 2017),
        ("từ 12m đến 15.", "12m đến 15", 12, 15),
        ("nặng từ 12kg đến 15, hiếm", "12kg đến 15", 12, 15),
    ],
)
def test_bounds(text: str, expression: str, lower: float, upper: float) -> None:
    """Both bounds of a range are read with their scale, even if only the second prints it."""
    (mention,) = read_mentions(text)
    assert (mention.text, mention.is_certain) == (expression, True)
    assert (mention.value, mention.upper) == (lower, upper)


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        ("giá 6-7.000 đồng", 6000, 7000),
        ("giá 200-600.000 đồng", 200_000, 600_000),
        ("giá 6-8000 đồng", 6000, 8000),
        ("tăng từ 5 đến 8 vụ", 5, 8),
        ("lúc ấy (5-6)", 5, 6),
        ("bắt hai ba người", 2, 3),
    ],
)
def test_uncertain_ranges(text: str, lower: int, upper: int) -> None:
    """Changes, possible dates, estimates and ranges with a shortened bound are not certain."""
    (mention,) = [mention for mention in read_mentions(text) if mention.kind == "number"]
    assert not mention.is_certain
    assert (mention.value, mention.upper) == (lower, upper)


@pytest.mark.parametrize(
    "text",
    [
        "tăng từ 20% lên 30%",
        "chi 30-30 tỉ đồng",
        "phạt từ 1.000 - 1 nghìn đồng",
        "giảm từ 8 vụ xuống 3 vụ",
        "sơ đồ 4-3-3",
        "đi 7 - 2 bước",
        "từ tháng 3 đến 5",
        "lớp 3 đến lớp 5",
        "từ 3 tháng đến 6 năm tù",
        "từ năm 2010 đến 2015",
        "kéo dài bốn năm tháng sáu",
    ],
)
def test_other_pairs_of_numbers(text: str) -> None:
    """Dates, chains of numbers and changes with ``lên`` or ``xuống`` are not quantity ranges."""
    assert not [
        mention
        for mention in read_mentions(text)
        if mention.kind == "number" and mention.upper is not None
    ]


def test_the_bounds_of_a_range() -> None:
    """The lower bound means "at least", and the upper bound means "at most"."""
    (mention,) = read_mentions("khoảng 5-7 hộ")
    assert [(bound.value, bound.comparator) for bound in mention.bounds] == [(5, ">="), (7, "<=")]
    assert all("~" in bound.other_comparators for bound in mention.bounds)


def test_two_years_are_no_range_of_a_quantity() -> None:
    """Years are not the bounds of an amount, even after a word that is unrelated to time."""
    assert [mention.text for mention in read_mentions("từ số 2014 đến 2016")] == ["2014", "2016"]


@pytest.mark.parametrize(
    ("text", "bounds", "is_certain"),
    [
        ("phí 700 - 1 triệu đồng", (700_000, 10**6), False),
        ("phí 999 - 1 triệu đồng", (999_000, 10**6), False),
        ("phí 1000 - 1 triệu đồng", (1000, 10**6), True),
        ("phí 0,5 - 1 triệu đồng", (500_000, 10**6), True),
        ("phí 6-7.000 đồng", (6000, 7000), False),
        ("phí 8-7.000 đồng", (8, 7000), True),
        ("phí 8-7.001 đồng", (8, 7001), True),
    ],
)
def test_the_scale_of_the_first_bound(text: str, bounds: tuple[int, int], is_certain: bool) -> None:
    """A first bound below 1000 without a scale has the second one's scale or one a step lower."""
    (mention,) = read_mentions(text)
    assert mention.values == bounds
    assert mention.is_certain is is_certain


@pytest.mark.parametrize("text", ["phí 7000-7.000 đồng", "phí 1 - 1 nghìn đồng"])
def test_bounds_that_do_not_ascend(text: str) -> None:
    """Amounts of which the first is not below the second, in the same scale, are not a range."""
    assert [mention.upper for mention in read_mentions(text)] == [None, None]


@pytest.mark.parametrize(
    ("text", "is_certain"),
    [
        ("lúc ấy (5-12)", False),
        ("lúc ấy (11-12)", False),
        ("lúc ấy (5-13)", True),
        ("lúc ấy (5-6 hộ)", True),
        ("từ 5-6 trời mưa", True),
    ],
)
def test_ranges_that_may_be_a_day(text: str, is_certain: bool) -> None:
    """A range up to 12 without a noun may be a day and a month, and is not certain."""
    (mention,) = read_mentions(text)
    assert (mention.kind, mention.is_certain) == ("number", is_certain)


@pytest.mark.parametrize(
    ("text", "bounds", "is_certain"),
    [
        ("khoảng hai đến ba nghìn hộ", (2000, 3000), True),
        ("có hai tới ba trăm hộ", (200, 300), True),
        ("từ hai đến năm trăm hộ", (200, 500), False),
        ("từ hai đến ba mươi hộ", (20, 30), False),
        ("từ năm đến hai mươi hộ", (5, 20), True),
        ("từ một đến một trăm hộ", (1, 100), True),
        ("từ mười đến hai mươi triệu đồng", (10**7, 2 * 10**7), True),
        ("từ hai đến ba mươi triệu đồng", (2 * 10**7, 3 * 10**7), False),
        ("từ mười đến hai trăm nghìn đồng", (10_000, 200_000), True),
        ("từ hai trăm đến ba trăm triệu đồng", (2 * 10**8, 3 * 10**8), True),
        ("từ hai trăm đến ba nghìn hộ", (200, 3000), True),
        ("từ năm trăm đến một triệu đồng", (500_000, 10**6), False),
        ("từ hai đến ba nghìn năm trăm hộ", (2, 3500), False),
        ("từ hai nghìn đến ba nghìn năm trăm hộ", (2000, 3500), True),
        ("khoảng hai người đến ba nghìn người", (2, 3000), False),
        ("từ 2 người đến 3 nghìn người", (2, 3000), False),
        ("từ hai đến bảy hộ", (2, 7), True),
        ("từ 2 đến ba nghìn hộ", (2000, 3000), True),
        ("từ 2 triệu đến ba tỷ đồng", (2 * 10**6, 3 * 10**9), True),
        ("từ hai đến 3.000 hộ", (2000, 3000), False),
    ],
)
def test_the_scale_of_the_first_bound_in_words(
    text: str, bounds: tuple[int, int], is_certain: bool
) -> None:
    """A first bound without a scale of its own has that of a second bound in words."""
    (mention,) = read_mentions(text)
    assert mention.values == bounds
    assert mention.is_certain is is_certain


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("TỪ 5 ĐẾN 7 VỤ", (5, 7)),
        ("TỪ 2 ĐẾN 3 NGHÌN HỘ", (2000, 3000)),
        ("TỪ HAI TỚI BA NGHÌN HỘ", (2000, 3000)),
        ("ĐẠT 2 TRIỆU RƯỠI", (2_500_000,)),
        ("PHẠT 2 NĂM RƯỠI", (2.5,)),
    ],
)
def test_capitals(text: str, bounds: tuple[float, ...]) -> None:
    """Ranges and halves in the capitals of a headline are read like those in small letters."""
    (mention,) = read_mentions(text)
    assert mention.values == bounds
