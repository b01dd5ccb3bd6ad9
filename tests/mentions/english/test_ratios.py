"""Two numbers joined by a slash in English text."""

from __future__ import annotations

import pytest

from antq_llm.mentions.english.numbers_and_dates import read_mentions


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("won 5/31 seats", None),
        ("won 5/32 seats", 32),
        ("won 12/31 seats", None),
        ("won 13/31 seats", 31),
        ("won 13/13 seats", 13),
        ("won 14/13 seats", None),
        ("won 13/40/2 seats", None),
        ("won $13/40/2 seats", None),
        ("Highway 13/40 is open", None),
        ("won 163/181 seats", 181),
    ],
)
def test_ratios(text: str, total: int | None) -> None:
    """Two numbers are a ratio unless they may be a date, a fraction above one or an identifier."""
    (mention,) = read_mentions(text)
    assert mention.total == total
    assert (mention.kind == "number") is (total is not None)
