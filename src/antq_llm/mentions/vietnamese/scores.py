"""Digits in sports: scores, minutes of a match, formations and rounds of a cup."""

from __future__ import annotations

import re

from antq_llm.mentions.vietnamese.calendar.day_words import (
    LOOKAHEAD,
    NOT_COUNTED_NEXT,
    is_sure_day,
)
from antq_llm.mentions.vietnamese.context_words import COUNTED_NEXT
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
"""The points of a game in tennis."""
_GAME_BEFORE = lazy_re(
    r"\b(?:dẫn|game|ván|giao bóng|bẻ game|cứu game)\b[^.;:\n\d]{0,20}\Z", re.IGNORECASE
)
_ROUND = lazy_re(r"1/(?:2|4|8|16|32|64)(?![\d/])")
_ROUND_BEFORE = lazy_re(r"\bvòng\s\Z", re.IGNORECASE)
"""The word after which ``1/8`` is a round of a cup."""
_WORD = 8
"""Number of characters before digits that are searched for ``vòng``."""
_FORMATION = lazy_re(r"[1-5](?:-[1-5]){2,3}(?![\d-])")
_FIELD_PLAYERS = 10
"""Number of players in a formation, without the goalkeeper."""


def read_score(text: str, start: int, before: str) -> tuple[int, str] | None:
    """Return the end and form of the sports expression that starts at a digit, or None."""
    if (match := _ROUND.match(text, start)) and _ROUND_BEFORE.search(before[-_WORD:]):
        return match.end(), "ordinal"
    if (match := _MINUTE.match(text, start)) and _MINUTE_BEFORE.search(before):
        return match.end(), "minute"
    if (match := _FORMATION.match(text, start)) and _is_formation(match[0]):
        return match.end(), "formation"
    return _score(text, start, before)


def _score(text: str, start: int, before: str) -> tuple[int, str] | None:
    match = _SCORE.match(text, start)
    if match is None or before[-1:].isalpha() or is_sure_day(before):
        return None
    after = text[match.end() : match.end() + LOOKAHEAD]
    has_cue = bool(_SCORE_BEFORE.search(before))
    if COUNTED_NEXT.match(after) or not (has_cue or NOT_COUNTED_NEXT.match(after)):
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
    is_score = is_score or bool(_SCORE_WORD.search(before))
    return (match.end(), "score") if is_score else None


def _is_formation(digits: str) -> bool:
    return sum(int(part) for part in digits.split("-")) == _FIELD_PLAYERS
