"""Codes that are recognised by the words around them."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions
from helpers.mentions import bounds_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("quốc lộ 1A", [("1A", "1A", None)]),
        ("QL1A", [("1A", "1A", None)]),
        ("phường 12, 13", [("12", "12", None), ("13", "13", None)]),
        ("U20 Việt Nam", [("20", "20", None)]),
        ("thế hệ 9X", [("9X", "9X", None)]),
        ("điều 8 và 9 bộ luật mới", [("8", "8", None), ("9", "9", None)]),
        ("máy bay Boeing 787-9", [("787", "787", None), ("9", "9", None)]),
        ("tàu bay A320-200 mới", [("320", "320", None), ("200", "200", None)]),
        ("kênh T2 cạn nước", [("2", "2", None)]),
    ],
)
def test_identifiers(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    """Digits that are part of a name or an address are codes."""
    assert bounds_of(text, "code") == expected


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("phường 12, TP", "address"),
        ("ngụ Q.9", "address"),
        ("xóm 3 thôn Đoài", "address"),
        ("quốc lộ 80 đoạn qua xã", "road"),
        ("phòng 307, tầng trệt", "room"),
        ("Nghị quyết Trung ương 4", "document"),
        ("xe buýt 621 chạy", "bus"),
        ("Quân khu 3", "unit"),
        ("con giáp thứ 13", "ordinal"),
        ("sáng thứ 2 tuần này", "weekday"),
        ("thứ 6 (9/6)", "weekday"),
        ("gọi 113", "phone"),
        ("máy Lumia 640 có", "name"),
        ("vàng 9999", "name"),
        ("Ban Chấp hành khóa XII họp", "ordinal"),
        ("xe Forester 2.0 chạy", "name"),
        ("đội U.20 đá", "name"),
        ("tổ Y9/141 tuần tra", "name"),
        ("trên ĐT.741 (đoạn qua chợ)", "road"),
        ("bệnh viện 115.", "unit"),
        ("kỳ quay 141 có", "ordinal"),
        ("Trạm nghỉ. 2. Quán ăn", "item"),
        ("theo điều 165 bộ luật cũ", "document"),
        ("ghi ở điều 8 quy chế", "document"),
        ("ngôi Á hậu 1 cuộc thi", "ordinal"),
        ("thua ở vòng 2 ngày 7/5", "ordinal"),
        ("vào top 5 thế giới", "ordinal"),
        ("tàu 8004 đã rời cảng", "vehicle"),
        ("Vùng Cảnh sát biển 1.", "unit"),
        ("chuyên đề 414 của trường", "unit"),
        ("Đội CSGT 1.18 tuần tra", "name"),
        ("tàu KN 490 tuần tra", "name"),
        ("do Công ty 36 thi công", "unit"),
        ("trực thăng Mi 7 cất cánh", "name"),
        ("xe Tiger 800 màu đỏ", "name"),
    ],
)
def test_forms(text: str, form: str) -> None:
    """The form of an identifier says what it identifies, such as an address or a road."""
    assert [mention.form for mention in read_mentions(text) if mention.kind == "code"] == [form]


@pytest.mark.parametrize(
    "text",
    [
        "tổng số 95 bài",
        "trong số 8 hộ",
        "điều 2 xe cứu hộ",
        "màn hình 5 inch",
        "ở Gia Lai 2 con voi",
        "bộ đội 5 tỉnh",
        "được 3 điểm",
        "RAM 4 GB",
        "nhà 3 tầng",
        "top 3 ứng viên",
        "từng là á quân 2 lần",
        "điều 2 luật sư",
        "đưa lên tàu 20 người",
        "tàu 50.000 tấn",
        "ở Samsung 3 chiếc",
        "tàu Sao Biển 50m",
        "độ phân giải 900 x 1600",
        "vết 0,5x5 cm",
        "khung 40x60",
        "xe Tiger 80000 màu đỏ",
    ],
)
def test_counts_are_not_identifiers(text: str) -> None:
    """Digits that count the noun after them, or are too many for a model number, are quantities."""
    assert {mention.kind for mention in read_mentions(text)} == {"number"}


def test_an_identifier_before_an_unknown_noun_is_not_certain() -> None:
    """A group's number before an unknown word is not certain, since it may count that word."""
    (mention,) = read_mentions("thuộc nhóm 30 hạng nhất")
    assert (mention.kind, mention.is_certain) == ("code", False)


@pytest.mark.parametrize("text", ["xe Tiger 8000 màu đỏ", "iPhone 9 màu đen", "tàu 8004 trôi dạt"])
def test_a_model_before_an_unknown_noun_is_not_certain(text: str) -> None:
    """A model number before an unknown word is not certain, since it may count that word."""
    (mention,) = read_mentions(text)
    assert (mention.kind, mention.is_certain) == ("code", False)


def test_a_month_after_a_letter_is_not_certain() -> None:
    """``T2`` alone is a date that is not certain, since it may mean a terminal or February."""
    (mention,) = read_mentions("khai trương T2")
    assert (mention.kind, mention.is_certain) == ("date", False)


@pytest.mark.parametrize(("number", "form"), [(1, "item"), (30, "item"), (31, None)])
def test_the_last_number_of_a_list_item(number: int, form: str | None) -> None:
    """A number up to 30 and a full stop at the start of a line number an item of a list."""
    (mention,) = read_mentions(f"{number}. Cải tạo đường")
    assert mention.form == form


@pytest.mark.parametrize("start", ["Khóa", "Lần thứ", "Đại hội", "Chương", "Phần", "Kỳ", "Hạng"])
@pytest.mark.parametrize("before", ["", "Tại đây, trong những ngày qua, "])
def test_roman_identifiers(start: str, before: str) -> None:
    """A Roman numeral after a word such as ``khóa`` is an ordinal, anywhere in a text."""
    (mention,) = read_mentions(f"{before}{start} XII, họp")
    assert (mention.text, mention.form) == ("XII", "ordinal")


@pytest.mark.parametrize(
    ("text", "is_certain"),
    [
        ("Nghị quyết 5, xã họp", True),
        ("Kế hoạch 5, xã họp", True),
        ("Kế hoạch 5 trời mưa", False),
        ("xe Honda 67. Xã", True),
        ("xe Honda 67, xã", False),
    ],
)
def test_certain_identifiers(text: str, is_certain: bool) -> None:
    """An identifier is certain after a sure word, or if it counts nothing."""
    mention = read_mentions(text)[0]
    assert (mention.kind, mention.is_certain) == ("code", is_certain)
