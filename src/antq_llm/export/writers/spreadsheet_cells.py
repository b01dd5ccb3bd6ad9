"""Spreadsheet cells: writing lists as text, and guarding text that would be evaluated.

Lists are joined with ``; ``. If an element contains ``;``, is empty or null, or begins with a
bracket, the list is written as JSON, so that it can be read back.
"""

from __future__ import annotations

import json
import re

from antq_llm.tables.table import Scalar, Value

# The script of the report uses both patterns too, when it saves CSV. A formula is an operator with
# something to compute after it. A sign with a number is only a number, and a lone "=" is text.
FORMULA = r"\s*[=+\-@＝＋－＠]\s*[^\s=]"
"""A pattern for the beginning of text that a spreadsheet would evaluate."""
PLAIN_NUMBER = r"\s*[+\-]?\d[\d.,]*\s*%?\s*"
"""A pattern for a number, which is harmless when evaluated."""
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
    """Return a value as a spreadsheet cell, without guarding formulas."""
    if not isinstance(value, list):
        return value
    if all(_is_plain(item) for item in value):
        return _SEPARATOR.join(
            item if isinstance(item, str) else json.dumps(item) for item in value
        )
    return json.dumps(value, ensure_ascii=False)


def _is_plain(item: Scalar) -> bool:
    """Return whether an element can be read back from a joined list."""
    if not isinstance(item, str):
        return item is not None
    return bool(item) and item == item.strip() and ";" not in item and not item.startswith("[")
