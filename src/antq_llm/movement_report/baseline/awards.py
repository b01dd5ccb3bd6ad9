"""Rules for awards: what was given to how many collectives or individuals, and by whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from antq_llm.evidence.spans import Span
from antq_llm.mentions.mention import Mention
from antq_llm.movement_report.baseline.indicators import figure_start
from antq_llm.movement_report.baseline.outline import Outline
from antq_llm.movement_report.baseline.patterns import OFFICE_HEAD, ORG_HEAD

# What is given and to whom.
_AWARD_WORDS = re.compile(
    r"(?P<form>bằng khen|giấy khen|huân chương(?: [\w ]{3,25}? hạng \w+)?|huy chương|"
    r"kỷ niệm chương|cờ thi đua|thư khen|danh hiệu)|"
    r"khen thưởng|tuyên dương|biểu dương|tặng thưởng|điển hình|tôn vinh",
    re.IGNORECASE,
)
_RECIPIENTS = re.compile(
    # "tập thể", "tập thể và cá nhân"
    r"(?P<first>tập thể|đơn vị|cá nhân|gia đình)"
    r"(?:(?:,| và|, hộ gia đình,| ,) (?P<second>tập thể|cá nhân|hộ gia đình|gia đình)"
    r"(?:(?: và|,) cá nhân)?)?(?!\w)",
    re.IGNORECASE,
)
_RECIPIENT_WORDS = re.compile(r"tập thể|cá nhân|đơn vị")
_COLLECTIVES = frozenset(("tập thể", "đơn vị", "gia đình", "hộ gia đình"))
_MANY = re.compile(r"(?<!\w)nhiều\s+$", re.IGNORECASE)

# Who gives the award.
_GIVEN_BY = re.compile(
    # "được Chủ tịch UBND huyện tặng"
    rf"(?:được|của) (?P<givers>(?:các cấp|{ORG_HEAD}|(?i:{OFFICE_HEAD}))[^.;:\n]{{0,160}}?)"
    r"(?:\s+(?:ghi nhận|trao|tặng|khen|tuyên|biểu|công nhận|cho\b|tôn vinh)|,? tặng)"
)
_GIVER = re.compile(
    # "Công an huyện đã quyết định khen thưởng"
    rf"(?:^|, )(?P<givers>(?:{ORG_HEAD}|(?i:{OFFICE_HEAD}))[^.,;:\n“\"]{{0,100}}?),? "
    r"(?:đã |cũng )*(?:quyết định |công bố quyết định )?"
    r"(?:trao|tặng|khen thưởng|biểu dương|tuyên dương)"
)
_GIVER_DELIMITER = re.compile(rf"\s*(?:,|\svà)\s+(?=(?:{ORG_HEAD}|(?i:{OFFICE_HEAD}))\b)")


@dataclass(frozen=True)
class _Award:
    item: dict[str, Any]
    figure: Span | None


def read_awards(outline: Outline) -> tuple[list[dict[str, Any]], list[Span]]:
    """Return the awards of an article and the spans of their figures."""
    text = outline.text
    awards: list[_Award] = []
    for start, end in outline.sentences:
        triggers = list(_AWARD_WORDS.finditer(text, start, end))
        if triggers and _RECIPIENT_WORDS.search(text, start, end):
            awards += _awards_in(outline, start, end, triggers)
    is_any_counted = any(award.item["count"] is not None for award in awards)
    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    for item in (award.item for award in awards):
        if item["count"] is not None or not is_any_counted:
            kept.setdefault((item["form"], item["recipients"], item["count"]), item)
    return list(kept.values()), [award.figure for award in awards if award.figure]


def _awards_in(
    outline: Outline, start: int, end: int, triggers: list[re.Match[str]]
) -> Iterator[_Award]:
    """Yield a sentence's awards: one per kind of recipient with a figure or ``nhiều`` (many)."""
    text = outline.text
    form = next((trigger["form"].lower() for trigger in triggers if trigger["form"]), None)
    givers = _givers(text[start:end])
    for match in _RECIPIENTS.finditer(text, start, end):
        figure = _figure_before(outline, match.start(), start)
        if figure:
            if not isinstance(figure.value, int) or not (figure.total is figure.upper is None):
                continue
            first = figure_start(text, figure)
        elif many := _MANY.search(text, max(start, match.start() - 12), match.start()):
            first = many.start()
        else:
            continue
        begin, finish = _quote_span(match, first, triggers)
        for recipients in _recipients(match, is_counted=figure is not None):
            yield _Award(
                {
                    "form": form,
                    "conferred_by": givers,
                    "recipients": recipients,
                    "count": figure.value if figure else None,
                    "comparator": figure.comparator if figure else None,
                    "names": [],
                    "quote": text[begin:finish],
                },
                (figure.start, figure.end) if figure else None,
            )


def _quote_span(match: re.Match[str], first: int, triggers: list[re.Match[str]]) -> Span:
    """Return the span from a figure to its recipients, extended to the nearest award word."""
    nearest = min(
        triggers, key=lambda trigger: max(trigger.start() - match.end(), first - trigger.end())
    )
    return min(first, nearest.start()), max(match.end(), nearest.end())


def _recipients(match: re.Match[str], *, is_counted: bool) -> list[str]:
    """Return the kinds of recipients; two kinds that share a figure become ``mixed``."""
    kinds = [
        "collective" if word.lower() in _COLLECTIVES else "individual"
        for word in (match["first"], match["second"])
        if word
    ]
    if len(set(kinds)) == 1:
        return kinds[:1]
    return ["mixed"] if is_counted else kinds


def _figure_before(outline: Outline, position: int, start: int) -> Mention | None:
    """Return the figure directly before a position, unless it begins before ``start``."""
    before = [
        mention
        for mention in outline.analyzed.numbers
        if start <= mention.start and mention.end <= position
    ]
    return before[-1] if before and not outline.text[before[-1].end : position].strip() else None


def _givers(sentence: str) -> list[str]:
    match = _GIVEN_BY.search(sentence) or _GIVER.search(sentence)
    if match is None:
        return []
    parts = _GIVER_DELIMITER.split(match["givers"].strip(" ,"))
    return [stripped for part in parts if (stripped := part.strip())]
