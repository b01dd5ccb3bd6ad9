"""Times of day in English."""

from __future__ import annotations

import pytest

from antq_llm.mentions.english.times import may_be_time, read_time


@pytest.mark.parametrize(
    ("text", "end", "value"),
    [
        ("0:05", 4, "00:05"),
        ("23:59", 5, "23:59"),
        ("24:00", 5, None),
        ("18:05:30", 8, "18:05"),
        ("1805 GMT", 4, "18:05"),
        ("2400 GMT", 4, None),
        ("12am", 4, "00:00"),
        ("12pm", 4, "12:00"),
        ("1am", 3, "01:00"),
        ("11.59 p.m.", 10, "23:59"),
        ("0am", 3, None),
        ("13pm", 4, None),
        ("noon", 4, "12:00"),
        ("midday", 6, "12:00"),
        ("midnight", 8, "00:00"),
        ("12 midnight", 11, "00:00"),
        ("7 to 9am", 1, None),
        ("7.30-9am", 4, None),
        ("5 o'clock", 1, None),
    ],
)
def test_times(text: str, end: int, value: str | None) -> None:
    """A time is read as ``HH:MM`` if it is in the day and its half of the day is clear."""
    assert read_time(text, 0) == (end, value)


@pytest.mark.parametrize("text", ["18:60", "7", "7.40", "noon-time", "18:05.5"])
def test_digits_and_words_that_are_no_time(text: str) -> None:
    """Digits without a sign of a time, and minutes from 60 on, are not read as a time."""
    assert read_time(text, 0) is None


@pytest.mark.parametrize(
    ("before", "value"),
    [
        ("Finished in ", None),
        ("In John ", None),
        ("At ", "03:16"),
        ("On Monday ", "03:16"),
        ("Updated ", "03:16"),
        ("it was ", "03:16"),
    ],
)
def test_the_word_before_a_time(before: str, value: str | None) -> None:
    """After ``in`` or a name, digits with a colon may not be a time; after ``At``, they are."""
    text = f"{before}3:16 on the last page of the report"
    assert read_time(text, len(before)) == (len(before) + 4, value)


@pytest.mark.parametrize(
    ("before", "digits", "expected"),
    [
        ("at ", "7.40", True),
        ("by ", "24.30", True),
        ("until ", "25.30", False),
        ("from ", "7.60", False),
        ("for ", "7.40", False),
        ("at ", "7.40%", False),
        ("at ", "7.40 the last bus left the old station", True),
    ],
)
def test_a_point_between_hours_and_minutes(before: str, digits: str, expected: bool) -> None:
    """Digits with a point may be a time only after a word such as ``at`` and up to 24 hours."""
    end = len(before) + len(digits.split(maxsplit=1)[0].rstrip("%"))
    assert may_be_time(before + digits, len(before), end) is expected
