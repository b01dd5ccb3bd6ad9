"""Dates of a record against those of its article."""

from __future__ import annotations

import pytest

from antq_llm.mentions.date_check import DateReader
from antq_llm.mentions.language import LanguageCode
from antq_llm.mentions.languages import load_language
from antq_llm.schemas.edtf import Date


def reader_of(
    text: str, stamp: str | None = None, documents: str = "", language: LanguageCode = "vi"
) -> DateReader:
    """Return the reader of an article with a publication stamp and the dates of its documents."""
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
        ("Ngày 24/7/2023, họp.", None, "2023-07-25", "the article has no such date"),
        ("Ngày 24/7/2023, họp.", None, "XXXX-07-24", "the article prints 2023-07-24"),
        ("Ngày 24/7, họp.", "2023-07-25", "XXXX-07-24", "write 2023-07-24 or 2024-07-24"),
        ("Ngày 24/7, họp.", "2023-07-25", "2021-07-24", "no year 2021 goes with this day"),
        ("Ngày 29/2, họp.", "2023-03-01", "XXXX-02-29", "write 2024-02-29"),
        ("Ngày 24/7/2023, họp.", None, "2022", "the article has no such date"),
    ],
)
def test_a_date_that_the_article_does_not_settle_is_faulted(
    text: str, stamp: str | None, date: str, fault: str
) -> None:
    """The fault says what the article has, or which years are settled."""
    assert fault in (reader_of(text, stamp).fault(date) or "")


def test_the_date_of_a_document_settles_no_year() -> None:
    """A year is not taken from a document's date, though it is in the same sentence."""
    text = "Thực hiện Kế hoạch ngày 01/02/2018, ngày 24/7 Hội nghị diễn ra."
    assert reader_of(text).fault("2018-07-24") is None
    assert reader_of(text, documents="2018-02-01").fault("2018-07-24") is not None


def test_a_stamp_must_be_printed() -> None:
    """A publication stamp that the article does not print is faulted."""
    text = "Thứ Hai, 24/07/2023"
    assert reader_of(text, "2023-07-24").stamp_fault("2023-07-24", "published") is None
    assert reader_of(text, "2023-07-25").stamp_fault("2023-07-25", "published") is not None


def test_the_years_of_a_period_must_be_printed() -> None:
    """A period is faulted for each year that the article does not print."""
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
    """Years of English dates are settled by the sentence, the text before it and the stamp."""
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
    """A year from elsewhere, another day and an ambiguous date are faulted."""
    assert reader_of(text, stamp, language="en").fault(date) is not None
