"""Events that the rules baseline reads."""

from __future__ import annotations

from antq_llm.movement_report.baseline.report import rules_report
from helpers.rules import HEADLINE, fields, read


def test_event_sentence_gives_who_when_what_and_where() -> None:
    """A day, an organizer and a gathering give an event, and the stamp settles its year."""
    report = rules_report(
        f"{HEADLINE}\n\n15/09/2021 07:45\n\n"
        "Sáng 12/9, UBND xã Tân Lâm tổ chức lễ ra mắt mô hình “Cổng trường bình yên”."
    )
    assert fields(report["events"], "kind", "date", "session", "level", "organizers") == [
        ("launch", "2021-09-12", "morning", "commune", ["UBND xã Tân Lâm"])
    ]
    assert report["events"][0]["place"] == {
        "province": None,
        "district": None,
        "commune": "Tân Lâm",
        "venue": None,
    }


def test_year_of_an_event_is_not_guessed() -> None:
    """Without a publication stamp, a day without a year stays without one."""
    report = read("Ngày 12/9, Công an huyện Di Linh tổ chức hội nghị sơ kết phong trào năm 2020.")
    assert fields(report["events"], "kind", "date", "level", "review_period") == [
        ("interim_review", "XXXX-09-12", "district", "2020")
    ]
