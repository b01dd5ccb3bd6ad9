"""Where mentions may start."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.starts import possible_starts


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("Hai vụ", [0]),
        ("có hai vụ", [3]),
        ("có (ba vụ), “Năm”", [4, 13]),
        ("thuộc khóa XII", [11]),
        ("ngày 24/9", [5, 6, 8]),
        ("hơn l5 người", [4, 5]),
        ("haivụ, hàngg, bahai, x5", [22]),
        ("có\u00a0MỘT vụ, hAI vụ", [3]),
    ],
)
def test_starts(text: str, starts: list[int]) -> None:
    """Digits start a mention anywhere; certain words do if they are whole, in a usual case."""
    assert possible_starts(text, 0, len(text)) == starts


def test_a_part_of_a_text() -> None:
    """A part is read as if the text ended after it, but with the character before it."""
    text = "hai bahai ba"
    assert possible_starts(text, 4, 6) == [4]
    assert possible_starts(text, 6, len(text)) == [10]
