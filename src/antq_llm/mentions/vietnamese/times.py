"""Vietnamese times of day in digits: ``20h30``, ``19:30``, ``8 giờ kém 15``, ``12-14h``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from antq_llm.mentions.mention import Mention
from antq_llm.mentions.vietnamese.digits import Digits, reads
from antq_llm.mentions.vietnamese.letters import MAY_BE_DIGIT
from antq_llm.text.lazy_patterns import lazy_re
from antq_llm.text.word_patterns import compile_words

_LOOKBACK, _LOOKAHEAD = 32, 32
_HALF_A_DAY, _WHOLE_DAY = 12, 24
_HOURS_OF_SECOND_HALF = {
    "trưa": (1, 2), "chiều": (0, 11), "tối": (1, 11), "đêm": (6, 11), "khuya": (6, 11)
}  # fmt: skip
"""The first and last hour to which twelve hours are added, for each part of the day."""
_PARTS_AROUND_MIDNIGHT = frozenset(("tối", "đêm", "khuya"))
_MIN_CLOCK_HOUR = 5
"""From this hour on, an expression such as ``đến 7 giờ`` is a time of day, not a duration."""

_NO_CLOCK_BEFORE = lazy_re(r"[\d:.,/]|[^\W\d_]")
_HOUR_SIGN = r"[hHgG](?![^\W\d_])"
_MINUTE_SIGN = r"(?:\s?(?:phút\b|ph\b|p\b)|['’′`])?"
_CLOCK = lazy_re(
    rf"(?P<hours>(?-i:[{MAY_BE_DIGIT}])(?<=\d)\d?)(?:"
    r":(?P<colon>[0-5]\d)(?::[0-5]\d)?(?![\d:])"
    r"|\s?(?:[hH]|[gG])(?![^\W\d_])"
    rf"(?:\s?:?\s?(?P<short>[0-5]\d|\d(?=['’′`p]|\s?ph(?:út)?\b))(?!\d|[.,/]\d){_MINUTE_SIGN}"
    r"|\s(?:kém|thiếu)\s(?P<short_less>[1-5]?\d)(?!\d)(?:\sphút\b)?)?"
    r"|(?P<hour_word>\s?giờ)(?![^\W\d_])"
    rf"(?:\s(?P<long>[0-5]?\d)(?!\d|[.,/-]\d)(?:\s?phút\b|['’′`]|(?!\s?(?:tháng|giờ|giây)\b))"
    r"|\s(?P<half>rưỡi)\b|\s(?:kém|thiếu)\s(?P<less>[1-5]?\d)(?!\d)(?:\sphút\b)?)?"
    r")",
    re.IGNORECASE,
)
_BARE_HOURS = lazy_re(
    rf"(?P<hours>\d{{1,2}})(?=(?:\s?[-–—]\s?|\s(?:đến|tới)\s)\d{{1,2}}(?:\s?{_HOUR_SIGN}|\sgiờ\b))"
)
_PART = lazy_re(r"\s(?:giờ\s)?(?P<part>rạng sáng|sáng|trưa|chiều|tối|đêm|khuya)\b", re.IGNORECASE)
_LINK = lazy_re(
    r"(?:\s(?:sáng|trưa|chiều|tối|đêm))?(?:\s?[-–—]\s?"
    r"|,?\s(?:cho\s)?(?:đến|tới)\s(?:khoảng\s|hơn\s|gần\s|hết\s)?)",
    re.IGNORECASE,
)
_TIME_WORD = compile_words(
    r"\b(?:lúc|vào|hồi|đến|tới|từ|khoảng|trước|đúng|chừng|tầm|ngày|sáng|trưa|chiều|tối|đêm|"
    r"thời điểm)(?:\s(?:khoảng|gần|hơn|quá|đúng|lúc|hồi))*\s\(?\Z",
    re.IGNORECASE,
)
_AT = lazy_re(r"\b(?:lúc|hồi)(?:\s(?:khoảng|gần|hơn|quá|đúng))*\s\Z", re.IGNORECASE)
"""Words after which even a small number of hours may be a time of day."""
_DAY_AFTER = lazy_re(
    r"(?:\s?\(|,)?\s?(?:cùng ngày|ngày|hôm|nay\b|thứ\s|chủ nhật|mùng|"
    r"(?:theo )?giờ |\(giờ|\d{1,2}[/.-]\d)",
    re.IGNORECASE,
)
_DURATION_BEFORE = compile_words(
    r"\b(?:suốt|mất|kéo dài|thời gian|thêm|mỗi|cách đây|hết|chậm|trễ|muộn|dài|trong|vòng|sau|"
    r"lên đến|lên tới|tổng cộng|làm việc|ngủ|chờ|đợi|cứ|được|chạy|dành|dành ra|bỏ ra|tốn|"
    r"tiêu tốn|thời lượng|thay vì|chỉ còn|rút xuống còn|rút ngắn còn|cả|đủ|ngồi|"
    r"nhanh hơn|chậm hơn|lâu hơn|thành tích|kỷ lục)"
    r"(?:\s(?:khoảng|gần|hơn|vòng|chừng|ít nhất|là|ra))*\s\Z|(?:^|[^\w\s])\s?(?:hơn|gần)\s\Z",
    re.IGNORECASE,
)
_PURPOSE_AFTER = lazy_re(r"\s(?:để|nhằm|cho việc)\b", re.IGNORECASE)
"""Words that follow a duration more often than a time of day."""
_VAGUE_BEFORE = lazy_re(r"\b(?:gần|hơn|khoảng|ít nhất|trên|dưới|tối đa|có|là)\s\Z", re.IGNORECASE)
_DURATION_AFTER = compile_words(
    r"\s(?:mỗi ngày|một ngày|đồng hồ|liền|liên tục|làm việc|bay|trôi|liên tiếp|qua|nữa|"
    r"sau đó|sau khi|sau|trước đó|"
    r"trước khi|chạy xe|lái xe|di chuyển|nghỉ|chờ|chờ đợi|đi bộ|đi xe|đi lại|đi đường|luyện tập|"
    r"tập luyện|thi đấu|học|giảng)\b|\s?/\s?(?:\w|24)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time as printed, with the part of the day that follows it."""

    start: int
    end: int
    hours: int
    minutes: int
    is_worded: bool
    """Whether ``giờ`` follows the hours, which may then also be a duration."""
    has_minutes: bool
    part: str | None


@reads(r"\d{1,2}(?:\s?[:hHgG–—-]|\s[đt])")
def read_time(digits: Digits) -> Mention | None:
    """Return the time of day or range that starts at a digit; None if there is none."""
    text, start = digits.text, digits.start
    if _NO_CLOCK_BEFORE.match(text, max(0, start - 1), start):
        return None
    first = _read_clock(text, start)
    before = digits.before[-_LOOKBACK:]
    if first is None:
        return _read_bare_hours(text, start, before)
    if last := _linked_clock(text, first):
        return _range(text, first, last)
    is_certain = _is_clock(text, first, before)
    value = _value(first)
    if value is None or not (is_certain or _may_be_clock(text, first, before)):
        return None
    end = first.end
    return Mention("time", start, end, text[start:end], value, is_certain=is_certain)


def possible_times(text: str) -> set[str]:
    """Return the times in a text that are followed by a part of the day.

    Their hours are returned as printed: ``4 giờ chiều`` is 04:00.
    """
    found = set()
    for match in _CLOCK.finditer(text):
        clock = _clock_of(match)
        if clock.part and (value := _written(clock.hours, clock.minutes)):
            found.add(value)
    return found


def _read_clock(text: str, start: int) -> _Clock | None:
    match = _CLOCK.match(text, start)
    clock = _clock_of(match) if match else None
    return clock if clock and clock.hours <= _WHOLE_DAY else None


def _clock_of(match: re.Match[str]) -> _Clock:
    minutes = match["colon"] or match["short"] or match["long"]
    less = match["short_less"] or match["less"]
    total = 60 * int(match["hours"]) + int(minutes or 0) - int(less or 0)
    total += 30 if match["half"] else 0
    part = _PART.match(match.string, match.end())
    return _Clock(
        match.start(),
        match.end(),
        *divmod(max(0, total), 60),
        is_worded=match["hour_word"] is not None,
        has_minutes=bool(minutes or less or match["half"]),
        part=part["part"].lower() if part else None,
    )


def _linked_clock(text: str, first: _Clock) -> _Clock | None:
    """Return the second time of a range, or None if the first time does not begin one."""
    link = _LINK.match(text, first.end)
    last = _read_clock(text, link.end()) if link else None
    is_range = last is not None and (last.hours, last.minutes) != (first.hours, first.minutes)
    return last if is_range and not _DURATION_AFTER.match(text, last.end if last else 0) else None


def _read_bare_hours(text: str, start: int, before: str) -> Mention | None:
    """Return a range of hours in which only the last has a sign: ``12-14h``."""
    match = _BARE_HOURS.match(text, start)
    if match is None:
        return None
    first = _Clock(start, match.end(), int(match["hours"]), 0, False, False, None)
    last = _linked_clock(text, first)
    if last is None or (last.is_worded and not _is_clock(text, last, before)):
        return None
    return _range(text, first, last) if first.hours < last.hours else None


def _range(text: str, first: _Clock, last: _Clock) -> Mention | None:
    part = first.part
    if part is None and last.part and first.hours <= last.hours:
        part = last.part
    value, upper = _value(first, part), _value(last)
    if value is None or upper is None:
        return None
    return Mention("time", first.start, last.end, text[first.start : last.end], value, upper=upper)


def _value(clock: _Clock, part: str | None = None) -> str | None:
    """Return a time as ``HH:MM`` on the 24-hour clock, or None if it is past the end of the day."""
    part = part or clock.part
    hours = clock.hours
    first, last = _HOURS_OF_SECOND_HALF.get(part or "", (_WHOLE_DAY, 0))
    if first <= hours <= last:
        hours += _HALF_A_DAY
    elif hours == _HALF_A_DAY and part in _PARTS_AROUND_MIDNIGHT:
        hours = 0
    return _written(hours, clock.minutes)


def _written(hours: int, minutes: int) -> str | None:
    is_in_day = hours < _WHOLE_DAY or (hours == _WHOLE_DAY and minutes == 0)
    return f"{hours:02d}:{minutes:02d}" if is_in_day else None


def _is_clock(text: str, clock: _Clock, before: str) -> bool:
    """Return whether hours are a time of day and not a duration."""
    after = text[clock.end : clock.end + _LOOKAHEAD]
    if ":" in text[clock.start : clock.end] or clock.part:
        return True
    if _DAY_AFTER.match(after):
        return True
    if _DURATION_AFTER.match(after):
        return False
    is_duration = bool(_DURATION_BEFORE.search(before))
    is_time = bool(_TIME_WORD.search(before))
    if clock.hours == _WHOLE_DAY:
        return is_time and not is_duration
    if not clock.is_worded and not clock.has_minutes and text[clock.end - 1] in "gG":
        return is_time and not is_duration  # "5g" may also be a weight.
    if not clock.is_worded:
        return not is_duration or (clock.hours > _MIN_CLOCK_HOUR and before.endswith("sau "))
    if clock.has_minutes:
        is_vague = _VAGUE_BEFORE.search(before) or _PURPOSE_AFTER.match(after)
        return not is_duration and (is_time or not is_vague)
    is_hour_of_day = clock.hours >= _MIN_CLOCK_HOUR or clock.hours == 0
    return is_time and not is_duration and is_hour_of_day


def _may_be_clock(text: str, clock: _Clock, before: str) -> bool:
    """Return whether few hours may be a time of day, in the morning or afternoon."""
    return (
        clock.is_worded
        and not clock.has_minutes
        and not _DURATION_AFTER.match(text, clock.end)
        and _AT.search(before) is not None
    )
