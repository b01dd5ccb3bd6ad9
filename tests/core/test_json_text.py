"""JSON text of values with characters that UTF-8 cannot encode."""

from __future__ import annotations

import json

from antq_llm.core.json_text import encodable_value, json_text


def test_halves_of_surrogate_pairs_are_escaped() -> None:
    """Lone surrogates in keys and values at any depth are written as readable escapes."""
    value = {"khóa \udcff": ["x \ud800", ("\udfff", 1)]}
    assert json.loads(json_text(value)) == {"khóa \\udcff": ["x \\ud800", ["\\udfff", 1]]}


def test_other_values_stay_as_they_are() -> None:
    """A value that UTF-8 can encode, such as an emoji, is written unchanged."""
    value = {"a": "😀 ế", "b": [1, 2.5, None, True]}
    assert json.loads(json_text(value)) == value
    assert encodable_value(value) == value
