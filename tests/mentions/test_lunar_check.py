"""Solar dates that may be lunar ones."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from antq_llm.mentions.lunar_check import may_be_lunar


@pytest.mark.parametrize(
    ("solar", "lunar"),
    [
        ("2017-01-28", "XXXX-01-01"),
        ("2017-02-11", "XXXX-01-15"),
        ("2017-04-06", "XXXX-03-10"),
        ("2018-02-08", "XXXX-12-23"),
        ("XXXX-02-11", "XXXX-01-15"),
        ("2017-05-05", "XXXX-XX-10"),
        ("2017", "XXXX-01-15"),
    ],
)
def test_days_that_may_be_the_same(solar: str, lunar: str) -> None:
    """A solar date may be a lunar day if it is in the weeks in which that day can fall."""
    assert may_be_lunar(solar, lunar)


@pytest.mark.parametrize(
    ("solar", "lunar"),
    [("2017-07-28", "XXXX-01-01"), ("2017-01-02", "XXXX-03-10"), ("2017-02-31", "XXXX-01-15")],
)
def test_days_that_are_not_the_same(solar: str, lunar: str) -> None:
    """A solar date in another season, or one that does not exist, cannot be the lunar day."""
    assert not may_be_lunar(solar, lunar)


@pytest.mark.parametrize(
    ("lunar", "first", "last"),
    [
        ("XXXX-01-01", "2023-01-21", "2023-02-20"),
        ("XXXX-01-02", "2023-01-22", "2023-02-21"),
        ("XXXX-02-01", "2023-02-19", "2023-04-21"),
        ("XXXX-03-10", "2023-03-29", "2023-05-30"),
    ],
)
def test_the_first_and_last_days_on_which_a_lunar_day_can_fall(
    lunar: str, first: str, last: str
) -> None:
    """A lunar day can fall on the first and last of these days, but not before or after them."""
    bounds = [date.fromisoformat(day) for day in (first, last)]
    assert all(may_be_lunar(str(day), lunar) for day in bounds)
    outside = bounds[0] - timedelta(1), bounds[1] + timedelta(1)
    assert not any(may_be_lunar(str(day), lunar) for day in outside)
