"""Numbers in English words."""

from __future__ import annotations

import pytest

from antq_llm.mentions.english.number_words import read_number_words


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("twenty nine", 29),
        ("twenty ten", None),
        ("nineteen nine", None),
        ("twenty thirty", None),
        ("ninety nine", 99),
        ("hundred", None),
        ("a hundred", 100),
        ("one hundred nine", 109),
        ("one hundred nineteen", 119),
        ("nineteen hundred", 1900),
        ("twenty hundred", None),
        ("a hundred hundred", None),
        ("two dozen", 24),
        ("two dozen five", None),
        ("a dozen dozen", None),
        ("one thousand dozen", None),
        ("one million two thousand", 1_002_000),
        ("two thousand one million", None),
        ("one thousand one thousand", None),
        ("one trillion", 10**12),
        ("a thousand, two hundred", None),
        ("one hundred and one thousand and one", 101_001),
        ("half a million", 500_000),
        ("half-a-dozen", 6),
        ("a quarter of a million", 250_000),
        ("quarter of a million", 250_000),
        ("five and a half", 5.5),
        ("five and a half million", 5_500_000),
        ("ninety-nine and a half", 99.5),
        ("one hundred and a half", None),
        ("one\ntwo", None),
    ],
)
def test_runs_of_number_words(words: str, value: float | None) -> None:
    """Number words form one number only if each word fits those before it."""
    reading = read_number_words(words, 0)
    assert reading is not None
    assert (reading.end, reading.value) == (len(words), value)


@pytest.mark.parametrize(
    ("text", "end", "possible"),
    [
        ("two thirds of them", 3, (2,)),
        ("twenty-first day", 6, (20,)),
        ("six point five", 3, (6,)),
        ("three-year plan", 5, (3,)),
        ("fivefold rise", None, ()),
        ("ten-fold rise", 3, (10,)),
        ("four times more", 4, (4,)),
    ],
)
def test_number_words_in_other_expressions(
    text: str, end: int | None, possible: tuple[int, ...]
) -> None:
    """A number in an ordinal, fraction, compound or multiple is only a possible value."""
    reading = read_number_words(text, 0)
    assert (reading and (reading.end, reading.value, reading.possible)) == (
        None if end is None else (end, None, possible)
    )


@pytest.mark.parametrize("text", ["zero", "a", "a cat", "hundreds", "many"])
def test_other_words(text: str) -> None:
    """Words that do not begin a number are not read."""
    assert read_number_words(text, 0) is None
