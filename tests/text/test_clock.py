"""Hours of the 12-hour clock."""

from __future__ import annotations

import pytest

from antq_llm.text.clock import hour_of_day


@pytest.mark.parametrize(
    ("hour", "half", "expected"),
    [
        (1, "AM", 1),
        (11, "am", 11),
        (12, "AM", 0),
        (12, "PM", 12),
        (1, "p", 13),
        (11, "P", 23),
        (13, "AM", 13),
        (19, "PM", 19),
    ],
)
def test_hours_are_converted(hour: int, half: str, expected: int) -> None:
    """12 AM is midnight, 12 PM is noon, and hours above 12 are on the 24-hour clock already."""
    assert hour_of_day(hour, half) == expected
