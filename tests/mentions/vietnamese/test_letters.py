"""Classes of characters in patterns."""

from __future__ import annotations

import re
import sys

from antq_llm.mentions.vietnamese.letters import MAY_BE_DIGIT


def test_every_decimal_digit_may_be_a_digit() -> None:
    """The class contains the decimal digits of all scripts, and no Vietnamese letter."""
    may_be_digit = re.compile(f"[{MAY_BE_DIGIT}]")
    digits = [digit for digit in map(chr, range(sys.maxunicode)) if digit.isdecimal()]
    assert all(map(may_be_digit.fullmatch, digits))
    assert not may_be_digit.search("Đường số một, quận Ỷ – “ừ”…")
