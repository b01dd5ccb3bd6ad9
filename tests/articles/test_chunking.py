"""Splitting a text into chunks, and mapping their offsets back to the text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from antq_llm.articles.chunking import split_text


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="abc .\n", min_size=1, max_size=6000), st.integers(1000, 3000))
def test_chunks_cover_the_text_and_map_back_to_it(text: str, size: int) -> None:
    """Chunks are within the size and cover the text, and each offset maps to the same character."""
    covered: set[int] = set()
    for chunk in split_text(text, size):
        assert len(chunk.text) <= size
        gap = len("\n\n[…]\n\n") if chunk.head else 0
        for offset in range(chunk.head + gap, len(chunk.text)):
            offset_in_text = chunk.offset_in_text(offset)
            assert text[offset_in_text] == chunk.text[offset]
            covered.add(offset_in_text)
    assert covered == set(range(len(text)))


def test_a_text_that_fits_is_one_chunk() -> None:
    """A text within the size is not split."""
    (chunk,) = split_text("x" * 1000, 1000)
    assert chunk.text == "x" * 1000
    assert (chunk.head, chunk.start) == (0, 0)


def test_chunks_are_cut_between_paragraphs_and_overlap() -> None:
    """Each chunk ends at the end of a paragraph and begins before the end of the previous chunk."""
    text = "\n".join(f"Đoạn {index}: " + "an ninh " * 20 for index in range(60))
    chunks = split_text(text, 3000)
    ends = [chunk.offset_in_text(len(chunk.text) - 1) + 1 for chunk in chunks]
    assert all(text[end : end + 1] in {"\n", ""} for end in ends)
    assert all(later.start < end for later, end in zip(chunks[1:], ends, strict=False))
