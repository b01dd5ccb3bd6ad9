"""Codes that the words around digits show."""

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
    ],
)
def test_forms(text: str, form: str) -> None:
    """The form of an identifier says what kind of name it is part of."""
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
    ],
)
def test_counts_are_not_identifiers(text: str) -> None:
    """Digits that count the noun after them are quantities."""
    assert [mention.kind for mention in read_mentions(text)] == ["number"]


def test_an_identifier_before_an_unknown_noun_is_not_certain() -> None:
    """Digits after a class word may count the word that follows."""
    (mention,) = read_mentions("thuộc nhóm 30 hạng nhất")
    assert (mention.kind, mention.is_certain) == ("code", False)
