"""Patterns that are compiled on first use."""

from __future__ import annotations

import re

import pytest

from antq_llm.text.lazy_patterns import lazily, lazy_re


def test_a_pattern_is_compiled_once_for_its_first_use() -> None:
    """A pattern is compiled on its first use, and only once."""
    compiled: list[str] = []

    def compile_now() -> re.Pattern[str]:
        compiled.append("a")
        return re.compile("a")

    pattern = lazily(compile_now)
    assert not compiled
    assert [bool(pattern.match("ab")), bool(pattern.search("ba")), pattern.pattern] == [
        *(True, True),
        "a",
    ]
    assert compiled == ["a"]


def test_it_works_as_a_compiled_pattern() -> None:
    """Flags and groups work as with ``re.compile``; an invalid pattern raises its error on use."""
    pattern = lazy_re("(?P<word>năm)", re.IGNORECASE)
    match = pattern.search("Năm nay", 0)
    assert match is not None
    assert match["word"] == "Năm"
    wrong = lazy_re("(")
    with pytest.raises(re.error):
        wrong.search("")
