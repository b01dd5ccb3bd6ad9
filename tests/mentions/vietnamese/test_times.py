"""Clock times read from digits."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.times import read_clock


@pytest.mark.parametrize(
    ("text", "time"),
    [("8h", "08:00"), ("19:30", "19:30"), ("7 giờ 5 phút", "07:05"), ("24:00", None)],
)
def test_clock_times(text: str, time: str | None) -> None:
    """Hours and minutes are written in two digits; a day has 24 hours."""
    assert read_clock(text) == time
