"""Runs of digits, and which readers are tried at each."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.digits import Digits, Readers, reads


@pytest.mark.parametrize(
    ("text", "start", "shape"),
    [
        ("tổ 12 hộ", 3, "00 h"),
        ("ngày 5/6", 5, "0/6"),
        ("ngày 5/6", 7, "0"),
        ("mã 123456789012345.", 3, "0000000000000."),
        ("năm 2031", 6, "00"),
    ],
)
def test_the_shape_of_digits(text: str, start: int, shape: str) -> None:
    """A shape has a zero for each digit, at most thirteen, and the next two characters."""
    assert Digits(text, start, start + 1, english=False).shape == shape


def test_the_word_before_digits() -> None:
    """The last word before digits excludes the spaces and signs around it."""
    digits = Digits("thuộc (Tổ: 12", 11, 13, english=False)
    assert (digits.before, digits.last, digits.last_lower) == ("thuộc (Tổ: ", "Tổ", "tổ")


def test_only_readers_of_the_shape_are_called() -> None:
    """Readers are called in order until one finds something, and only for their shapes."""
    called: list[str] = []

    @reads(r"\d{1,2}/")
    def first(_digits: Digits) -> str | None:
        called.append("first")
        return None

    @reads(r"\d+ ")
    def second(_digits: Digits) -> str | None:
        called.append("second")
        return None

    @reads(r"\d")
    def third(_digits: Digits) -> str | None:
        called.append("third")
        return "found"

    readers = Readers(first, second, third)
    assert readers.read(Digits("5/6", 0, 1, english=False)) == "found"
    assert readers.read(Digits("500 ", 0, 3, english=False)) == "found"
    assert called == ["first", "third", "second", "third"]
    assert Readers(first).read(Digits("500/", 0, 3, english=False)) is None
