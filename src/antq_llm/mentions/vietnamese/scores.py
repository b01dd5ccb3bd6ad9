"""Digits in sports: scores, minutes of a match, formations and rounds of a cup."""

from __future__ import annotations

import re

from antq_llm.mentions.vietnamese.calendar.day_words import (
    LOOKAHEAD,
    NOT_COUNTED_NEXT,
    is_sure_day,
)
from antq_llm.mentions.vietnamese.context_words import COUNTED_NEXT
from antq_llm.mentions.vietnamese.digits import Digits, reads
from antq_llm.mentions.vietnamese.letters import CAPITALS
from antq_llm.text.lazy_patterns import lazy_re
from antq_llm.text.word_patterns import compile_words

_SCORE = lazy_re(r"\d{1,3}\s?[-–:]\s?\d{1,3}(?![\d%]|[.,/]\d|\s?[-–/]\s?\d|[^\W\d_])")
_SCORE_BEFORE = compile_words(
    r"\b(?:tỷ số|tỉ số|thắng|thua|hòa|hoà|hạ|hạ gục|đánh bại|đè bẹp|vượt qua|cầm chân|dẫn|"
    r"dẫn trước|gỡ|chung cuộc|kết quả|san bằng|cách biệt|lượt đi|lượt về|luân lưu|penalty|"
    r"thất bại|chiến thắng|rút ngắn|nâng|ấn định|hủy diệt|vùi dập|set|hiệp)\b[^.;:\n\d]{0,36}\Z",
    re.IGNORECASE,
)
_NAME_AFTER = lazy_re(rf"\s[{CAPITALS}]")
_SCORES_BEFORE = lazy_re(r"\d\s?-\s?\d,\s\Z")
_NAME_BEFORE_SCORE = lazy_re(rf"[{CAPITALS}][\w.]*:?\s\Z")
_NIL = lazy_re(r"0\s?[-–]\s?\d\b|\d\s?[-–]\s?0\b")
_AFTER_SCORE = lazy_re(r"[,.;)…]|\Z")
_MINUTE = lazy_re(r"\d{1,3}['’′](?:\+\d)?")
_MINUTE_BEFORE = lazy_re(rf"\(\Z|[{CAPITALS}][\w.-]*\s\(?\Z")
_MAX_GOALS = 30
_SCORE_WORD = lazy_re(r"\b(?:tỷ số|tỉ số)\b[^.;:\n\d]{0,20}\Z", re.IGNORECASE)
"""Words after which even large numbers are a score."""
_GAME_POINTS = frozenset((0, 15, 30, 40))
"""The points that a player can have in a game of tennis."""
_GAME_BEFORE = lazy_re(
    r"\b(?:dẫn|game|ván|giao bóng|bẻ game|cứu game)\b[^.;:\n\d]{0,20}\Z", re.IGNORECASE
)
_ROUND = lazy_re(r"1/(?:2|4|8|16|32|64)(?![\d/])")
_ROUND_BEFORE = lazy_re(r"\bvòng\s\Z", re.IGNORECASE)
"""The word after which ``1/8`` is a round of a cup."""
_WORD = 8
"""Number of characters to search for ``vòng`` before digits."""
_FORMATION = lazy_re(r"[1-5](?:-[1-5]){2,3}(?![\d-])")
_FIELD_PLAYERS = 10
"""Number of players in a formation, without the goalkeeper."""


@reads(r"\d/\d")
def _round(digits: Digits) -> tuple[int, str] | None:
    match = _ROUND.match(digits.text, digits.start)
    is_round = match and _ROUND_BEFORE.search(digits.before[-_WORD:])
    return (match.end(), "ordinal") if match and is_round else None


@reads(r"\d{1,3}['’′]")
def _minute(digits: Digits) -> tuple[int, str] | None:
    match = _MINUTE.match(digits.text, digits.start)
    is_minute = match and _MINUTE_BEFORE.search(digits.before)
    return (match.end(), "minute") if match and is_minute else None


@reads(r"\d-\d")
def _formation(digits: Digits) -> tuple[int, str] | None:
    match = _FORMATION.match(digits.text, digits.start)
    return (match.end(), "formation") if match and _is_formation(match[0]) else None


@reads(r"\d{1,3}\s?[-–:]")
def _score(digits: Digits) -> tuple[int, str] | None:
    before = digits.before
    match = _SCORE.match(digits.text, digits.start)
    if match is None or before[-1:].isalpha():
        return None
    after = digits.text[match.end() : match.end() + LOOKAHEAD]
    if COUNTED_NEXT.match(after):
        return None
    has_cue = bool(_SCORE_BEFORE.search(before))
    if not (has_cue or NOT_COUNTED_NEXT.match(after)):
        return None
    goals = [int(part) for part in re.findall(r"\d+", match[0])]
    is_beside_name = ":" not in match[0] and bool(
        _NAME_BEFORE_SCORE.search(before)
        and (_NAME_AFTER.match(after) or _AFTER_SCORE.match(after))
    )
    is_score = max(goals) <= _MAX_GOALS and (
        has_cue or is_beside_name or _NIL.fullmatch(match[0]) or _SCORES_BEFORE.search(before)
    )
    is_score = is_score or (
        _GAME_POINTS.issuperset(goals) and _GAME_BEFORE.search(before) is not None
    )
    is_score = is_score or (has_cue and bool(_SCORE_WORD.search(before)))
    return (match.end(), "score") if is_score and not is_sure_day(before) else None


SCORE_READERS = (_round, _minute, _formation, _score)
"""Readers of expressions in sports, in the order in which they are tried.

Each returns the end and the form of an expression.
"""


def _is_formation(digits: str) -> bool:
    return sum(int(part) for part in digits.split("-")) == _FIELD_PLAYERS
