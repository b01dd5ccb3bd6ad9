"""Quotes that are part of a longer quote."""

from __future__ import annotations

from antq_llm.confidence.nested_quotes import NestedQuotes, nested_quotes


def test_a_quote_inside_a_longer_one_is_nested() -> None:
    """The longer quote is outer and the shorter one inner, even if they share a start or an end."""
    for shorter in ((0, 5), (5, 10), (2, 8)):
        found = nested_quotes({"/a/0": (0, 10), "/a/1": shorter})
        assert found == NestedQuotes(frozenset({"/a/1"}), frozenset({"/a/0"}))


def test_a_quote_may_be_inner_and_outer() -> None:
    """The middle one of three nested quotes is both inner and outer."""
    found = nested_quotes({"/a/0": (0, 10), "/a/1": (2, 9), "/a/2": (3, 4)})
    assert found.inner == {"/a/1", "/a/2"}
    assert found.outer == {"/a/0", "/a/1"}


def test_equal_and_overlapping_quotes_are_not_nested() -> None:
    """Equal quotes and partly overlapping quotes are not nested."""
    assert nested_quotes({"/a/0": (0, 10), "/a/1": (0, 10)}) == NestedQuotes()
    assert nested_quotes({"/a/0": (0, 10), "/a/1": (5, 15)}) == NestedQuotes()
    assert nested_quotes({}) == NestedQuotes()
