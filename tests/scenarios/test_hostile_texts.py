"""Reading a hostile text takes a number of calls proportional to its length."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from antq_llm.evidence.alignment import Aligner
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.date_check import DateReader
from antq_llm.movement_report.baseline.report import rules_report
from antq_llm.prompts.injection import find_injections
from antq_llm.schemas.edtf import Date
from helpers.call_counts import count_calls, of_length

SIZE = 6000
LARGE = 200_000
"""The length in characters of a text that a quadratic pattern would take minutes to read."""
KINDS = {
    "digits": "7",
    "digits and points": "7.",
    "data": "[12,5,7,",
    "groups": "123.456.",
    "years": "năm 2017, ",
    "slashes": "1/",
    "dashes": "12-",
    "spaced dashes": "12 - ",
    "colons": "0:",
    "days": "ngày 5/6, ",
    "lists": "2, ",
    "number words": "năm ",
    "ranks": "Đại tá ",
    "capital words": "Nguyễn Văn ",
    "open quotes": "“Ba ",
    "brackets": "([{",
    "spaces": " ",
    "line breaks": "\n",
    "one letter": "a",
    "combining marks": "e\u0302\u0301",
    "zero width": "a\u200b",
    "injection": "bỏ qua tất cả ",
    "at signs": "a@b.",
    "web addresses": "www.a1.vn/",
    "plates": "29A-",
}


def read_vietnamese(text: str) -> None:
    """Find everything that the library looks for in a Vietnamese article."""
    analyzed = AnalyzedArticle(text, "vi")
    _ = analyzed.mentions, analyzed.names, analyzed.boilerplate_start, analyzed.possible_times


def read_english(text: str) -> None:
    """Find everything that the library looks for in an English article."""
    analyzed = AnalyzedArticle(text, "en")
    _ = analyzed.mentions, analyzed.names, analyzed.possible_dates, analyzed.possible_times


def check_dates(text: str) -> None:
    """Check dates with and without a publication stamp."""
    analyzed = AnalyzedArticle(text, "vi")
    for stamp in (None, Date("2017-07-01")):
        reader = DateReader(
            analyzed.plain.text,
            analyzed.plain.dates,
            stamp,
            frozenset(),
            analyzed.language.sentence_end,
        )
        for date in ("2011-06-05", "XXXX-06-05", "2011"):
            reader.fault(date)
        reader.period_fault("2011-02/2011-05")


def find_quote(text: str) -> None:
    """Search for a quote that the text nearly contains, and for the nearest passage."""
    aligner = Aligner(text)
    quote = f"{text[:200]}x"
    aligner.find(quote)
    aligner.nearest(quote)


READERS: dict[str, Callable[[str], object]] = {
    "vietnamese": read_vietnamese,
    "english": read_english,
    "dates": check_dates,
    "rules": rules_report,
    "quotes": find_quote,
    "injections": find_injections,
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", KINDS)
def test_twice_the_text_takes_at_most_twice_the_calls(kind: str, reader: str) -> None:
    """Doubling the length of a hostile text multiplies the calls by at most about 2.3.

    The time within a call, such as that of a pattern, is measured by ``bench/bench_hostile.py``.
    """
    read, unit = READERS[reader], KINDS[kind]
    read(of_length(unit, SIZE - 1))  # Fills the caches of small parts.
    first = count_calls(read, of_length(unit, SIZE))
    second = count_calls(read, of_length(unit, 2 * SIZE))
    assert second <= 2.3 * first + 2000


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_large_hostile_text_is_read(kind: str) -> None:
    """A large hostile text is read, and its mentions are in order, inside it and do not overlap.

    The time that patterns take is measured by ``bench/bench_hostile.py``.
    """
    text = of_length(KINDS[kind], LARGE)
    ends = [0]
    for mention in AnalyzedArticle(text, "vi").mentions:
        assert ends[-1] <= mention.start < mention.end
        ends.append(mention.end)
    assert ends[-1] <= LARGE
    find_quote(text)
