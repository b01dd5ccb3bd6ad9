"""Verdicts on dates, periods, stamps and times."""

from __future__ import annotations

from typing import Any

import pytest

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.validation.article_warnings import article_warnings
from antq_llm.validation.checks import check_record
from helpers.samples import full_report, report
from helpers.verdicts import REPORT, event, event_verdict, indicator, verdicts

CONTRADICTED, CANNOT_TELL = "contradicted", "cannot_tell"
LONG = "Bà con đi tránh lũ, đắp lại bờ bao và giữ thóc giống trong nhà kho của hợp tác xã."


@pytest.mark.parametrize(
    ("text", "date", "expected"),
    [
        ("Ngày 12/5/2021, xã họp.", "2021-05-12", None),
        ("Ngày 12/5/2021, xã họp.", "2021-05-13", CONTRADICTED),
        ("Ngày 12/5/2021, xã họp.", "2020-05-12", CONTRADICTED),
        # The year is printed alone and may be that of the day.
        ("Ngày 12/5, xã họp. Thôn đã có nhà mới. Vụ lúa 2021 tốt.", "2021-05-12", CANNOT_TELL),
        # A full date may settle the year of a month, in another sentence too.
        ("Ngày 5/6/2017, mưa. Đến tháng 3, xã họp.", "2017-03", None),
        ("Ngày 5/6/2017, mưa. Đến tháng 3, xã họp.", "2016-03", CONTRADICTED),
        # A period settles no year.
        ("Ngày 12/5, xã họp về giai đoạn 2016-2020.", "2020-05-12", CONTRADICTED),
        ("Ngày 12/5, xã họp.", "2021-05-12", CONTRADICTED),
        ("Ngày 12/5, xã họp.", "XXXX-05-12", None),
        # A day that is given relative to another.
        ("Hôm qua, xã họp. Báo ra 12/5/2021.", "2021-05-11", CANNOT_TELL),
        ("Hôm qua, xã họp. Báo ra 12/5/2021.", "2021-05-30", CONTRADICTED),
        ("Xã họp. Báo ra 12/5/2021.", "2021-05-11", CONTRADICTED),
        ("Hôm qua, xã họp. Báo ra 12/5/2021.", "2020-05-11", CONTRADICTED),
        ("Hôm qua, xã họp. Tin ngày 12/5.", "2020-05-11", CANNOT_TELL),
        ("Hôm qua, xã họp. Đợt một từ 3/1/2021. Báo ra 12/5/2021.", "2021-05-11", CANNOT_TELL),
        ("Hôm qua, xã họp. Tin ngày 12/5.", "XXXX-05-11", CANNOT_TELL),
        # The day after a printed one, whatever is between them.
        (f"Tối 12/5/2021, mưa. {LONG} Sáng hôm sau, xã họp.", "2021-05-13", CANNOT_TELL),
        (f"Tối 12/5/2021, mưa. {LONG} Sáng hôm sau, xã họp.", "2021-05-11", CONTRADICTED),
        (f"Tối 31/12, mưa. {LONG} Sáng hôm sau, xã họp.", "XXXX-01-01", CANNOT_TELL),
        (f"Tối 28/2, mưa. {LONG} Sáng hôm sau, xã họp.", "XXXX-03-01", CANNOT_TELL),
        (f"Tối 31/12/2020, mưa. {LONG} Sáng hôm sau, xã họp.", "2021-01-01", CANNOT_TELL),
        ("Rạng sáng 12/5/2021, xã họp.", "2021-05-13", CONTRADICTED),
    ],
)
def test_dates_of_events(text: str, date: str, expected: str | None) -> None:
    """A day is contradicted if it is not printed, and a year if nothing can settle it."""
    quote = "xã họp" if "xã họp" in text else "Xã họp"
    assert event_verdict(text, date, quote) == expected


def test_the_date_of_a_document_settles_no_other_year() -> None:
    """The year of a document's date does not settle the year of an event."""
    document = {**full_report()["documents"][0], "number": None, "issued": "2019-03-01"}
    document |= {"quote": "Chỉ thị ngày 1/3/2019", "title": "Chỉ thị"}
    text = "Ngày 12/5, xã họp về Chỉ thị ngày 1/3/2019."
    assert event_verdict(text, "2019-05-12", "xã họp", [document]) == CONTRADICTED


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2016/2020", None),
        ("2016/2021", CONTRADICTED),
        ("2016/2044", CANNOT_TELL),
        ("2016-01/2016-08", CANNOT_TELL),  # In eight months.
        ("2016-01/2016-11", CONTRADICTED),
    ],
)
def test_periods(period: str, expected: str | None) -> None:
    """A period is contradicted if its years or the numbers of its months are not in the article."""
    text = "Giai đoạn 2016-2020, xã có 48 hộ ký cam kết và trồng 2044 cây trong 8 tuần."
    found = verdicts(text, indicators=[indicator(48, "48 hộ ký cam kết", period=period)])
    assert found.get("/indicators/0/period") == expected


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ({"date": "2021-09-29", "time": None}, {"/published/date": CONTRADICTED}),
        # The day of an event, whose year is not printed with it.
        ({"date": "2021-10-02", "time": None}, {"/published/date": CONTRADICTED}),
        ({"date": "2021-09-30", "time": "08:15"}, {"/published/time": CONTRADICTED}),
        # At eight, perhaps in the evening.
        ({"date": "2021-09-30", "time": "20:00"}, {"/published/time": CANNOT_TELL}),
    ],
)
def test_stamps(published: dict[str, Any], expected: dict[str, str]) -> None:
    """A stamp is contradicted if its quote has another date; a time can be on a 12-hour clock."""
    text = "30/09/2021 07:45. Ngày 2/10, xã họp lúc 8 giờ."
    found = verdicts(text, published={**published, "quote": "30/09/2021 07:45"})
    assert found == expected


BARE = "Ngày 12/5, xã họp."
STAMPED = "Báo ra ngày 20/6/2021. Ngày 12/5, xã họp."


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2023-05-12", None),
        ("2024-05-12", None),
        ("2022-05-12", CONTRADICTED),
        ("XXXX-05-12", CONTRADICTED),
        ("2023-05-13", CONTRADICTED),
    ],
)
def test_metadata_settles_a_year_like_a_stamp(date: str, expected: str | None) -> None:
    """The year of a day can be that of the nearest such day before or after the metadata's date."""
    assert event_verdict(BARE, date, "xã họp", published="2024-03-01") == expected


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Năm 2015, xã lập tổ. Ngày 12/5, xã họp.", "2015-05-12"),
        ("Ngày 12/5/2015, xã họp.", "2015-05-12"),
    ],
)
def test_a_year_that_the_text_settles_needs_no_metadata(text: str, date: str) -> None:
    """Metadata does not change the verdict on a date that the text alone settles."""
    without = event_verdict(text, date, "xã họp")
    assert event_verdict(text, date, "xã họp", published="2024-03-01") == without


def warnings_on(text: str, date: str, published: str | None, stamp: Any = None) -> list[str]:
    """Return the pointers of the warnings about years settled by metadata."""
    analyzed = AnalyzedArticle(text, published=published)
    data = report(events=[event(date, "xã họp")], published=stamp)
    warnings = article_warnings(check_record(data, REPORT, analyzed), REPORT, analyzed)
    return [str(one.pointer) for one in warnings if one.kind == "dated_by_metadata"]


@pytest.mark.parametrize(
    ("text", "date", "published", "expected"),
    [
        (BARE, "2023-05-12", "2024-03-01", ["/events/0/date"]),
        (BARE, "2023-05-12", None, []),
        ("Ngày 12/5/2023, xã họp.", "2023-05-12", "2024-03-01", []),
        (BARE, "2019-05-12", "2024-03-01", []),
    ],
)
def test_a_date_that_only_metadata_settles_has_a_warning(
    text: str, date: str, published: str | None, expected: list[str]
) -> None:
    """A date whose year only the metadata settles has a warning that points to it."""
    assert warnings_on(text, date, published) == expected


def test_a_printed_stamp_comes_before_metadata() -> None:
    """If the text prints a publication date, the metadata's date settles nothing."""
    stamp = {"date": "2021-06-20", "time": None, "quote": "ngày 20/6/2021"}
    assert warnings_on(STAMPED, "2021-05-12", "2024-03-01", stamp) == []
    analyzed = AnalyzedArticle(STAMPED, published="2024-03-01")
    data = report(events=[event("2023-05-12", "xã họp")], published=stamp)
    assert [one.verdict for one in check_record(data, REPORT, analyzed).contradicted] == [
        CONTRADICTED
    ]


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("30/09/2021 07:45. Ngày 2/10", {"/published/date": CONTRADICTED}),
        ("Ngày 2/10, xã họp", {"/published/date": CANNOT_TELL}),
    ],
)
def test_a_stamp_beside_a_full_date(quote: str, expected: dict[str, str]) -> None:
    """A day other than the quote's full date is contradicted, even if the quote also has it."""
    text = "30/09/2021 07:45. Ngày 2/10, xã họp lúc 8 giờ."
    published = {"date": "2021-10-02", "time": None, "quote": quote}
    assert verdicts(text, published=published) == expected
