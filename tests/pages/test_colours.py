"""Colours that distinguish the lists of a record."""

from __future__ import annotations

import pytest

from antq_llm.pages.colours import (
    COLOURS,
    DARK_INK,
    DARK_PAGE,
    LIGHT_INK,
    LIGHT_PAGE,
    Colour,
    colour_class,
    colour_css,
)


@pytest.mark.parametrize("colour", COLOURS)
def test_text_on_a_colour_is_readable(colour: Colour) -> None:
    """The contrast is at least 4.5 for text on a colour and 3 for lines on the page (WCAG AA)."""
    assert _contrast(LIGHT_INK, colour.light_ground) >= 4.5
    assert _contrast(DARK_INK, colour.dark_ground) >= 4.5
    assert _contrast(LIGHT_PAGE, colour.light_line) >= 3
    assert _contrast(DARK_PAGE, colour.dark_line) >= 3


def test_lists_have_different_colours() -> None:
    """Ten lists have ten classes, and the eleventh reuses the first."""
    classes = [colour_class(position) for position in range(11)]
    assert len(set(classes)) == len(COLOURS) == 10
    assert classes[10] == classes[0]


def test_each_rule_is_in_the_scope() -> None:
    """Every selector begins with the scope, so nothing else is coloured."""
    rules = [rule for rule in colour_css(".x").splitlines() if "--ground" in rule]
    assert len(rules) == 2 * len(COLOURS)
    assert all(
        rule.removeprefix("@supports (color:light-dark(#000,#fff)){").startswith(".x .")
        for rule in rules
    )


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted([_luminance(one), _luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
