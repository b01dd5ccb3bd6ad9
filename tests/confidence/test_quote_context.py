"""The sentence and the clause around a quote."""

from __future__ import annotations

from antq_llm.confidence.quote_context import quote_context

TEXT = "Xã có 5 thôn. Ba tổ đã lập xong, hai tổ chưa. Hết"


def context_of(quote: str) -> tuple[str, int, int]:
    """Return the text of a quote's ``sentence``, its ``sentences`` and its ``words_after``."""
    start = TEXT.index(quote)
    found = quote_context(TEXT, start, start + len(quote))
    return TEXT[slice(*found.sentence)], found.sentences, found.words_after


def test_the_sentence_around_a_quote_is_found() -> None:
    """A sentence ends at a full stop before a space, and the next one begins after the space."""
    assert context_of("Ba tổ")[0] == "Ba tổ đã lập xong, hai tổ chưa"
    assert context_of("Hết")[0] == "Hết"


def test_words_up_to_the_end_of_the_clause_are_counted() -> None:
    """A clause ends at a comma, and a quote that ends there has no words after it."""
    assert context_of("Ba tổ")[2] == 3
    assert context_of("Ba tổ đã lập xong")[2] == 0


def test_sentence_ends_inside_a_quote_are_counted() -> None:
    """A quote across two sentences contains one sentence end, and its context is both sentences."""
    sentence, ends, _ = context_of("5 thôn. Ba tổ")
    assert (sentence, ends) == ("Xã có 5 thôn. Ba tổ đã lập xong, hai tổ chưa", 1)


def test_words_from_the_start_of_the_clause_are_counted() -> None:
    """A clause begins after a comma, and a quote that begins there has no words before it."""
    assert words_before("hai tổ chưa") == 0
    assert words_before("tổ chưa") == 1


def test_words_from_the_start_of_the_paragraph_are_counted() -> None:
    """Words are counted from the start of the quote's line, across clauses and sentences."""
    text = f"Tít\n{TEXT}"
    start = text.index("Ba tổ")
    assert quote_context(text, start, start + 5).paragraph_words_before == 4


def words_before(quote: str) -> int:
    """Return the number of words in a quote's clause before the quote."""
    start = TEXT.index(quote)
    return quote_context(TEXT, start, start + len(quote)).words_before
