"""Regular expressions with many words."""

from __future__ import annotations

import re

import pytest

from antq_llm.text.word_patterns import compile_words

PATTERNS = [
    r"\b(?:tài khoản|thẻ|số(?: tk)?|mã số|mã)\s?\Z",
    r"(?:km|kg|k?m2|tấn|tạ)(?!\w)",
    r"(?:a|ab|b|ac|a+b|ba*)c",
    r"(?P<first>một|hai|ba|bốn)|(?P<second>năm|sáu|[pq]\.|tám)",
    r"(?:(?:rạng )?sáng|trưa|chiều|\d ngày|(?:thứ )?hai) nay",
    r"(?:(?<!con )số|(?<!ba )đường|phường|quận)\s\d",
    r"(?:(?i:năm)|tháng|ngày|giờ)\s\d",
    r"(?:[^\]a)]|x|y|z|[]ab]|\(|w)1",
    r"(?:|một|hai|ba|bốn)\d",
    r"(?:A|b|a|c|C)\d{1,2}?",
]
TEXT = (
    "Số tài khoản số TK 12, mã số thẻ 5 kg, 3 km2 m2 tạ tấn. abc aabc bac bc Rạng sáng nay, THỨ "
    "HAI nay 3 ngày nay con số 3 ba đường 4 phường 5 Quận 6 NĂM 7 năm 8 Tháng 9 x1 ]1 a1 (1 w1 "
    "hai3 4 A1 a22 p. q.\n"
)


@pytest.mark.parametrize("flags", [0, re.IGNORECASE])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_it_matches_what_the_standard_library_matches(pattern: str, flags: int) -> None:
    """A compiled pattern finds the same matches, groups and last group as ``re.compile``."""
    plain, arranged = re.compile(pattern, flags), compile_words(pattern, flags)
    for text in [TEXT, *(TEXT[:end] for end in range(len(TEXT)))]:
        found = [
            [(match.span(), match.groupdict(), match.lastgroup) for match in each.finditer(text)]
            for each in (plain, arranged)
        ]
        assert found[0] == found[1]


def test_alternatives_are_tried_only_at_their_first_letters() -> None:
    """Words are grouped by first letter, after a lookahead for all first letters."""
    arranged = compile_words("(?:ba|bốn|năm|sáu)")
    assert arranged.pattern == "(?:(?=[bns])(?:b(?:a|ốn)|năm|sáu))"
