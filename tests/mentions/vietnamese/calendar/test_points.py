"""Single dates in digits."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.calendar.points import edtf
from helpers.mentions import bounds_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ngày 5/6/2017", [("5/6/2017", "2017-06-05", None)]),
        ("đến hết ngày 3/6/.", [("3/6", "XXXX-06-03", None)]),
        ("sáng nay – 6.2, trời nắng", [("6.2", "XXXX-02-06", None)]),
        ("ngày 15 /3", [("15 /3", "XXXX-03-15", None)]),
        ("tháng 3- 2017", [("3- 2017", "2017-03", None)]),
        ("ngày 5.3", [("5.3", "XXXX-03-05", None)]),
        ("sáng 5-3, trời mưa", [("5-3", "XXXX-03-05", None)]),
        ("ngày 12/5/17", [("12/5/17", "2017-05-12", None)]),
        ("sinh ngày 12/5/83", [("12/5/83", "1983-05-12", None)]),
        ("ngày 12/5/40", [("12/5/40", "2040-05-12", None)]),
        ("ngày 12/5/41", [("12/5/41", "1941-05-12", None)]),
        ("ngày 1/1 năm 2018", [("1/1 năm 2018", "2018-01-01", None)]),
        ("ngày 2 tháng 9", [("2 tháng 9", "XXXX-09-02", None)]),
        ("sáng nay (29-6), tòa xử", [("29-6", "XXXX-06-29", None)]),
        ("sáng qua (7.2)", [("7.2", "XXXX-02-07", None)]),
        ("kỷ niệm ngày Quốc khánh 2-9", [("2-9", "XXXX-09-02", None)]),
        ("Ngày hội hiến máu 14-6 diễn ra", [("14-6", "XXXX-06-14", None)]),
        ("thứ Hai, 5/6/2017", [("5/6/2017", "2017-06-05", None)]),
        ("chiều thứ sáu (9/6)", [("9/6", "XXXX-06-09", None)]),
        ("tháng 5.2017", [("5.2017", "2017-05", None)]),
        ("ông Bảy (SN 1971, trú Tân An)", [("1971", "1971", None)]),
        ("Hội chợ Sông Lam 2017 khai mạc", [("2017", "2017", None)]),
        ("Bộ luật Hình sự 2015", [("2015", "2015", None)]),
        ("mùng 2/9", [("2/9", "XXXX-09-02", None)]),
        ("ngày 6 – 2, xã họp", [("6 – 2", "XXXX-02-06", None)]),
        ("sáng nay (10-5), trời nắng", [("10-5", "XXXX-05-10", None)]),
        ("tháng 9/ 2013", [("9/ 2013", "2013-09", None)]),
    ],
)
def test_single_dates(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    """The words around digits identify them as a day, month or year, despite typing errors."""
    assert bounds_of(text, "date") == expected


@pytest.mark.parametrize(
    "text",
    [
        "chiếm 2/3 dân số",
        "chỉ bằng 1/5 giá cũ",
        "nhìn được 3/10",
        "từ 2-3 người",
        "tỷ lệ 5.3%",
        "trong 5 năm",
        "hơn 2000 hộ",
        "thu 2017 triệu đồng",
        "trong ngày 3 bác sĩ khám bệnh",
        "kết quả: 02 – 06 – 21 – 28",
    ],
)
def test_other_digits_are_not_dates(text: str) -> None:
    """Fractions, ranges, counts and lists are not dates."""
    assert bounds_of(text, "date") == []


@pytest.mark.parametrize(
    ("day", "value"), [(0, None), (1, "XXXX-XX-01"), (31, "XXXX-XX-31"), (32, None)]
)
def test_a_day_without_a_month(day: int, value: str | None) -> None:
    """A day without a month is between 1 and 31."""
    assert edtf(day, None, None) == value
