"""Exact arithmetic for numerals in any language."""

from __future__ import annotations

from decimal import Decimal

MAX_NUMERAL_CHARACTERS = 40
"""Maximum number of characters in a numeral that is read as a quantity."""


def exact_number(digits: str) -> int | float:
    """Return a number from digits with an optional decimal point, as an integer if it is whole."""
    return _without_zeros(Decimal(digits))


def exact_product(value: float, factor: int) -> int | float:
    """Return the exact product of a number and an integer: 1.1 million is 1100000."""
    return _without_zeros(Decimal(str(value)) * factor)


def _without_zeros(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def exact_sum(first: float, second: float) -> int | float:
    """Return the exact sum of two numbers: 0.1 plus 0.2 is 0.3."""
    return _without_zeros(Decimal(str(first)) + Decimal(str(second)))
