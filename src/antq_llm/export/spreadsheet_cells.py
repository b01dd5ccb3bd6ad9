"""Cells for spreadsheets: lists as text, and nothing that is run as a formula.

A text that begins with ``=``, ``+``, ``-``, ``@`` (also full width), a tab or a line break gets an
apostrophe before it; numbers stay numbers. Lists are joined with ``; ``.
"""

from __future__ import annotations

import json

from antq_llm.export.tables import Scalar, Value

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def escape_formula(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def spreadsheet_cell(value: Value) -> Scalar:
    """Return a value as the cell of a spreadsheet."""
    if isinstance(value, list):
        return "; ".join(_as_text(item) for item in value)
    return escape_formula(value) if isinstance(value, str) else value


def _as_text(value: Scalar) -> str:
    return escape_formula(value) if isinstance(value, str) else json.dumps(value)
