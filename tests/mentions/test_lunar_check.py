"""Solar dates that may be lunar ones."""

from __future__ import annotations

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
