"""Wrong letters in quotes, and the passages most similar to quotes that are not found."""

from __future__ import annotations

import pytest

from antq_llm.evidence import alignment
from antq_llm.evidence.alignment import Aligner

TEXT = (
    "Hôm ấy, bà con trong thôn đã cùng nhau góp tiền xây dựng một ngôi nhà sàn rất khang trang "
    "bên bờ suối."
)
QUOTE = "bà con trong thôn đã cùng nhau góp tiền xây dựng một ngôi nhà sàn rất khang trang"


@pytest.mark.parametrize(
    ("word", "is_found"),
    [
        ("tiềm", True),
        ("tiềmm", True),
        ("tiềmmm", False),
        ("tiến", True),
        ("tiếm", True),
        ("tiếmm", False),
        ("Tiềm", False),
        ("t1ền", False),
    ],
)
def test_a_word_may_have_two_edits(word: str, is_found: bool) -> None:
    """In one word of a quote, up to two letters or tones may be wrong."""
    assert bool(Aligner(TEXT).find(QUOTE.replace("tiền", word))) is is_found


def test_the_first_of_equally_good_ends_is_found() -> None:
    """Of the ends with the fewest edits, the first is returned; too many edits give None."""
    assert alignment._nearest_end("aaa", "xaaaaaa", 1) == 4
    assert alignment._nearest_end("abc", "xxabxabc", 1) == 8
    assert alignment._nearest_end("abc", "xyz", 2) is None


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        ("ùng nhau góp tiền xây dựn", "cùng nhau góp tiền xây dựng"),
        ("trong thôn đã cùng nhau góp tiề", "trong thôn đã cùng nhau góp tiền"),
        ("ôm ấy, bà con", "Hôm ấy, bà con"),
        ("bên bờ suố", "bên bờ suối."),
    ],
)
def test_the_nearest_passage_has_whole_words(quote: str, passage: str) -> None:
    """The passage that is most similar to a quote begins and ends at the bounds of words."""
    assert Aligner(TEXT).nearest(quote) == passage


def test_two_hundred_nearest_passages_are_searched_for() -> None:
    """After two hundred searches for a similar passage in one text, no more are made."""
    aligner = Aligner("xã Tân Lâm")
    assert all(aligner.nearest("xã Tân Lân") for _ in range(200))
    assert aligner.nearest("xã Tân Lân") is None


@pytest.mark.parametrize(
    ("wrong", "right"), [("bè con trong", "bà con trong"), ("khang tranh", "khang trang")]
)
def test_the_first_and_last_words_have_no_edits(wrong: str, right: str) -> None:
    """A quote is not found if its first or last word has a wrong letter."""
    assert Aligner(TEXT).find(QUOTE)
    assert not Aligner(TEXT).find(QUOTE.replace(right, wrong))
