"""Numbers without rounding, for numerals of any language."""

from __future__ import annotations

from decimal import Decimal

MAX_NUMERAL_CHARACTERS = 40
"""A longer run of digits is not read as a quantity."""


def exact_number(digits: str) -> int | float:
    """Return the number that digits with a decimal point denote, an integer where it is whole."""
    return _without_zeros(Decimal(digits))


def exact_product(value: float, factor: int) -> int | float:
    """Return a number times a whole one, exactly: 1.1 million is 1100000."""
    return _without_zeros(Decimal(str(value)) * factor)


def _without_zeros(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def exact_sum(first: float, second: float) -> int | float:
    """Return the sum of two numbers, exactly: 0.1 and 0.2 are 0.3."""
    return _without_zeros(Decimal(str(first)) + Decimal(str(second)))
