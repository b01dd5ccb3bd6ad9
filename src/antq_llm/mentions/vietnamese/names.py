"""Vietnamese names after a police or army rank, and names in quotation marks."""

from __future__ import annotations

import re

from antq_llm.mentions.mention import NameMention
from antq_llm.mentions.quoted_names import quoted_names
from antq_llm.mentions.vietnamese.letters import CAPITALS
from antq_llm.text.lazy_patterns import lazy_re
from antq_llm.text.word_patterns import compile_words

_RANKS = (
    "Đại tướng|Thượng tướng|Trung tướng|Thiếu tướng|Đại tá|Thượng tá|Trung tá|Thiếu tá|"
    "Đại úy|Thượng úy|Trung úy|Thiếu úy|Đại uý|Thượng uý|Trung uý|Thiếu uý|Chuẩn úy|"
    "Thượng sĩ|Trung sĩ|Hạ sĩ"
)
_CAPITALISED = rf"[{CAPITALS}][\w’']*"
_SECOND_WORD = lazy_re(r" [TtÚúUuSs](?:ướng|ƯỚNG|á|Á|[yYýÝĩĨ])\b")
"""The second word of a rank.

Searching for it first is several times faster than matching ranks and names at every letter.
"""
_FIRST_WORDS = sorted({len(rank.split()[0]) for rank in _RANKS.split("|")})
"""The lengths of the first words of ranks."""
_RANKED = lazy_re(
    rf"\b(?P<rank>(?i:{_RANKS}))(?:,? (?:ông|bà|đồng chí))? "
    rf"(?P<name>{_CAPITALISED}(?: {_CAPITALISED}){{1,5}})"
)

_NAMED_BEFORE = compile_words(
    r"\b(?:mô hình|phong trào|câu lạc bộ|clb|tổ|đội|chương trình|đề án|dự án|kế hoạch|"
    r"chiến dịch|cuộc thi|hội thi|danh hiệu|tên|tên gọi|chủ đề|khẩu hiệu|phim|bài hát|"
    r"ca khúc|cuốn|sách)(?: là)?:? [“«\"]\Z",
    re.IGNORECASE,
)
_LOOKBACK = 24
"""Number of characters before a quotation mark that are searched for a word such as ``mô hình``."""
_SENTENCE = lazy_re(r"[.!?…,;\n](?:(?<=\n)|(?<=[,;])\Z|(?<=[.!?…])(?:\s|\Z))")
_SPEAKER = compile_words(
    r"\b(?:tôi|tớ|tao|mày|chúng (?:tôi|ta|mình|em|cháu)|xin|ạ|ơi|nhé|à)\b", re.IGNORECASE
)
_MAX_NAME_CHARACTERS = 80


def is_title(text: str, start: int, words: str) -> bool:
    """Return whether words in quotation marks that start at a position are a name.

    A name begins with a capital letter or a digit, or follows a word such as ``mô hình``.
    Sentences, long expressions and expressions with a word such as ``tôi`` are speech. Other words
    in lower case are irony or slang.
    """
    return (
        len(words) <= _MAX_NAME_CHARACTERS
        and (
            words[0].isupper()
            or words[0].isdigit()
            or _NAMED_BEFORE.search(text, max(0, start - _LOOKBACK), start) is not None
        )
        and not _SENTENCE.search(words)
        and not _SPEAKER.search(words)
    )


def read_names(text: str) -> list[NameMention]:
    """Return the names that follow a rank and those in quotation marks, in order."""
    ranked: list[NameMention] = []
    for second in _SECOND_WORD.finditer(text):
        starts = (second.start() - length for length in _FIRST_WORDS)
        match = next(
            (match for start in starts if start >= 0 and (match := _RANKED.match(text, start))),
            None,
        )
        if match and (not ranked or match.start() >= ranked[-1].end):
            ranked.append(
                NameMention(match.start("name"), match.end("name"), match["name"], match["rank"])
            )
    return sorted(
        [
            *ranked,
            *(
                NameMention(*found)
                for found in quoted_names(text)
                if is_title(text, found[0], found[2])
            ),
        ],
        key=lambda name: name.start,
    )
