"""The reader of mentions, tested with hand-made lists and single expressions."""

from __future__ import annotations

import json

import pytest

from antq_llm.core.packaged_data import data_folder
from antq_llm.mentions.vietnamese.names import read_names
from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions
from helpers.mentions import value_of
from helpers.paths import DATA

MENTIONS = json.loads((DATA / "mentions_seeds.json").read_text("utf-8"))


def test_numbers_and_dates_of_articles() -> None:
    """Precision and recall on a hand-made list, with offsets and values, are at least 0.98."""
    right = found = wanted = 0
    for stem, mentions in MENTIONS.items():
        text = (data_folder("seeds") / f"{stem}.txt").read_bytes().decode()
        by_hand = {
            (
                mention["kind"],
                mention["start"],
                mention["end"],
                mention["value"],
                mention.get("total"),
            )
            for mention in mentions
            if mention["kind"] in {"number", "date"}
        }
        read = {
            (mention.kind, mention.start, mention.end, value_of(mention), mention.total)
            for mention in read_mentions(text)
            if mention.kind in {"number", "date"}
        }
        right, found, wanted = right + len(read & by_hand), found + len(read), wanted + len(by_hand)
    assert right / found >= 0.98
    assert right / wanted >= 0.98


def test_the_hand_made_lists_are_whole() -> None:
    """The mentions in each hand-made list are in order, with spans as long as their texts."""
    for mentions in MENTIONS.values():
        assert [mention["start"] for mention in mentions] == sorted(
            mention["start"] for mention in mentions
        )
        assert all(
            mention["end"] - mention["start"] == len(mention["text"]) for mention in mentions
        )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("đạt 2.700 hộ", [("number", "2.700", 2700)]),
        ("hơn 1,2 tỷ đồng", [("number", "1,2 tỷ", 1_200_000_000)]),
        ("2 tỷ 300 triệu đồng", [("number", "2 tỷ 300 triệu", 2_300_000_000)]),
        ("05 năm", [("number", "05", 5)]),
        ("trên 3 nghìn hộ", [("number", "3 nghìn", 3000)]),
        ("gần 40%", [("number", "40", 40)]),
        ("73.106.920.518 đồng", [("number", "73.106.920.518", 73_106_920_518)]),
        ("264.930,8 m2", [("number", "264.930,8", 264_930.8)]),
        ("617,3048 ha", [("number", "617,3048", 617.3048)]),
        ("It cost 1.44 or 1,234 dollars", [("number", "1.44", 1.44), ("number", "1,234", 1234)]),
        ("10-15 người", [("number", "10-15", 10)]),
        ("ngày 24/9", [("date", "24/9", "XXXX-09-24")]),
        ("Chiều 18.9", [("date", "18.9", "XXXX-09-18")]),
        ("sáng 27-4", [("date", "27-4", "XXXX-04-27")]),
        ("ngày 30 tháng 11 năm 2019", [("date", "30 tháng 11 năm 2019", "2019-11-30")]),
        ("từ tháng 12-2019", [("date", "12-2019", "2019-12")]),
        ("tháng 12 năm 2019", [("date", "12 năm 2019", "2019-12")]),
        ("trong tháng 6", [("date", "6", "XXXX-06")]),
        ("quý I/2024", [("date", "2024", "2024-01/2024-03")]),
        ("quý III năm 2023", [("date", "2023", "2023-07/2023-09")]),
        ("giai đoạn 2016 – 2020", [("date", "2016 – 2020", "2016/2020")]),
        (
            "năm 2021, 2022 và 2023",
            [("date", "2021", "2021"), ("date", "2022", "2022"), ("date", "2023", "2023")],
        ),
        ("từ tháng 12–2019", [("date", "12–2019", "2019-12")]),
        ("HƠN 640 TRIỆU ĐỒNG", [("number", "640 TRIỆU", 640_000_000)]),
        ("2 NGHÌN TỶ ĐỒNG", [("number", "2 NGHÌN TỶ", 2_000_000_000_000)]),
        ("với 10 Triệu Phong", [("number", "10", 10)]),
        ("640\ntriệu đồng", [("number", "640\ntriệu", 640_000_000)]),
        ("ngày 30\ntháng 11\nnăm 2019", [("date", "30\ntháng 11\nnăm 2019", "2019-11-30")]),
        ("lúc 3\ngiờ 30", [("time", "3\ngiờ 30", "03:30")]),
        ("2022-04-16", [("date", "2022-04-16", "2022-04-16")]),
        ("từ 19-25/8", [("date", "19-25/8", "XXXX-08-19/XXXX-08-25")]),
        (
            "lúc 3 giờ 30 phút ngày 25/7/2024",
            [("time", "3 giờ 30 phút", "03:30"), ("date", "25/7/2024", "2024-07-25")],
        ),
        ("20h30", [("time", "20h30", "20:30")]),
        ("30/02/2021", [("number", "30", 30), ("number", "02/2021", 2)]),
        ("3000 m2 đất", [("number", "3000", 3000)]),
        ("Kế hoạch số 15/KH-UBND", [("code", "15/KH-UBND", "15/KH-UBND")]),
        ("Phòng PA05", [("code", "05", "05")]),
        ("Khu phố 6 có 8 Khu phố", [("code", "6", "6"), ("number", "8", 8)]),
        ("gọi 0913.456.789", [("code", "0913.456.789", "0913.456.789")]),
        ("mô hình “3 giảm”", [("code", "3", "3")]),
        ("mô hình“3 người”", [("code", "3", "3")]),
        ("phong trào “3 người tốt”", [("code", "3", "3")]),
        ("chị nói: “Nhà có 4 anh em”", [("number", "4", 4)]),
        ("công an quận 2 năm 2016", [("code", "2", "2"), ("date", "2016", "2016")]),
        ("phòng 5 có mức 36,5 độ", [("code", "5", "5"), ("number", "36,5", 36.5)]),
        ("", []),
        ("không có chữ số", []),
    ],
)
def test_single_expressions(text: str, expected: list[tuple[str, str, object]]) -> None:
    """An expression is read with the expected kind, span and value."""
    mentions = read_mentions(text)
    assert [(mention.kind, mention.text, value_of(mention)) for mention in mentions] == expected
    assert all(text[mention.start : mention.end] == mention.text for mention in mentions)


@pytest.mark.parametrize(
    "text",
    [
        "1" * 5000,
        "1" * 5000 + ",5.5,5",
        "1" * 400 + ",5 triệu",
        "9" * 41 + "/" + "9" * 41,
        "0:" * 3000,
        "1/" * 3000,
        "\n" * 20_000,
    ],
)
def test_senseless_digits_are_read_without_an_error(text: str) -> None:
    """Meaningless digits cause no error, and each mention matches the text at its span."""
    assert all(text[mention.start : mention.end] == mention.text for mention in read_mentions(text))
    assert read_names(text) == []


@pytest.mark.parametrize(
    "text", ["12 người xem phim “24 giờ”", "xem phim “24 giờ” với 12 người", "“24 giờ” có 12 người"]
)
def test_numbers_outside_a_quoted_name(text: str) -> None:
    """A number before or after a quoted name that contains digits is a quantity."""
    assert (12, "number") in [(mention.value, mention.kind) for mention in read_mentions(text)]
