"""Minus signs of ranges, and at the start of a text or line."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions


@pytest.mark.parametrize(
    ("text", "expression", "bounds", "is_certain"),
    [
        ("từ -5 đến 5 độ", "-5 đến 5", (-5, 5), True),
        ("TỪ -5 ĐẾN 5 ĐỘ", "-5 ĐẾN 5", (-5, 5), True),
        ("rét −5 tới −1 độ", "−5 tới −1", (-5, -1), True),
        ("rét âm 5 đến âm 1 độ", "âm 5 đến âm 1", (-5, -1), True),
        ("từ âm 5 đến 5 độ", "âm 5 đến 5", (-5, 5), True),
        ("rét âm 5 đến 10 độ", "âm 5 đến 10", (-5, 10), False),
        ("tăng -3 - 5%", "-3 - 5", (-3, 5), False),
        ("lỗ -2 triệu đến -1 triệu đồng", "-2 triệu đến -1 triệu", (-2e6, -1e6), True),
    ],
)
def test_ranges_below_zero(
    text: str, expression: str, bounds: tuple[float, float], is_certain: bool
) -> None:
    """A range keeps its minus signs; it is not certain if one may belong to both numbers."""
    (mention,) = read_mentions(text)
    assert (mention.text, mention.values) == (expression, bounds)
    assert mention.is_certain is is_certain


def test_bounds_below_zero_that_do_not_ascend() -> None:
    """Two negative numbers that do not ascend are read one by one."""
    mentions = read_mentions("từ âm 5 đến âm 10 độ")
    assert [mention.values for mention in mentions] == [(-5,), (-10,)]


@pytest.mark.parametrize(
    ("text", "value", "is_certain"),
    [
        ("-5% số vụ", -5, False),
        ("–5 độ ở bản", -5, False),
        ("−5 độ ở bản", -5, True),
        ("kết quả: -5%", -5, False),
        ("kết quả: −5%", -5, True),
        ("Kết quả\n-5% số vụ", -5, False),
        ("- 5% số vụ", 5, True),
        ("-5 hộ ở bản", 5, True),
    ],
)
def test_a_minus_at_the_start(text: str, value: int, is_certain: bool) -> None:
    """A hyphen before a percentage or degrees may be a minus or mark an item of a list."""
    (mention,) = read_mentions(text)
    assert (mention.value, mention.is_certain) == (value, is_certain)
