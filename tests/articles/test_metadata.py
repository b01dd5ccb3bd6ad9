"""Metadata of articles: notations of dates, and the form in JSON lines and requests."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from antq_llm.articles.metadata import (
    ArticleMetadata,
    metadata_text,
    printed_time,
    publication_days,
    publication_time,
)


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("2024-03-12", "2024-03-12"),
        ("2024-03-12T08:05:00+07:00", "2024-03-12T08:05:00+07:00"),
        ("2024-03-12 08:05:00", "2024-03-12 08:05:00"),
        ("2024-03-12T01:05:00Z", "2024-03-12T01:05:00Z"),
        ("12/3/2024", "2024-03-12"),
        ("12-03-2024 08:05", "2024-03-12T08:05"),
        ("Thứ ba, 12/3/2024, 08:05 (GMT+7)", "2024-03-12T08:05+07:00"),
        ("08:05 12/03/2024", "2024-03-12T08:05"),
        ("8g05 ngày 12.3.2024", "2024-03-12T08:05"),
        ("Ngày 12 tháng 3 năm 2024", "2024-03-12"),
        ("12 tháng 3 năm 2024, cập nhật 13/3/2024", "2024-03-12"),
        ("12/3/2024, cập nhật 13 tháng 3 năm 2024", "2024-03-12"),
        ("12/3/2024 25:10", "2024-03-12"),
        ("12/3/2024 08:75", "2024-03-12"),
        ("25/12/2024 8:05 PM", "2024-12-25T20:05"),
        ("25/12/2024 8:05:30 am", "2024-12-25T08:05"),
        ("25/12/2024 12:05 AM", "2024-12-25T00:05"),
        ("25/12/2024 12:05 PM", "2024-12-25T12:05"),
        ("25/12/2024 20:05 PM", "2024-12-25T20:05"),
        (1710205500, "2024-03-12T08:05:00+07:00"),
        ("1710205500000", "2024-03-12T08:05:00+07:00"),
        ("3/12/2024 8:05:00 AM", "3/12/2024 8:05:00 AM"),
        ("3/25/2024", "3/25/2024"),
        ("2024-13-45", "2024-13-45"),
        ("hôm qua", "hôm qua"),
        ("", None),
        (None, None),
        (12, "12"),
    ],
)
def test_a_publication_time_is_read_in_its_notation(value: Any, time: str | None) -> None:
    """Dates are read with the day first, and values that are not understood become plain text."""
    assert publication_time(value) == time


@pytest.mark.parametrize(
    ("published", "day"),
    [
        ("2024-03-12T08:05", "2024-03-12"),
        ("2024-03-12", "2024-03-12"),
        ("hôm qua", None),
        ("2024-02-30", None),
        ("2024-03-12 lúc 8g", "2024-03-12"),
    ],
)
def test_the_day_of_publication_is_that_of_the_time(published: str, day: str | None) -> None:
    """A publication time has a day only if it begins with a valid date in ISO 8601."""
    assert ArticleMetadata(published=published).published_day == day


@pytest.mark.parametrize("text", ["12/3", "số 12/3/2024/NĐ", "1.12.3.2024", "32/3/2024", ""])
def test_what_is_not_a_full_date_is_no_printed_time(text: str) -> None:
    """A day without a year, a document number and an impossible day are not dates."""
    assert printed_time(text) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  a\n b ", "a b"),
        (["Lê An", "Trần Bình", "Lê An"], "Lê An, Trần Bình"),
        ({"@type": "Person", "name": "Lê An"}, "Lê An"),
        ([{"name": "Lê An"}, None], "Lê An"),
        (True, "true"),
        (7, "7"),
        ({}, None),
        ([], None),
        ("  ", None),
    ],
)
def test_values_are_texts(value: Any, text: str | None) -> None:
    """Lists are joined, objects are replaced by their name, and empty values are None."""
    assert metadata_text(value) == text


def test_metadata_is_written_and_read_back() -> None:
    """The JSON form has the known and the kept fields, and reading it gives the same metadata."""
    metadata = ArticleMetadata("Tên", "2024-03-12", kept={"muc": "Xã hội", "title": 1, "n": [1]})
    line = metadata.as_json()
    assert line == {
        "title": "Tên",
        "published": "2024-03-12",
        "muc": "Xã hội",
        "field_title": 1,
        "n": [1],
    }
    assert ArticleMetadata.from_json(line) == metadata


def test_lines_of_metadata_cannot_contain_a_line_break() -> None:
    """In a request, each field is one line, whatever its value."""
    metadata = ArticleMetadata("a\nurl: b", kept={"x\ny": "c\r\nd"})
    assert metadata.as_lines() == "title: a url: b\nx y: c d"


def test_metadata_without_fields_is_empty() -> None:
    """Metadata without values is falsy."""
    assert not ArticleMetadata()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), None),
        (float("inf"), None),
        ("9" * 5000, "9" * 5000),
        (10**4000, f"1{'0' * 4000}"),
    ],
    ids=["nan", "infinity", "digits", "integer"],
)
def test_any_number_can_be_in_the_field_of_the_date(value: Any, expected: str | None) -> None:
    """A number that is not a time in seconds is kept as text or gives None."""
    assert publication_time(value) == expected


@pytest.mark.parametrize(
    "published", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "1970-01-01 00:00:00"]
)
def test_a_date_that_programs_write_for_none_settles_no_year(published: str) -> None:
    """The first and last days of the calendar and 1 January 1970 are not publication days."""
    assert ArticleMetadata(published=published).published_day is None
    assert publication_days(published) == frozenset()


def test_metadata_can_be_written_whatever_the_source_has() -> None:
    """Lone surrogates are escaped, and NaN and infinity count as missing."""
    metadata = ArticleMetadata(
        title="\ud800 a",
        kept={"n": float("nan"), "l": [float("inf"), "\udc00"], "d": date(1, 2, 3)},
    )
    line = json.dumps(metadata.as_json(), ensure_ascii=False, allow_nan=False).encode()
    assert json.loads(line) == {
        "title": "\\ud800 a",
        "l": [None, "\\udc00"],
        "d": "0001-02-03",
    }
