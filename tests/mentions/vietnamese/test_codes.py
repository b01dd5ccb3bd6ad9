"""Codes that are recognised by their form or the words before them."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions
from helpers.mentions import bounds_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nghị định 142/2013", [("142/2013", "142/2013", None)]),
        ("Nghị quyết 19-2017/NQ-CP", [("19-2017/NQ-CP", "19-2017/NQ-CP", None)]),
        ("xe BKS 59F1-13988", [("59F1-13988", "59F1-13988", None)]),
        ("xe 51A - 339.78 đỗ", [("51A - 339.78", "51A - 339.78", None)]),
        ("biển số 68H-2608", [("68H-2608", "68H-2608", None)]),
        ("điện thoại 0975.839.126", [("0975.839.126", "0975.839.126", None)]),
        ("Số tài khoản: 1303 201 045 980 .", [("1303 201 045 980", "1303 201 045 980", None)]),
        ("ngõ 49/28 phố Hàng", [("49/28", "49/28", None)]),
        ("biển số 51F-12x.xx", [("51F-12x.xx", "51F-12x.xx", None)]),
        ("mang BKS 29C-123.xx", [("29C-123.xx", "29C-123.xx", None)]),
        ("xe 61B2 417.2x chạy", [("61B2 417.2x", "61B2 417.2x", None)]),
        ("tàu QN 90123 TS", [("90123 TS", "90123 TS", None)]),
        ("máy bay Y-8F-200 cũ", [("8F-200", "8F-200", None)]),
        ("dẫn động 4x4, máy khỏe", [("4x4", "4x4", None)]),
        ("Km60+900", [("60+900", "60+900", None)]),
        ("[1,5,7,2]", [("1,5,7,2", "1,5,7,2", None)]),
        ("trực 24/7", [("24/7", "24/7", None)]),
    ],
)
def test_codes(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    """Licence plates, document numbers, phone numbers and the like are read as whole codes."""
    assert bounds_of(text, "code") == expected


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("xe mang BKS 43X6 – 2779", "plate"),
        ("biển kiểm soát 92 H1 - 11100", "plate"),
        ("hotline: 1900 1234", "phone"),
        ("điện thoại (024) 3936 1234", "phone"),
        ("mã số thuế 0101234567", "serial"),
        ("CMND số 012345678", "identity_card"),
        ("số tài khoản 102020000189568", "account"),
        ("Nghị định 46/2016", "document"),
        ("Thông tư số 01/2016/TT-BTC", "document"),
        ("Chỉ thị 12-CT/TW", "document"),
        ("số 15 QĐ/VKS", "document"),
        ("hẻm 12/5/7 đường Lê Lai", "address"),
        ("tại 270 Trường Chinh", "address"),
        ("ĐKTT 45/73/85 Hàng Kênh", "address"),
        ("tại km 9 + 400", "road"),
        ("trên đường 3 tháng 2 ùn tắc", "name"),
        ("tại bệnh viện 19-8", "name"),
        ("xe khách 27B1.47571 chạy", "plate"),
        ("xe 51B 214.77 của bến", "plate"),
        ("BKS: 60V-91…", "plate"),
        ("mở cửa 24/24", "idiom"),
        ("chạy Android 7.1.1", "data"),
    ],
)
def test_forms(text: str, form: str) -> None:
    """The form of a code says what it identifies, such as a licence plate or a document."""
    assert [mention.form for mention in read_mentions(text) if mention.kind == "code"] == [form]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("22.715 đồng/USD", "number"),
        ("từ 2-3 người", "number"),
        ("tăng 5-7%", "number"),
        ("phục vụ ngày 24/7", "date"),
        ("tuyến cáp 32Tbps", "number"),
        ("máy 115CV mới", "number"),
        ("mỗi ngày 200kWh, 3GHz", "number"),
    ],
)
def test_what_looks_like_a_code(text: str, kind: str) -> None:
    """Exchange rates, ranges, dates and units in capitals are not codes."""
    assert {mention.kind for mention in read_mentions(text)} == {kind}


@pytest.mark.parametrize("separator", [",", ".", ", ", ":", "/", "-", " - ", " "])
def test_a_long_run_of_numbers_is_one_code(separator: str) -> None:
    """A long run of numbers, such as the data of a chart, is one code, whatever the separator."""
    data = separator.join(["12", "5", "7"] * 20)
    assert [(mention.text, mention.form) for mention in read_mentions(f"({data})")] == [
        (data, "data")
    ]


@pytest.mark.parametrize("text", ["CMND 99 tháng", "CMND 9 người"])
def test_a_short_number_that_counts_is_no_identity_card(text: str) -> None:
    """A short number after the word for identity card is a quantity if it counts something."""
    assert [mention.kind for mention in read_mentions(text)] == ["number"]


@pytest.mark.parametrize("text", ["số tài khoản 20", "số tài khoản 2017"])
def test_a_short_number_is_no_account(text: str) -> None:
    """A short number after the words for account number is not read as an account number."""
    assert "account" not in {mention.form for mention in read_mentions(text)}


def test_a_serial_number_after_a_capital_letter() -> None:
    """Digits after a word for a serial number and a letter are a code before a function word."""
    (mention,) = read_mentions("mã A 12 được cấp lại")
    assert (mention.kind, mention.form) == ("code", "serial")


@pytest.mark.parametrize(
    ("number", "is_phone"),
    [
        ("12 345", False),
        ("12 3456", True),
        ("12 345 678 901 23", True),
        ("12 345 678 901 234", False),
    ],
)
def test_the_digits_of_a_phone_number(number: str, is_phone: bool) -> None:
    """After a word for a phone, groups of 6 to 13 digits are a phone number."""
    mention = read_mentions(f"điện thoại: {number}")[0]
    assert (mention.form == "phone") is is_phone


@pytest.mark.parametrize(
    ("text", "expression", "form"),
    [
        ("đường 3 tháng 2", "3 tháng 2", "name"),
        ("bệnh viện 19-8", "19-8", "name"),
        ("nhà máy 5/6", "5/6", "name"),
        ("số nhà 12/3", "12/3", "address"),
        ("nhà 12/3/4", "12/3/4", "address"),
        ("tại 12/3 đường Mai", "12/3", "address"),
        ("tại 12A Mai Lan", "12A", "address"),
        ("ở số 12 phố Mai", "12", "address"),
        ("12 Mai Lan, phường Hoa", "12", "address"),
        ("gọi 1900 1234", "1900 1234", "phone"),
        ("hỏi 1800 5678", "1800 5678", "phone"),
        ("hỏi 0912 345 678", "0912 345 678", "phone"),
    ],
)
def test_addresses_and_phones(text: str, expression: str, form: str) -> None:
    """Addresses, names from dates and phone numbers are codes of their own forms."""
    (mention,) = read_mentions(text)
    assert (mention.text, mention.form) == (expression, form)


@pytest.mark.parametrize(
    ("text", "kind"), [("hộ 30/4", "date"), ("có 12 Mai Lan", "number"), ("phố 3 người", "number")]
)
def test_digits_without_a_word_for_a_place(text: str, kind: str) -> None:
    """Digits that do not follow a word for a place, or that count a noun, are not an address."""
    (mention,) = read_mentions(text)
    assert mention.kind == kind


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("tài khoản 12345 hộ", None),
        ("tài khoản 123456 hộ", "account"),
        ("mã số 12345 hộ", None),
        ("mã số 123456 hộ", "serial"),
        ("mã số 12345, xã", "serial"),
        ("căn cước 12345, xã", "identity_card"),
    ],
)
def test_the_digits_of_an_account(text: str, form: str | None) -> None:
    """After a word for an account or serial number, six digits are a code even before a noun."""
    (mention,) = read_mentions(text)
    assert mention.form == form
