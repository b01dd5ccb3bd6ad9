"""Days whose years the publication stamp settles."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions
from antq_llm.movement_report.baseline.dates import resolve_date


@pytest.mark.parametrize(
    ("text", "stamp", "expected"),
    [
        ("ngày 12/9", "2021-09-15", "2021-09-12"),
        ("ngày 12/9", "2021-09-10", "2020-09-12"),
        ("ngày 12/9", None, "XXXX-09-12"),
        ("ngày 29/2", "2023-03-01", "XXXX-02-29"),
        ("ngày 12/9/2019", "2021-09-15", "2019-09-12"),
    ],
)
def test_year_is_that_of_the_last_such_day(text: str, stamp: str | None, expected: str) -> None:
    """A day without a year is the last such day up to the publication stamp, within a year."""
    (mention,) = read_mentions(text)
    assert resolve_date(mention, stamp) == expected
