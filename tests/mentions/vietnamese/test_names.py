"""Names after ranks and in quotation marks."""

from __future__ import annotations

import pytest

from antq_llm.mentions.quoted_names import quoted_names
from antq_llm.mentions.vietnamese.names import read_names


def test_a_name_ends_before_small_letters() -> None:
    """A name after a rank ends before a lower-case word, even one with an accented first letter."""
    assert [
        one.name for one in read_names("Đại tá Phạm Quốc Bình đã đến, thiếu úy Đỗ Văn Ẩn ăn trưa")
    ] == ["Phạm Quốc Bình", "Đỗ Văn Ẩn"]


def test_names() -> None:
    """Names after a rank and names in quotation marks are found with their spans."""
    text = "Thượng tá Phạm Quốc Bình, mô hình “Cổng trường bình yên”; đại tá Lò Thị Mai."
    names = read_names(text)
    assert [(one.name, one.rank) for one in names] == [
        ("Phạm Quốc Bình", "Thượng tá"),
        ("Cổng trường bình yên", None),
        ("Lò Thị Mai", "đại tá"),
    ]
    assert all(text[one.start : one.end] == one.name for one in names)


def test_quoted_names() -> None:
    """Text in quotation marks of any kind is found if it is within one line."""
    text = 'Mô hình “Tổ tự quản”, «Camera an ninh» và "Tiếng kẻng", “không\nđóng”'
    found = quoted_names(text)
    assert [name for _, _, name in found] == ["Tổ tự quản", "Camera an ninh", "Tiếng kẻng"]
    assert all(text[start:end] == name for start, end, name in found)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Bà nói: “Cả xóm chạy ra, không kịp mang gì.”", []),
        ("“Tôi chỉ mong con về sớm”, bà nói.", []),
        ("“Cháu ơi” là câu bà hay gọi.", []),
        ("Anh Hùng “béo” bị bắt, nhóm “giang hồ” tan rã.", []),
        ("Mô hình “tiếng kẻng an ninh” và câu lạc bộ “3 sạch”.", ["tiếng kẻng an ninh", "3 sạch"]),
        ('Xe chở "Hàng lạ", sau đó "Ánh sáng đêm" được lập.', ["Hàng lạ", "Ánh sáng đêm"]),
        ("“Xe chạy nhanh", []),
    ],
)
def test_speech_and_irony_are_not_names(text: str, names: list[str]) -> None:
    """Quoted sentences, speech and ironic words are not names; the quoted name of a club is."""
    assert [name.name for name in read_names(text)] == names
