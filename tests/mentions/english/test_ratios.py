"""Parts of a whole in English text."""

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
        ("nine out of 10 seats", 10),
        ("six of the 41 seats", 41),
        ("9 of 10 seats", 10),
        ("10 of 10 seats", 10),
    ],
)
def test_ratios(text: str, total: int | None) -> None:
    """Two numbers are a ratio unless they may be a date, a fraction above one or an identifier."""
    (mention,) = read_mentions(text)
    assert mention.total == total
    assert (mention.kind == "number") is (total is not None)


@pytest.mark.parametrize("text", ["six of 41 seats", "11 of 10 seats", "six of the 5 seats"])
def test_numbers_that_are_no_part(text: str) -> None:
    """Two numbers with ``of`` are not a ratio if the first is larger or a word before digits."""
    assert {mention.total for mention in read_mentions(text)} == {None}
