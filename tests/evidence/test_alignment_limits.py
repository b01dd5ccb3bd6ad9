"""Limits on the time to search repetitive or very long texts for quotes."""

from __future__ import annotations

import pytest

from antq_llm.evidence import alignment
from antq_llm.evidence.alignment import Aligner

HOSTILE = {
    "one letter": ("b" + "a" * 300, "a" * 50_000),
    "two wrong letters": ("a" * 150 + "b" + "a" * 150, "a" * 50_000),
    "words": ("a b " * 60 + "c " + "a b " * 60, "a b " * 12_000),
    "signs": ("-" * 200 + "x", "-" * 50_000),
    "dots": (". " * 300 + "x", ". " * 25_000),
    "an elision": ("a a a a a a … b b b b b b", "a " * 10_000 + "b " * 10_000),
    "a long quote": ("từ khác " * 10_000, "từ này " * 10_000),
    "digits": ("1" * 400 + "2", "1" * 50_000),
    "another tone": ("á" * 300, "à" * 20_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_text_that_repeats_itself_takes_few_steps(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of letters compared for one quote is bounded, however often its pieces occur."""
    quote, text = HOSTILE[name]
    real, compared = alignment._nearest_end, []

    def counted(pattern: str, window: str, budget: int) -> int | None:
        compared.append(len(window))
        return real(pattern, window, budget)

    monkeypatch.setattr(alignment, "_nearest_end", counted)
    aligner = Aligner(text)
    assert len(aligner.find(quote)) <= 1000
    assert sum(compared) <= 2 * max(alignment._MAX_FUZZY_STEPS, len(quote) + 24)


def test_the_steps_for_all_quotes_of_a_text_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a text's limit of steps is reached, quotes with wrong letters are no longer found."""
    monkeypatch.setattr(alignment, "_MAX_FUZZY_STEPS_IN_ALL", 200)
    text = "Hội nghị tổng kết phong trào tại thành phố Hà Nội vào sáng nay."
    aligner = Aligner(text)
    quotes = [text.replace("phong", wrong) for wrong in ("phomg", "phonq", "phony", "phonh")]
    assert [bool(aligner.find(quote)) for quote in quotes] == [True, True, False, False]


def test_a_quote_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A repeated quote is searched for only once, even with other surrounding spaces."""
    calls: list[str] = []
    monkeypatch.setattr(
        Aligner,
        "_find",
        lambda _, quote: calls.append(quote) or [],  # type: ignore[func-returns-value]
    )
    aligner = Aligner("Hà Nội")
    assert [aligner.find("Huế"), aligner.find(" Huế ")] == [[], []]
    assert calls == ["Huế"]


def test_a_word_is_preferred_however_often_it_is_part_of_others() -> None:
    """A quote that occurs as a word is found even after thousands of words that contain it."""
    text = "lan " * 5000 + "an"
    assert [(found.start, found.end) for found in Aligner(text).find("an")] == [(20_000, 20_002)]


def test_the_nearest_passage_of_a_huge_text_is_not_looked_for() -> None:
    """The nearest passage is not searched for if both the quote and the text are very long."""
    text = "một câu nào đó trong bài " * 1000
    assert Aligner(text).nearest("một câu nào khác ở trong bài " * 100) is None
    assert Aligner(text).nearest("một câu nào khác ở trong bài") is not None
