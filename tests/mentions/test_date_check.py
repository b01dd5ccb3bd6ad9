"""Checking the dates of a record against those of its article."""

from __future__ import annotations

import pytest

from antq_llm.mentions.date_check import DateReader
from antq_llm.mentions.language import LanguageCode
from antq_llm.mentions.languages import load_language
from antq_llm.schemas.edtf import Date


def reader_of(
    text: str, stamp: str | None = None, documents: str = "", language: LanguageCode = "vi"
) -> DateReader:
    """Return a date reader for an article, its publication stamp and its documents' dates."""
    reading = load_language(language)
    return DateReader(
        text,
        reading.read_mentions(text),
        Date.parse(stamp) if stamp else None,
        frozenset(documents.split()),
        reading.sentence_end,
    )


@pytest.mark.parametrize(
    ("text", "stamp", "date"),
    [
        ("Ngày 24/7/2023, Hội nghị diễn ra.", None, "2023-07-24"),
        ("Ngày 24/7, Hội nghị diễn ra.", None, "XXXX-07-24"),
        ("Ngày 24/7, Hội nghị diễn ra.", "2023-07-25", "2023-07-24"),
        ("Ngày 24/7, Hội nghị diễn ra.", "2023-07-20", "2023-07-24"),
        ("Ngày 24/7 năm ấy, tức năm 2019, Hội nghị diễn ra.", None, "2019-07-24"),
        ("Năm 2019 là năm đầu. Ngày 24/7, Hội nghị diễn ra.", None, "2019-07-24"),
        ("Từ ngày 19 đến 24/7/2023, Hội nghị diễn ra.", None, "2023-07-24"),
        ("Trong tháng 7/2023, Hội nghị diễn ra.", None, "2023-07"),
        ("Năm 2023, Hội nghị diễn ra.", None, "2023"),
    ],
)
def test_a_date_of_the_article_has_no_fault(text: str, stamp: str | None, date: str) -> None:
    """A printed date, or a printed day whose year is settled, is not faulted."""
    assert reader_of(text, stamp).fault(date) is None


@pytest.mark.parametrize(
    ("text", "stamp", "date", "fault"),
    [
        ("Ngày 24/7/2023, họp.", None, "2023-07-25", "no such date; it has 2023-07-24: write"),
        ("Ngày 24/7/2023, họp.", None, "XXXX-07-24", "the article prints 2023-07-24"),
        ("Ngày 24/7, họp.", "2023-07-25", "XXXX-07-24", "write 2023-07-24 or 2024-07-24"),
        ("Ngày 24/7, họp.", "2023-07-25", "2021-07-24", "no year 2021 goes with this day"),
        ("Ngày 29/2, họp.", "2023-03-01", "XXXX-02-29", "write 2024-02-29"),
        ("Ngày 24/7/2023, họp.", None, "2022", "no such date: write"),
    ],
)
def test_a_date_that_the_article_does_not_settle_is_faulted(
    text: str, stamp: str | None, date: str, fault: str
) -> None:
    """The fault of an unsettled date says what the article prints or what to write instead."""
    assert fault in (reader_of(text, stamp).fault(date) or "")


def test_the_date_of_a_document_settles_no_year() -> None:
    """A year is not taken from a document's date, even in the same sentence."""
    text = "Thực hiện Kế hoạch ngày 01/02/2018, ngày 24/7 Hội nghị diễn ra."
    assert reader_of(text).fault("2018-07-24") is None
    assert reader_of(text, documents="2018-02-01").fault("2018-07-24") is not None


def test_a_stamp_must_be_printed() -> None:
    """A publication stamp that the article does not print is faulted."""
    text = "Thứ Hai, 24/07/2023"
    assert reader_of(text, "2023-07-24").stamp_fault("2023-07-24", "published") is None
    assert reader_of(text, "2023-07-25").stamp_fault("2023-07-25", "published") is not None


def test_the_years_of_a_period_must_be_printed() -> None:
    """The fault of a period lists each year that the article does not print."""
    reader = reader_of("Giai đoạn 2016 - 2020, phong trào phát triển.")
    assert reader.period_fault("2016/2020") is None
    assert "does not print 2015, 2021:" in (reader.period_fault("2015/2021") or "")


@pytest.mark.parametrize(
    ("text", "stamp", "date"),
    [
        ("On March 5, 2024, it rained.", None, "2024-03-05"),
        ("It rained on 5 March.", None, "XXXX-03-05"),
        ("It rained on 5 March.", "2024-03-06", "2024-03-05"),
        ("On the 5th of March 2024 it rained.", None, "2024-03-05"),
        ("It rained on Feb. 12 of that year, 2019, again.", None, "2019-02-12"),
        ("In 2019 it opened. On March 5 it rained.", None, "2019-03-05"),
        ("It rained at 5 p.m. on 12 Feb. in 2019.", "2024-03-06", "2019-02-12"),
        ("It rained on March 5-7, 2024.", None, "2024-03-07"),
        ("It rained in March 2024.", None, "2024-03"),
        ("It rained in March.", "2024-04-06", "2024-03"),
        ("It has rained since 2019.", None, "2019"),
    ],
)
def test_an_english_date_of_the_article_has_no_fault(
    text: str, stamp: str | None, date: str
) -> None:
    """The year of an English date is settled by its sentence, the text before it or the stamp."""
    assert reader_of(text, stamp, language="en").fault(date) is None


@pytest.mark.parametrize(
    ("text", "stamp", "date"),
    [
        ("It rained on 5 March.", "2024-03-06", "XXXX-03-05"),
        ("It rained on 5 March.", "2024-03-06", "2021-03-05"),
        ("It opened in 2019. It rained on 5 March.", "2024-03-06", "2019-03-05"),
        ("It rained on 5 March.", None, "2024-03-06"),
        ("It rained on 03/05/2024.", None, "2024-03-05"),
    ],
)
def test_an_english_date_that_is_not_settled_is_faulted(
    text: str, stamp: str | None, date: str
) -> None:
    """A missing or wrong year, another day and an ambiguous date are faulted."""
    assert reader_of(text, stamp, language="en").fault(date) is not None


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Ngày 5/6, xã mở hội nghị dân vận năm 2017.", "2017-06-05"),
        ("Ngày 5/6, xã họp. Từ nay đến cuối năm 2017, xã làm đường.", "2017-06-05"),
        ("Ngày 13/7, xã họp báo. Đêm 9/7/2017, tổ đã tuần tra.", "2017-07-13"),
        ("Ngày 17 - 21/5, xã mở hội chợ năm 2017.", "2017-05-17"),
        ("Ngày 5/6, xã tổng kết từ năm 2016 đến tháng 5/2017.", "2017-06-05"),
        ("Mùng 6 tháng Giêng, làng mở hội.", "2017-02-02"),
        ("Sáng 20 và 21-1, trường thi học kỳ năm 2017.", "2017-01-20"),
    ],
)
def test_what_the_article_leaves_open_is_not_faulted(text: str, date: str) -> None:
    """A year printed for the event or the present is accepted, and so is a possible lunar day."""
    assert reader_of(text).fault(date) is None


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Ngày 5/6, xã mở hội nghị dân vận năm 2017.", "2011-06-05"),
        ("Ngày 5/6, xã tổng kết giai đoạn 2011-2016.", "2011-06-05"),
        ("Ngày 5/6, xã họp. Ông Bảy (SN 1971) dự.", "1971-06-05"),
        ("Ngày 5/6, xã họp. Quyết định số 7/QĐ ngày 2/3/2015 đã có.", "2015-06-05"),
        ("Ngày 5/6, xã họp, nhớ ngày 19/8/1945.", "1954-06-05"),
        ("Ngày 17 - 21/5/2017, xã mở hội chợ.", "2017-05-26"),
        ("Mùng 6 tháng Giêng, làng mở hội.", "2017-09-02"),
    ],
)
def test_a_year_that_settles_nothing_is_faulted(text: str, date: str) -> None:
    """The years of periods, births, documents and distant days do not settle a day's year."""
    assert reader_of(text).fault(date) is not None


@pytest.mark.parametrize(
    "period",
    ["2017-01/2017-06", "2017-03/2017-05", "2017", "2017-04-05/2017-05", "2017-06/.."],
)
def test_a_period_that_the_article_may_state_is_not_faulted(period: str) -> None:
    """The ends of a period may be printed or be those of a quarter or half-year."""
    text = "Từ tháng 3 đến tháng 5/2017 và ngày 5/4, xã ra quân; 6 tháng đầu năm tốt hơn."
    assert reader_of(text).period_fault(period) is None


@pytest.mark.parametrize("period", ["2017-02/2017-05", "2017-02-11/2017-05-01"])
def test_a_period_beside_a_lunar_date_is_not_faulted(period: str) -> None:
    """The months and days of a period may be those of a lunar date."""
    text = "Từ rằm tháng Giêng năm 2017, xã ra quân."
    assert reader_of(text).period_fault(period) is None


@pytest.mark.parametrize("period", ["2017-02/2017-05", "2017-04-09/2017-05", "2017-03/2017-08"])
def test_a_period_with_an_end_that_is_not_printed_is_faulted(period: str) -> None:
    """A period is faulted if the article does not print the month or day of one of its ends."""
    text = "Từ tháng 3 đến tháng 5/2017 và ngày 5/4, xã ra quân."
    assert "does not print" in (reader_of(text).period_fault(period) or "")


@pytest.mark.parametrize(
    ("text", "stamp", "date", "fault"),
    [
        ("Tháng 7 năm 2023, xã bận rộn. Ngày 24, xã họp.", None, "2023-07-24", None),
        ("Ngày 24, xã họp.", "2023-07-25", "2023-07-24", None),
        ("Ngày 24, xã họp.", "2023-07-25", "2023-07-23", "the article has no such date"),
        ("Ngày 24, xã họp.", "2023-07-25", "2021-07-24", "write 2023-07-24 or 2024-07-24"),
        ("Ngày 24, xã họp.", None, "2021-07-24", "write XXXX-07-24"),
    ],
)
def test_a_day_without_a_month(text: str, stamp: str | None, date: str, fault: str | None) -> None:
    """A day printed without a month may be in any month, but its year must still be settled."""
    found = reader_of(text, stamp).fault(date)
    assert found is None if fault is None else fault in (found or "")


@pytest.mark.parametrize(
    ("printed", "date", "is_settled"),
    [
        ("24/7/2022", "2022-07-25", True),
        ("24/7/2022", "2022-06-25", True),
        ("24/7/2022", "2023-07-25", False),
        ("24/7/2021", "2022-06-25", False),
    ],
)
def test_a_full_date_settles_the_year_of_days_near_it(
    printed: str, date: str, is_settled: bool
) -> None:
    """A full date in another sentence gives a day its missing year; other years are faulted."""
    _, month, day = (int(part) for part in date.split("-"))
    text = f"Ngày {printed}, xã họp. Thôn có nhà mới. Sau mùa, ngày {day}/{month}, xã họp."
    assert (reader_of(text).fault(date) is None) is is_settled


FIRST_SENTENCES = {
    "in the sentence": "Trời nắng. Mưa to. Ngày 24/7, tức trong năm 2018, họp. Trời nắng.",
    "before it": "Trời nắng. Tháng 5/2018 có mưa to. Ngày 24/7, họp. Trời nắng.",
    "after it": "Trời nắng. Mưa to. Ngày 24/7, họp. Tháng 5/2018 có mưa to.",
    "two before it": "Tháng 5/2018 có mưa to. Trời nắng. Ngày 24/7, họp.",
}


@pytest.mark.parametrize(
    ("place", "is_settled"),
    [("in the sentence", True), ("before it", True), ("after it", False), ("two before it", False)],
)
def test_a_year_near_a_day_of_a_stamped_article(place: str, is_settled: bool) -> None:
    """Besides the stamp, the year of a day comes from its sentence or the one before it."""
    fault = reader_of(FIRST_SENTENCES[place], "2023-07-25").fault("2018-07-24")
    assert (fault is None) is is_settled


@pytest.mark.parametrize("start", ["SN 1980", "Sinh năm 1980", "Anh Tư sinh năm 1980", "born 1980"])
def test_a_year_of_birth_settles_no_year(start: str) -> None:
    """A year of birth does not settle the year of another day, even at the start of the text."""
    assert reader_of(f"{start}, quê Huế. Ngày 3/5, xã họp.").fault("1980-05-03") is not None
    assert reader_of("Năm 1980, ở Huế. Ngày 3/5, xã họp.").fault("1980-05-03") is None


@pytest.mark.parametrize(
    ("text", "period", "has_fault"),
    [
        ("Năm 2023, xã họp.", "2023-01/2023-06", True),
        ("Năm 2023, nửa năm xã họp.", "2023-01/2023-06", False),
        ("Năm 2023, nửa năm xã họp.", "2023-01/2023-05", True),
        ("Năm 2023, ngày 6, xã họp.", "2023-01/2023-05", False),
        ("Năm 2023, ngày 6, xã họp.", "2023-05-06/2023-05-06", False),
        ("Năm 2023, ngày 6, xã họp.", "2023-05-07/2023-05-07", True),
    ],
)
def test_the_months_of_a_period(text: str, period: str, has_fault: bool) -> None:
    """The ends of a period may be those of a part of the year, or days printed without a month."""
    assert (reader_of(text).period_fault(period) is not None) is has_fault
