"""The head of an article as the rules baseline reads it: outlet, byline, stamp and relevance."""

from __future__ import annotations

import pytest

from antq_llm.movement_report.baseline.report import rules_report
from helpers.rules import HEADLINE, read


def test_dateline_and_signature_name_the_press() -> None:
    """The dateline names the publisher; the last line and the ``Ảnh:`` credit name the authors."""
    report = read(
        "TTXVN - Ngày 12/9, huyện Di Linh tổ chức hội nghị. (Ảnh: Lê Minh)",
        "Hội nghị kết thúc.",
        "Thu Hà",
    )
    assert report["publisher"] == "TTXVN"
    assert (report["byline"], report["headline"]) == (["Lê Minh", "Thu Hà"], HEADLINE)


def test_stamp_is_a_line_with_a_day_and_a_time() -> None:
    """A line with a full date and a time is the publication stamp."""
    assert read("15/09/2021 07:45", "Hội nghị kết thúc.")["published"] == {
        "date": "2021-09-15",
        "time": "07:45",
        "quote": "15/09/2021 07:45",
    }


@pytest.mark.parametrize(
    ("printed", "time"),
    [
        ("7:45 AM", "07:45"),
        ("7:45 PM", "19:45"),
        ("12:05 AM", "00:05"),
        ("12:05 PM", "12:05"),
        ("19:45 PM", "19:45"),
    ],
)
def test_stamps_are_read_on_the_24_hour_clock(printed: str, time: str) -> None:
    """12 AM is midnight and 12 PM is noon."""
    published = read(f"15/09/2021 {printed}", "Hội nghị kết thúc.")["published"]
    assert published == {"date": "2021-09-15", "time": time, "quote": f"15/09/2021 {printed}"}


@pytest.mark.parametrize(
    ("text", "relevance"),
    [
        (HEADLINE, "movement"),
        (
            "Công an huyện triển khai công tác bảo đảm an ninh trật tự.\n"
            "Cảnh sát tuyên truyền về phòng cháy, tội phạm và ma túy.",
            "related",
        ),
        ("Giá cà phê hôm nay tăng nhẹ ở các tỉnh Tây Nguyên.", "unrelated"),
        ("Breaking news: 3 people were arrested in the city, police said.", "unrelated"),
    ],
)
def test_relevance_is_read_from_what_is_named(text: str, relevance: str) -> None:
    """Relevance depends on whether the text names the movement, other police work or neither."""
    assert rules_report(text)["relevance"] == relevance
