"""Cells for spreadsheets: lists as text, and text that a spreadsheet would evaluate.

Lists are joined with ``; ``, or written as JSON where an element has a ``;`` itself, is empty, is
null or begins with a bracket, so that the list can be read back.
"""

from __future__ import annotations

import json
import re

from antq_llm.tables.table import Scalar, Value

# Programs other than Python use the two patterns too: the report of a run saves CSV. An operator
# with something to compute after it. A sign with a number is only a number, and a single comparator
# such as "=" is text.
FORMULA = r"\s*[=+\-@＝＋－＠]\s*[^\s=]"
"""Pattern of the beginning of a text that a spreadsheet would evaluate."""
PLAIN_NUMBER = r"\s*[+\-]?\d[\d.,]*\s*%?\s*"
"""Pattern of a number, which does nothing when it is evaluated."""
_FORMULA = re.compile(FORMULA, re.DOTALL)
_NUMBER = re.compile(PLAIN_NUMBER)
_SEPARATOR = "; "


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet that reads a text from a file would evaluate it."""
    return _FORMULA.match(text) is not None and _NUMBER.fullmatch(text) is None


def escape_formula(text: str) -> str:
    """Return a text with an apostrophe before it if a spreadsheet would evaluate it."""
    return "'" + text if is_formula(text) else text


def spreadsheet_cell(value: Value) -> Scalar:
    """Return a value as the cell of a spreadsheet, not guarded."""
    if not isinstance(value, list):
        return value
    if all(_is_plain(item) for item in value):
        return _SEPARATOR.join(
            item if isinstance(item, str) else json.dumps(item) for item in value
        )
    return json.dumps(value, ensure_ascii=False)


def _is_plain(item: Scalar) -> bool:
    """Return whether an element of a joined list can be separated from its neighbours again."""
    if not isinstance(item, str):
        return item is not None
    return bool(item) and item == item.strip() and ";" not in item and not item.startswith("[")
