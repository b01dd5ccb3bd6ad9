"""Numbers that an English passage may state although they are not read as mentions."""

from __future__ import annotations

import pytest

from antq_llm.mentions.english.possible_numbers import possible_numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("One man died", {1}),
        ("a man and an officer", {1}),
        ("Nobody was killed", {0}),
        ("None was killed, and no cars burned", {0}),
        ("zero cars", {0}),
        ("a single car", {1}),
        ("both drivers", {2}),
        ("the couple", {2}),
        ("the pair", {2}),
        ("a dozen cars", {12}),
        ("half a million", {500_000}),
        ("two or three drivers", {2, 3}),
        ("two-thirds of them", {2}),
        ("'Two-thirds of them left'", {2}),
        ("twenty-two thirds of them", {22}),
        ("two hundred times", {200}),
        ("one thousand two dozen people", {1, 2}),
        ("a 41m tunnel", {1, 41, 41_000_000}),
        ("Six of the 41", {6, 41}),
        ("THREE DEAD", {3}),
        ("two three", {2, 3}),
        ("minus two", {2, -2}),
        ("minus 5 degrees", {5, -5}),
        ("5 degrees below freezing", {5, -5}),
        ("minus two thirds", {2}),
        ("On Platform 12", set()),
        ("since 2019", set()),
        ("the coach", set()),
    ],
)
def test_possible_numbers(text: str, numbers: set[int]) -> None:
    """Number words, and digits that may state a number, are possible numbers."""
    assert possible_numbers(text) == numbers


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("½", 0.5),
        ("¼", 0.25),
        ("¾", 0.75),
        (" and a half", 0.5),
        (" and a quarter", 0.25),
        (" and three quarters", 0.75),
        (" and three-quarters", 0.75),
        (" 1/2", 0.5),
        (" 1/4", 0.25),
        (" 3/4", 0.75),
    ],
)
def test_fractions_behind_a_number(part: str, value: float) -> None:
    """A half, a quarter or three quarters is added to the preceding number."""
    assert 2 + value in possible_numbers(f"2{part} hours")
