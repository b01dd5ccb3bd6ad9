"""The words of texts, and the words that two texts share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_llm.text.words import appears_in, longest_common_run, shared_words, span_overlap, words_of

TEXTS = st.lists(st.sampled_from(["an", "ninh", "tổ", "quốc", ","]), max_size=8).map(tuple)


@pytest.mark.parametrize(
    ("first", "second", "equal"),
    [
        ("hoà bình", "HÒA  bình", True),
        ("hoà bình", "hoa bình", False),
        ("hoà", "hoá", False),
        ("xã Tân Lâm,", "xã tân lâm ,", True),
        ("200 m2", "200 m3", False),
    ],
)
def test_words_are_compared_without_case_and_with_tones(
    first: str, second: str, equal: bool
) -> None:
    """Different spellings of a word are equal, but words with other tones or letters are not."""
    assert (words_of(first) == words_of(second)) == equal


@pytest.mark.parametrize(
    ("first", "second", "bag", "run"),
    [
        ("a b c d", "a b c d", 1.0, 1.0),
        ("a b c d", "d c b a", 1.0, 0.25),
        ("a b c d", "x b c y", 0.5, 0.5),
        ("a a", "a b", 0.5, 0.5),
        ("a", "b", 0.0, 0.0),
        ("", "", 1.0, 1.0),
        ("", "a", 0.0, 0.0),
    ],
)
def test_shared_words_and_runs(first: str, second: str, bag: float, run: float) -> None:
    """Shared words count repetitions but ignore order; span overlap counts one run of words."""
    words = words_of(first), words_of(second)
    assert (shared_words(*words), span_overlap(*words)) == (bag, run)


@given(TEXTS, TEXTS)
def test_the_longest_common_run_is_that_of_all_runs(
    first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    """The longest common run is as long as the longest part of one text found in the other."""
    runs = [first[start:end] for end in range(len(first) + 1) for start in range(end + 1)]
    longest = max(len(run) for run in runs if appears_in(run, second))
    assert longest_common_run(first, second) == longest


@given(TEXTS, TEXTS, TEXTS)
def test_a_part_appears_in_its_whole(
    before: tuple[str, ...], part: tuple[str, ...], after: tuple[str, ...]
) -> None:
    """Consecutive words are found at any position."""
    assert appears_in(part, before + part + after)


def test_words_out_of_order_do_not_appear() -> None:
    """Words that are present but not consecutive are not found."""
    assert not appears_in(("an", "quốc"), ("an", "ninh", "quốc"))
