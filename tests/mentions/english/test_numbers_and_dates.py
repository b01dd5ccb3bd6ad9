"""The reading of numbers, dates, times and codes in English."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_llm.mentions.english.language import ENGLISH
from antq_llm.mentions.english.numbers_and_dates import read_mentions
from helpers.mentions import value_of

Expected = list[tuple[str, str, object]]


def read(text: str) -> Expected:
    """Return the mentions in a text, after checking their spans."""
    mentions = read_mentions(text)
    assert all(text[mention.start : mention.end] == mention.text for mention in mentions)
    return [(mention.kind, mention.text, value_of(mention)) for mention in mentions]


def read_possible(text: str) -> None:
    """Run the readers of the numbers, dates and times that a text may state."""
    ENGLISH.words_in(text)
    ENGLISH.possible_dates(text)
    ENGLISH.possible_times(text)


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("1,250 people", "1,250", 1250),
        ("a ratio of 1.25", "1.25", 1.25),
        ("1,234,567.89 dollars", "1,234,567.89", 1_234_567.89),
        ("0.5 per cent", "0.5", 0.5),
        ("about 1.4 million dollars", "1.4 million", 1_400_000),
        ("1.1 billion", "1.1 billion", 1_100_000_000),
        ("a $3bn loss", "3bn", 3_000_000_000),
        ("£2.5m of damage", "2.5m", 2_500_000),
        ("US$40k", "40k", 40_000),
        ("3mn barrels", "3mn", 3_000_000),
        ("$350,000", "350,000", 350_000),
        ("350,000 dollars", "350,000", 350_000),
        ("a 1.4-million-dollar bridge", "1.4-million", 1_400_000),
        ("3 hundred thousand", "3 hundred thousand", 300_000),
        ("2 dozen cars", "2 dozen", 24),
        ("two dozen vehicles", "two dozen", 24),
        ("Rs 3 lakh in cash", "3 lakh", 300_000),
        ("two crores in cash", "two crores", 20_000_000),
        ("Rs 1,50,000 in cash", "1,50,000", 150_000),
        ("a dozen vehicles", "a dozen", 12),
        ("half a dozen vehicles", "half a dozen", 6),
        ("killing three people", "three", 3),
        ("Fourteen people were injured", "Fourteen", 14),
        ("and twenty-one others", "twenty-one", 21),
        ("and twenty one others", "twenty one", 21),
        ("two hundred and five cars", "two hundred and five", 205),
        ("two hundred five cars", "two hundred five", 205),
        ("a hundred cars", "a hundred", 100),
        ("twelve hundred cars", "twelve hundred", 1200),
        ("three thousand four hundred and six", "three thousand four hundred and six", 3406),
        ("half a million people", "half a million", 500_000),
        ("a quarter of a million people", "a quarter of a million", 250_000),
        ("two and a half million people", "two and a half million", 2_500_000),
        ("one hundred thousand people", "one hundred thousand", 100_000),
        ("two\nhundred cars", "two\nhundred", 200),
        ("40% of them", "40", 40),
        ("12.5 percentage points", "12.5", 12.5),
        ("70mph", "70", 70),
        ("a 41-seat coach", "41", 41),
        ("another 20 cars", "20", 20),
        ("On Tuesday 12 people died", "12", 12),
        ("In London 12 people died", "12", 12),
        ("In March 28,000 vehicles crossed", "28,000", 28_000),
        ("In March 20 people died", "20", 20),
        ("more than 2000 people", "2000", 2000),
        ("2000 people", "2000", 2000),
        ("one person died", "one", 1),
        ("at least one of them", "one", 1),
        ("PORT ELLERY — Three people died", "Three", 3),
        ("“Two cars hit us,” he said", "Two", 2),
    ],
)
def test_numbers(text: str, words: str, value: float) -> None:
    """A number in digits or words is read together with its scale."""
    numbers = [found for found in read(text) if found[0] == "number"]
    assert numbers == [("number", words, value)]


@pytest.mark.parametrize(
    ("scale", "factor"),
    [
        (" dozen", 12),
        (" hundred", 100),
        (" thousand", 10**3),
        (" lakh", 10**5),
        (" lakhs", 10**5),
        (" crore", 10**7),
        (" crores", 10**7),
        (" million", 10**6),
        (" billion", 10**9),
        (" trillion", 10**12),
        ("k", 10**3),
        ("m", 10**6),
        ("mn", 10**6),
        ("mln", 10**6),
        ("b", 10**9),
        ("bn", 10**9),
        ("bln", 10**9),
        ("tn", 10**12),
        ("trn", 10**12),
    ],
)
def test_scales(scale: str, factor: int) -> None:
    """A scale, in full or abbreviated, multiplies the amount of money before it."""
    ((_, _, value),) = read(f"a loss of $3{scale}")
    assert value == 3 * factor


@pytest.mark.parametrize(
    ("text", "value", "total"),
    [
        ("Six of the 41 passengers", 6, 41),
        ("23 of the 26 children", 23, 26),
        ("163/181 households", 163, 181),
        ("9 out of 10 drivers", 9, 10),
        ("three of its twelve members", 3, 12),
        ("one of the 41 passengers", 1, 41),
        ("12 of 41 passengers", 12, 41),
        ("at least six of the 41", 6, 41),
        ("1.2 million of the 3 million", 1_200_000, 3_000_000),
        ("4.5 out of 5", 4.5, 5),
        ("23/26 wards", 23, 26),
        ("12/32 wards", 12, 32),
    ],
)
def test_parts_of_a_whole(text: str, value: float, total: float) -> None:
    """A part and its whole are one mention."""
    assert [(mention.value, mention.total) for mention in read_mentions(text)] == [(value, total)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("six of them", [6]),
        ("three of the best", [3]),
        ("41 of the 6 passengers", [41, 6]),
        ("5 of 2019", [5, "2019"]),
    ],
)
def test_what_is_no_part_of_a_whole(text: str, values: list[int | str]) -> None:
    """A number without a larger quantity after ``of`` has no whole."""
    assert [(mention.value, mention.total) for mention in read_mentions(text)] == [
        (value, None) for value in values
    ]


@pytest.mark.parametrize(
    ("text", "comparator"),
    [
        ("at least 1,250", ">="),
        ("at least another 20 cars", ">="),
        ("no fewer than 20", ">="),
        ("a minimum of 20", ">="),
        ("20 or more", ">="),
        ("20 people or more", ">="),
        ("100+ people", ">="),
        ("aged 60 and over.", ">="),
        ("more than 28,000 vehicles", ">"),
        ("More than $3bn", ">"),
        ("over 20 cars", ">"),
        ("in excess of 20", ">"),
        ("up to 60 others", "<="),
        ("Up to another 60", "<="),
        ("as many as 60", "<="),
        ("no more than 20", "<="),
        ("at most 20", "<="),
        ("20 or fewer", "<="),
        ("fewer than 20", "<"),
        ("less than 20%", "<"),
        ("under 20 minutes", "<"),
        ("nearly two dozen", "~"),
        ("almost a hundred", "~"),
        ("about 12,500 cars", "~"),
        ("roughly 1,250 of them", "~"),
        ("around 20", "~"),
        ("approximately 20", "~"),
        ("some 40 people", "~"),
        ("close to £20", "~"),
        ("an estimated 20", "~"),
        ("20 or so", "~"),
        ("more than\n20", ">"),
        ("ran over 20 people", "="),
        ("20 people, more than ever", "="),
        ("3 or more than 20 words", "="),
        ("a total of 20", "="),
        ("20 people", "="),
    ],
)
def test_comparators(text: str, comparator: str) -> None:
    """The words around a number determine its comparator."""
    number = next(mention for mention in read_mentions(text) if mention.kind in {"number", "code"})
    assert number.comparator == comparator


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("on March 5, 2024, police", "March 5, 2024", "2024-03-05"),
        ("March 5th, 2024", "March 5th, 2024", "2024-03-05"),
        ("on 5 March 2024", "5 March 2024", "2024-03-05"),
        ("the 5th of March", "5th of March", "XXXX-03-05"),
        ("the 5th of March, 2024", "5th of March, 2024", "2024-03-05"),
        ("12 Feb. 2024", "12 Feb. 2024", "2024-02-12"),
        ("Sept. 3", "Sept. 3", "XXXX-09-03"),
        ("on November 18.", "November 18", "XXXX-11-18"),
        ("on March 5 police said", "March 5", "XXXX-03-05"),
        ("MARCH 5, 2024", "MARCH 5, 2024", "2024-03-05"),
        ("29 February 2024", "29 February 2024", "2024-02-29"),
        ("29 February", "29 February", "XXXX-02-29"),
        ("on 5\nMarch 2024", "5\nMarch 2024", "2024-03-05"),
        ("March 5-7, 2024", "March 5-7, 2024", "2024-03-05/2024-03-07"),
        ("March 5 to 7", "March 5 to 7", "XXXX-03-05/XXXX-03-07"),
        ("between 5 and 7 March 2024", "5 and 7 March 2024", "2024-03-05/2024-03-07"),
        ("2024-03-05", "2024-03-05", "2024-03-05"),
        ("2024/03/05", "2024/03/05", "2024-03-05"),
        ("13/05/2024", "13/05/2024", "2024-05-13"),
        ("05/13/2024", "05/13/2024", "2024-05-13"),
        ("05/05/2024", "05/05/2024", "2024-05-05"),
        ("13.05.2024", "13.05.2024", "2024-05-13"),
        ("in March 2024", "March 2024", "2024-03"),
        ("in May of 2024", "May of 2024", "2024-05"),
        ("in March", "March", "XXXX-03"),
        ("since 2019.", "2019", "2019"),
        ("the 2004 tsunami", "2004", "2004"),
        ("the 2019 floods", "2019", "2019"),
        ("in 2010 floods killed", "2010", "2010"),
        ("mid-2019", "2019", "2019"),
        ("2016-2020", "2016-2020", "2016/2020"),
        ("the 2023/24 season", "2023/24", "2023/2024"),
        ("1914–18", "1914–18", "1914/1918"),
        ("the third quarter of 2023", "2023", "2023-07/2023-09"),
        ("Q1 2023", "2023", "2023-01/2023-03"),
        ("the first half of 2023", "2023", "2023-01/2023-06"),
        ("on the 19th, police", "19th", "XXXX-XX-19"),
        ("through the 1990s", "1990s", "199X"),
    ],
)
def test_dates(text: str, words: str, value: str) -> None:
    """Days, months, years and their ranges are read as EDTF."""
    dates = [found for found in read(text) if found[0] != "code"]
    assert dates == [("date", words, value)]


def test_a_list_of_years() -> None:
    """Each year in a list is a separate date."""
    assert read("2021, 2022 and 2023") == [
        ("date", year, year) for year in ("2021", "2022", "2023")
    ]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Dec. 28, 2023 to Jan. 3", ["2023-12-28", "2024-01-03"]),
        ("Dec. 28 to Jan. 3, 2024", ["2023-12-28", "2024-01-03"]),
        ("March 3 until April 9, 2024", ["2024-03-03", "2024-04-09"]),
        ("Dec. 28, 2023, and Jan. 3", ["2023-12-28", "XXXX-01-03"]),
    ],
)
def test_a_year_at_one_end_of_a_range(text: str, values: list[str]) -> None:
    """The year of one end of a range settles the year of the other."""
    assert [mention.value for mention in read_mentions(text)] == values


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("at 7.40am, when", "7.40am", "07:40"),
        ("at 7:40 a.m.", "7:40 a.m.", "07:40"),
        ("at 5.15 pm on", "5.15 pm", "17:15"),
        ("at 5.15 p.m. on", "5.15 p.m.", "17:15"),
        ("at 7am", "7am", "07:00"),
        ("at 12am", "12am", "00:00"),
        ("at 12.30 PM", "12.30 PM", "12:30"),
        ("18:05", "18:05", "18:05"),
        ("Published: 18:05:30", "18:05:30", "18:05"),
        ("1805 GMT", "1805", "18:05"),
        ("by noon", "noon", "12:00"),
        ("at 12 noon", "12 noon", "12:00"),
        ("until midnight", "midnight", "00:00"),
    ],
)
def test_times(text: str, words: str, value: str) -> None:
    """Times of day are read as hours and minutes on the 24-hour clock."""
    assert read(text) == [("time", words, value)]


@pytest.mark.parametrize(
    "text",
    [
        # The day, month, hour, count or share is ambiguous.
        "03/05/2024", "03/05/24", "5/12", "1/3", "24/7", "at 5.15", "7 o'clock",
        "finished in 2:05", "John 3:16", "25:10", "13am",
        "1 in 5 drivers", "2 1/2 hours", "2½ hours", "3 or 4 drivers", "a 3-1 win", "3 times",
        "a 41m tunnel", "10k", "per 100,000 people", "in 2010 people died", "2024 elections",
        # Ordinals, decades and other notations.
        "the 4th crash", "the 21st century", "1.250.000", "264.930,8", "12.34.56",
        "05", "28 000", "'24",
        # Names and identifiers.
        "Route 66", "the A40", "M25", "F-16", "Covid-19", "Flight 370", "Highway 1", "Boeing 737",
        "No. 10", "junction 14", "page 12", "Type 2 diabetes", "10 Downing Street", "Windows 11",
        "221 Baker Street", "#12", "H5N1", "G7", "4x4", "3D", "example.com/123",
        "Decree 168/2024/ND-CP", "15/KH-UBND", "case 21-cv-1234", "ISO 9001", "version 2",
        # Telephone numbers.
        "020 7946 0958", "+44 20 7946 0958", "(555) 123-4567", "555-0123", "call 999",
        "1-800-555-0199", "0913456789",
    ],
)  # fmt: skip
def test_digits_that_are_not_read(text: str) -> None:
    """Digits that are ambiguous, or that state no quantity, date or time, are read as codes."""
    kinds = {kind for kind, _, _ in read(text)}
    assert kinds == {"code"}


@pytest.mark.parametrize(
    "text",
    [
        "the fourth crash", "twenty-first", "a third of them", "two thirds", "three-quarters",
        "one in five drivers", "one of them", "one another", "dozens of cars", "millions of cars",
        "several hundred cars", "a few dozen cars", "nineteen eighty-four", "twenty twenty",
        "three or four cars", "three times as many", "a two-car crash", "the Six Nations",
        "Three Mile Island", "Six Nations officials", "Channel Four", "Formula one",
        "two point five", "a million and a half", "a thousand, two hundred", "someone", "tenfold",
        "may march", "Theresa May", "on Tuesday", "less than half", "a couple", "THREE DEAD",
        "alone", "", "page two", "two three",
    ],
)  # fmt: skip
def test_words_that_are_not_read(text: str) -> None:
    """Words that do not clearly state a number are not read as mentions."""
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10-15 people", [("number", "10", 10), ("number", "15", 15)]),
        ("between 10 and 15 people", [("number", "10", 10), ("number", "15", 15)]),
        ("12 in 2019", [("number", "12", 12), ("date", "2019", "2019")]),
        ("40% of the 200", [("number", "40", 40), ("number", "200", 200)]),
        ("at 8.05 am on 12 February 2024", [
            ("time", "8.05 am", "08:05"), ("date", "12 February 2024", "2024-02-12"),
        ]),
        ("March 5, 12 people", [("date", "March 5", "XXXX-03-05"), ("number", "12", 12)]),
        ("killing two.\n\nThree were hurt", [("number", "two", 2), ("number", "Three", 3)]),
        ("kills two\nThree were hurt", [("number", "two", 2), ("number", "Three", 3)]),
        ("7-9am", [("code", "7", "7"), ("time", "9am", "09:00")]),
        ("7am-9am", [("time", "7am", "07:00"), ("time", "9am", "09:00")]),
        ("3 injured, 5 missing", [("number", "3", 3), ("number", "5", 5)]),
    ],
)  # fmt: skip
def test_several_expressions(text: str, expected: Expected) -> None:
    """Adjacent expressions are read as separate mentions, in order."""
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "1" * 5000, "1" * 5000 + ".5.5", "9" * 41 + "/" + "9" * 41, "0:" * 3000, "1/" * 3000,
        "1-" * 3000, "one " * 3000, "two hundred and " * 1000, "of the 1 " * 1000, "\n" * 20_000,
        "March " * 3000, "a dozen " * 2000, "1 of the " * 2000,
    ],
)  # fmt: skip
def test_senseless_text_is_read_without_an_error(text: str) -> None:
    """Long repetitions raise no error, and each mention matches the text at its span."""
    read(text)
    read_possible(text)


PIECES = (
    "1 12 1,250 2019 5.15 3/5 03/05/2024 18:05 a an the of out one two twenty hundred million "
    "dozen half and or in on to March May 5th am p.m. noon $ £ % - – / . , : ( ) more than at "
    "least over people Route No. m bn x \n the\u0301 ٣ ½"
)
WORDS = st.sampled_from(PIECES.split(" "))


@given(st.lists(st.tuples(WORDS, st.sampled_from(("", " ", "\n"))), max_size=30))
def test_any_row_of_words_is_read_without_an_error(words: list[tuple[str, str]]) -> None:
    """Mentions are in order, do not overlap and match the text at their spans."""
    text = "".join(word + space for word, space in words)
    read(text)
    read_possible(text)
    mentions = read_mentions(text)
    starts = [mention.start for mention in mentions]
    assert starts == sorted(starts)
    assert all(earlier.end <= later.start for earlier, later in pairwise(mentions))


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    """Any text is read without an error."""
    read(text)
    read_possible(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("around 2017", "code"),
        ("around 2017 people", "number"),
        ("It began at 1930 hours.", "number"),
        ("by 2017", "date"),
    ],
)
def test_four_digits(text: str, kind: str) -> None:
    """Four digits that may be a year or a number are read as a code unless they count something."""
    assert [mention.kind for mention in read_mentions(text)] == [kind]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("twelve hundred people", 1200),
        ("thirteen hundred people", 1300),
        ("nineteen hundred people", 1900),
        ("one dozen people", 12),
        ("two dozen people", 24),
    ],
)
def test_hundreds_and_dozens(text: str, value: int) -> None:
    """A number up to nineteen may precede ``hundred``, and a dozen is twelve."""
    assert [mention.value for mention in read_mentions(text)] == [value]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("from May 5, 2023 to Jan. 20", "2024-01-20"),
        ("from May 5, 2023 to June 20", "2023-06-20"),
        ("half 61, 2023 to Jan. 20", "XXXX-01-20"),
    ],
)
def test_the_second_day_of_a_range_has_the_year_of_the_first(text: str, date: str) -> None:
    """The end of a range is the next such day after the start; without a start, it has no year."""
    assert read_mentions(text)[-1].value == date


@pytest.mark.parametrize(
    ("text", "value"),
    [("On the fifth of March, 999 people came", 999), ("the 5th of March, 1001", 1001)],
)
def test_a_comma_ends_a_name(text: str, value: int) -> None:
    """A number after a comma is not part of the name before it."""
    mention = read_mentions(text)[-1]
    assert (mention.kind, mention.value) == ("number", value)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Six people came", [6]),
        ("It was big. Six people came", [6]),
        ("Stop! Six people came", [6]),
        ("the Six people", []),
        ("In a Six", []),
        ("Six People", []),
    ],
)
def test_capitals_of_numbers_in_words(text: str, values: list[int]) -> None:
    """A capitalised number word is read only if it starts a sentence and is not in a name."""
    assert [mention.value for mention in read_mentions(text)] == values
