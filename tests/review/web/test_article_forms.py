"""Reading the forms that the pages send."""

from __future__ import annotations

import pytest

from antq_llm.review.web.article_forms import number_in


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("12", 12),
        ("123456789", 123456789),
        ("1234567890", None),
        ("9" * 5000, None),
        ("", None),
        ("-1", None),
        ("1.0", None),
        ("²", None),
        ("một", None),
    ],
)
def test_a_number_in_a_form_is_short(text: str, number: int | None) -> None:
    """A text that is not a number of at most nine digits is not converted."""
    assert number_in(text) == number
