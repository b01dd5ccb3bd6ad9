"""Times of day read from digits."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions
from antq_llm.mentions.vietnamese.times import possible_times


def times_in(text: str) -> list[tuple[str, object, object]]:
    """Return the words and bounds of the times in a text."""
    return [
        (mention.text, mention.value, mention.upper)
        for mention in read_mentions(text)
        if mention.kind == "time"
    ]


@pytest.mark.parametrize(
    ("text", "words", "time"),
    [
        ("lúc 8h", "8h", "08:00"),
        ("lúc 19:30", "19:30", "19:30"),
        ("lúc 7 giờ 5 phút", "7 giờ 5 phút", "07:05"),
        ("lúc 12h00′ trưa", "12h00′", "12:00"),
        ("vào lúc 13h25’ chiều", "13h25’", "13:25"),
        ("lúc 8g15", "8g15", "08:15"),
        ("lúc 8g, họ đến", "8g", "08:00"),
        ("khoảng 1giờ 15 ngày mai", "1giờ 15", "01:15"),
        ("khoảng 7h5' ngày mai", "7h5'", "07:05"),
        ("khoảng 7h5 phút ngày mai", "7h5 phút", "07:05"),
        ("lúc 3h30p", "3h30p", "03:30"),
        ("lúc 2 giờ 15 phút để kịp tàu", "2 giờ 15 phút", "02:15"),
        ("họp tới 11 giờ, ai nấy về", "11 giờ", "11:00"),
        ("17h 30, đoàn đến", "17h 30", "17:30"),
        ("20h kém 10", "20h kém 10", "19:50"),
        ("lúc 8 giờ kém 15", "8 giờ kém 15", "07:45"),
        ("lúc 6 giờ rưỡi", "6 giờ rưỡi", "06:30"),
        ("khoảng 9 giờ sáng", "9 giờ", "09:00"),
        ("lúc 4h chiều", "4h", "16:00"),
        ("khoảng 10 giờ tối", "10 giờ", "22:00"),
        ("lúc 12h đêm", "12h", "00:00"),
        ("lúc 1 giờ trưa", "1 giờ", "13:00"),
        ("khoảng 20 giờ ngày mai", "20 giờ", "20:00"),
        ("đến 22 giờ cùng ngày", "22 giờ", "22:00"),
        ("đến gần 11h, trời tạnh", "11h", "11:00"),
        ("đến 24h ngày mai", "24h", "24:00"),
        ("về sau 18 h, rồi nghỉ", "18 h", "18:00"),
        ("ca B 18 h30 họp", "18 h30", "18:30"),
        ("lúc 18 h30, xã họp", "18 h30", "18:30"),
    ],
)
def test_clock_times(text: str, words: str, time: str) -> None:
    """A time is read on the 24-hour clock, from its minutes and the part of the day after it."""
    assert times_in(text) == [(words, time, None)]


@pytest.mark.parametrize(
    ("text", "words", "first", "last"),
    [
        ("từ 12-14h", "12-14h", "12:00", "14:00"),
        ("từ 7h30 - 9h", "7h30 - 9h", "07:30", "09:00"),
        ("từ 19 giờ đến 21 giờ 30", "19 giờ đến 21 giờ 30", "19:00", "21:30"),
        ("từ 16h đến 18h", "16h đến 18h", "16:00", "18:00"),
        ("từ 7 h30 đến 9 h45", "7 h30 đến 9 h45", "07:30", "09:45"),
        ("từ 2 đến 4 giờ chiều", "2 đến 4 giờ", "14:00", "16:00"),
        ("từ 7 giờ sáng đến 5 giờ chiều", "7 giờ sáng đến 5 giờ", "07:00", "17:00"),
    ],
)
def test_ranges_of_times(text: str, words: str, first: str, last: str) -> None:
    """A range of times is one mention with two bounds."""
    assert times_in(text) == [(words, first, last)]


@pytest.mark.parametrize(
    "text",
    [
        "gần 1h đồng hồ",
        "kéo dài 2 giờ 16 phút",
        "sau hơn 1 giờ 40 phút",
        "trong thời gian 2h50'",
        "làm việc 8 giờ mỗi ngày",
        "đi mất 3 giờ",
        "nghỉ sau 3 h, rồi về",
        "làm trong 18 h, rồi về",
        "trong vòng 24h qua",
        "tốc độ 60km/h",
        "dành 3 giờ 25 phút mỗi tuần",
        "đi 2 giờ 25 phút để tới trường",
        "thay vì 2 - 3 giờ",
        "chờ suốt 5g",
        "thu giữ 5g heroin",
        "ký hiệu A8h30",
        "A8h30",
        "thời lượng 1h30 phút",
        "tốn 4 giờ 10 phút",
        "25:10",
        "lúc 31h",
        "lúc 24h30",
    ],
)
def test_durations_are_not_times(text: str) -> None:
    """Hours that measure a duration are not a time of day."""
    assert times_in(text) == []


def test_the_minutes_of_a_duration_are_a_number() -> None:
    """Digits after the ``h`` of a duration are minutes, not part of a name."""
    mentions = read_mentions("mất 1h20 phút")
    assert [(mention.kind, mention.value) for mention in mentions] == [
        ("number", 1),
        ("number", 20),
    ]


def test_a_time_of_the_afternoon_may_be_written_as_printed() -> None:
    """An hour before ``chiều`` (afternoon) is also a possible time without adding twelve."""
    assert possible_times("lúc 4 giờ chiều") == {"04:00"}


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("lúc 3 giờ sáng", "03:00"),
        ("lúc 11 giờ trưa", "11:00"),
        ("lúc 12 giờ trưa", "12:00"),
        ("lúc 1 giờ trưa", "13:00"),
        ("lúc 2 giờ trưa", "14:00"),
        ("lúc 1 giờ chiều", "13:00"),
        ("lúc 7 giờ chiều", "19:00"),
        ("lúc 11 giờ chiều", "23:00"),
        ("lúc 4 giờ tối", "16:00"),
        ("lúc 11 giờ tối", "23:00"),
        ("lúc 9 giờ đêm", "21:00"),
        ("lúc 11 giờ đêm", "23:00"),
        ("lúc 12 giờ đêm", "00:00"),
        ("lúc 24h", "24:00"),
    ],
)
def test_the_part_of_the_day_settles_the_hour(text: str, time: str) -> None:
    """The part of the day after an hour settles the half of the day; twelve at night is 00:00."""
    assert [(mention.kind, mention.value) for mention in read_mentions(text)] == [("time", time)]


@pytest.mark.parametrize("text", ["lúc 25h", "lúc 25 giờ", "lúc 30h15"])
def test_a_day_has_24_hours(text: str) -> None:
    """An hour above 24 is not read as a time."""
    assert "time" not in {mention.kind for mention in read_mentions(text)}


@pytest.mark.parametrize("text", ["14-12h", "từ 9h đến 9h", "12-12h"])
def test_hours_that_do_not_ascend_are_no_range(text: str) -> None:
    """Bare hours are a range only if they ascend, and equal times are never a range."""
    assert [mention.upper for mention in read_mentions(text)] == [None, None]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("từ 9 giờ đến 9 giờ 30 tối", "21:00", "21:30"),
        ("từ 8 giờ đến 10 giờ tối", "20:00", "22:00"),
        ("từ 10 giờ đến 2 giờ chiều", "10:00", "14:00"),
        ("từ 22h đến 5h", "22:00", "05:00"),
        ("từ 0h đến 24h", "00:00", "24:00"),
    ],
)
def test_the_part_of_the_day_of_a_range(text: str, first: str, last: str) -> None:
    """The part of the day after a range applies to both times if they then ascend."""
    (mention,) = read_mentions(text)
    assert (mention.value, mention.upper) == (first, last)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("lúc 12 giờ tối", "00:00"),
        ("lúc 12 giờ khuya", "00:00"),
        ("lúc 11 giờ khuya", "23:00"),
        ("lúc 6 giờ đêm", "18:00"),
        ("lúc 0h30 tối", "00:30"),
        ("lúc 0h30 chiều", "12:30"),
        ("lúc 12 giờ chiều", "12:00"),
    ],
)
def test_twelve_is_noon_or_midnight(text: str, time: str) -> None:
    """Twelve in the evening or at night is midnight, and in the afternoon it is noon."""
    assert [(mention.kind, mention.value) for mention in read_mentions(text)] == [("time", time)]


@pytest.mark.parametrize(("hours", "kind"), [(4, "number"), (5, "time")])
def test_hours_after_a_word_for_the_end(hours: int, kind: str) -> None:
    """After ``đến``, few hours are a duration, and five or more are a time of day."""
    (mention,) = read_mentions(f"mở cửa đến {hours} giờ")
    assert mention.kind == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("nghỉ sau 5h", "number"),
        ("nghỉ sau 6h", "time"),
        ("nghỉ sau 5h sáng", "time"),
        ("mất 6h", "number"),
        ("lúc 5h", "time"),
        ("lúc 10-12 giờ", "time"),
        ("mất 10-12 giờ", "number"),
        ("mở cửa 10-12h", "time"),
        ("mở cửa 8-10 giờ sáng", "time"),
    ],
)
def test_hours_with_a_sign(text: str, kind: str) -> None:
    """Hours are a time of day unless the word before them makes them a duration."""
    (mention,) = read_mentions(text)
    assert mention.kind == kind


@pytest.mark.parametrize("text", ["mở cửa 12-10h", "mở cửa 10-10h"])
def test_hours_that_do_not_ascend(text: str) -> None:
    """Two hours are a range only if the second is later."""
    assert [mention.upper for mention in read_mentions(text)] == [None, None]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12 giờ đêm", "00:00"),
        ("12 giờ trưa", "12:00"),
        ("12 giờ chiều", "12:00"),
        ("1 giờ trưa", "13:00"),
        ("2 giờ trưa", "14:00"),
        ("3 giờ trưa", "03:00"),
        ("5 giờ đêm", "05:00"),
        ("6 giờ đêm", "18:00"),
        ("11 giờ đêm", "23:00"),
        ("lúc 24 giờ", "24:00"),
        ("lúc 24h00", "24:00"),
    ],
)
def test_the_hours_of_the_second_half_of_the_day(text: str, value: str) -> None:
    """For each part of the day, twelve hours are added from its first to its last hour."""
    (mention,) = read_mentions(text)
    assert (mention.kind, mention.value) == ("time", value)


@pytest.mark.parametrize("text", ["lúc 25 giờ", "lúc 24h30"])
def test_hours_after_the_end_of_the_day(text: str) -> None:
    """A time after 24:00 is not read as a time."""
    assert {mention.kind for mention in read_mentions(text)} == {"number"}


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("lúc 0 giờ", "00:00"),
        ("LÚC 0 GIỜ", "00:00"),
        ("từ 0 giờ, đường cấm xe", "00:00"),
        ("0 giờ ngày mai", "00:00"),
    ],
)
def test_hour_zero(text: str, time: str) -> None:
    """Hour zero is a time of day."""
    assert [value for _, value, _ in times_in(text)] == [time]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("lúc 3 giờ, mưa to", "03:00"),
        ("hồi khoảng 2 giờ, mưa to", "02:00"),
    ],
)
def test_small_hours(text: str, time: str) -> None:
    """Few hours after ``lúc`` or ``hồi`` may also be those of the afternoon."""
    (mention,) = read_mentions(text)
    assert (mention.value, mention.is_certain) == (time, False)


@pytest.mark.parametrize("text", ["còn 0 giờ", "khoảng 3 giờ", "lúc 3 giờ đồng hồ", "vào 2 giờ"])
def test_small_hours_of_a_duration(text: str) -> None:
    """Without ``lúc`` or ``hồi``, few hours are a duration."""
    assert times_in(text) == []
