"""Estimating the tokens to reserve for a request before its answer is known."""

from __future__ import annotations

import math

BYTES_PER_TOKEN = 3
"""Assumed bytes per token in JSON with Vietnamese text.

Tokens are rarely shorter, and the actual count replaces the estimate once the answer arrives.
"""
ASSUMED_OUTPUT = 2048
"""Tokens reserved for an answer whose length is not limited."""


def estimated_tokens(size: int, max_output: int | None = None) -> int:
    """Return the number of tokens to reserve for a body of ``size`` bytes and its answer."""
    output = ASSUMED_OUTPUT if max_output is None else max_output
    return math.ceil(size / BYTES_PER_TOKEN) + output
