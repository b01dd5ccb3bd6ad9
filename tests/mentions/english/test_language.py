"""English boilerplate, durations and sentence ends."""

from __future__ import annotations

import pytest

from antq_llm.mentions.english.language import ENGLISH


@pytest.mark.parametrize(
    "line",
    [
        "Related", "Related:", "RELATED STORIES", "Read more: Ten cars in pile-up", "Read more",
        "Share this", "Share this article", "See also:", "Tags: crash, road", "You may also like",
        "Follow us on Facebook", "Most read", "More stories",
    ],
)  # fmt: skip
def test_lines_that_announce_links(line: str) -> None:
    """A line that announces links, with or without punctuation, starts the boilerplate."""
    assert ENGLISH.boilerplate.match(line)


@pytest.mark.parametrize(
    "line",
    ["Related incidents were reported", "Comments were welcome", "Top speed was 70mph", "Tagsüber"],
)
def test_sentences_that_announce_no_links(line: str) -> None:
    """A sentence that begins with a word such as ``Related`` does not start the boilerplate."""
    assert not ENGLISH.boilerplate.match(line)


@pytest.mark.parametrize(
    "after", [" hours", "-year-old", " more days", " school years", " minutes"]
)
def test_durations(after: str) -> None:
    """A number before a unit of time is a duration."""
    assert ENGLISH.duration.match(after)


@pytest.mark.parametrize("after", [" people", " people days later", " of the days"])
def test_counts_are_not_durations(after: str) -> None:
    """A number before another noun is not a duration."""
    assert not ENGLISH.duration.match(after)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It was closed. It opened.", 2),
        ("On Feb. 12 it closed.", 1),
        ("At 5 p.m. Mr. Price left.", 1),
        ("It cost $1.4 million. Dr. J. Smith paid.", 2),
        ("Gov. Price met Capt. J. K. Lane.", 1),
        ("Tom Price Jr. left St. Paul.", 1),
        ("Tom Price Jr. It was late.", 2),
    ],
)
def test_ends_of_sentences(text: str, sentences: int) -> None:
    """The full stop of an abbreviation, other than ``Jr.`` before a capital, ends no sentence."""
    assert len(ENGLISH.sentence_end.findall(f"{text} ")) == sentences
