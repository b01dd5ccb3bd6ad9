"""Conversion of values to spreadsheet cells, and escaping of text that looks like a formula.

The elements of a list are joined with ``; ``. The list is written as JSON instead if an element is
empty or null, contains ``;``, begins with ``[``, or begins or ends with whitespace. Either form
can be read back.
"""

from __future__ import annotations

import json
import re

from antq_llm.tables.table import Scalar, Value

# The script of the report also uses both patterns when it saves CSV. A formula is an operator
# followed by something to compute. A sign followed by a number is only a number, and a lone "=" is
# text.
FORMULA = r"\s*[=+\-@＝＋－＠]\s*[^\s=]"
"""A regular expression for the beginning of text that a spreadsheet would evaluate."""
PLAIN_NUMBER = r"\s*[+\-]?\d[\d.,]*\s*%?\s*"
"""A regular expression for a number, which is harmless when evaluated."""
_FORMULA = re.compile(FORMULA, re.DOTALL)
_NUMBER = re.compile(PLAIN_NUMBER)
_SEPARATOR = "; "


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet would evaluate a text that it reads from a file."""
    return _FORMULA.match(text) is not None and _NUMBER.fullmatch(text) is None


def escape_formula(text: str) -> str:
    """Return a text, preceded by an apostrophe if a spreadsheet would evaluate it."""
    return "'" + text if is_formula(text) else text


def spreadsheet_cell(value: Value) -> Scalar:
    """Return a value as a spreadsheet cell, without escaping formulas."""
    if not isinstance(value, list):
        return value
    if all(_is_plain(item) for item in value):
        return _SEPARATOR.join(
            item if isinstance(item, str) else json.dumps(item) for item in value
        )
    return json.dumps(value, ensure_ascii=False)


def _is_plain(item: Scalar) -> bool:
    """Return whether an element of a list can be joined with others and read back."""
    if not isinstance(item, str):
        return item is not None
    return bool(item) and item == item.strip() and ";" not in item and not item.startswith("[")
