"""The places in a text where mentions may start."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.starts import possible_starts


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("Hai vụ", ["Hai"]),
        ("có hai vụ", ["hai"]),
        ("có (ba vụ), “Năm”", ["ba", "Năm"]),
        ("thuộc khóa XII", ["XII"]),
        ("ngày 24/9", ["24", "9"]),
        ("hơn l5 người", ["l", "5"]),
        ("mã A.l5, bl5, l, 5l", ["5", "5", "5"]),
        ("haivụ, hàngg, bahai, x5", ["5"]),
        ("có\u00a0MỘT vụ, hAI vụ", ["MỘT"]),
        ("năm 2019, Năm 2020, NĂM 2021 và năm người", ["2019", "2020", "NĂM", "2021", "năm"]),
    ],
)
def test_starts(text: str, starts: list[str]) -> None:
    """Digits may start a mention anywhere, but certain words must be whole and in a usual case."""
    found = possible_starts(text, 0, len(text))
    assert [text[start:end] for start, end in found] == starts
    assert found == sorted(found)


def test_a_part_of_a_text() -> None:
    """A part is read as if the text ended after it, but the character before it is considered."""
    text = "hai bahai ba"
    assert possible_starts(text, 4, 6) == [(4, 6)]
    assert possible_starts(text, 6, len(text)) == [(10, 12)]


def test_digits_at_the_bounds_of_a_part() -> None:
    """A run of digits is cut at both ends of the part."""
    assert possible_starts("ngày 12345", 6, 8) == [(6, 8)]
    assert possible_starts("ngày l2345", 6, 8) == [(6, 8)]
