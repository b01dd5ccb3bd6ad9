"""Vague amounts, multiples and halves in words."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions


@pytest.mark.parametrize(
    ("text", "expression", "lower", "upper"),
    [
        ("có hàng chục hộ", "hàng chục", 10, 99),
        ("có hàng trăm triệu đồng", "hàng trăm triệu", 100_000_000, 999_999_999),
        ("cả trăm thanh niên", "cả trăm", 100, 999),
        ("có vài hộ", "vài", 2, 9),
        ("có một vài hộ", "một vài", 2, 9),
        ("có vài trăm hộ", "vài trăm", 200, 900),
        ("mất mấy chục năm", "mấy chục", 20, 90),
        ("có dăm hộ", "dăm", 3, 7),
        ("có dăm ba hộ", "dăm ba", 3, 5),
        ("có dăm bảy hộ", "dăm bảy", 5, 7),
        ("hai mươi mấy hộ", "hai mươi mấy", 21, 29),
        ("có đôi ba hộ", "đôi ba", 2, 3),
    ],
)
def test_vague_amounts_have_bounds(text: str, expression: str, lower: int, upper: int) -> None:
    """A vague amount is read as the range of its possible values, and is not certain."""
    (mention,) = read_mentions(text)
    assert (mention.text, mention.is_certain) == (expression, False)
    assert (mention.value, mention.upper) == (lower, upper)


@pytest.mark.parametrize(
    ("text", "expression", "value", "is_certain"),
    [
        ("gấp đôi năm trước", "gấp đôi", 2, True),
        ("gấp rưỡi năm trước", "gấp rưỡi", 1.5, True),
        ("gấp ba lần", "ba", 3, True),
        ("gấp 3 lần", "3", 3, True),
        ("thu nửa triệu đồng", "nửa triệu", 500_000, True),
        ("hơn chục hộ", "chục", 10, True),
        ("giảm một nửa", "một nửa", 0.5, False),
        ("quá nửa số hộ", "nửa", 0.5, False),
    ],
)
def test_multiples_and_halves(text: str, expression: str, value: float, is_certain: bool) -> None:
    """A multiple in words is read as its factor, and half of an unknown whole as 0.5."""
    (mention,) = read_mentions(text)
    assert (mention.text, mention.value) == (expression, value)
    assert mention.is_certain is is_certain


@pytest.mark.parametrize(
    "text",
    [
        "lúc nửa đêm",
        "nửa đùa nửa thật",
        "nửa đầu tháng",
        "hàng năm",
        "tăng gấp bội",
        "trăm năm trồng người",
    ],
)
def test_words_without_an_amount(text: str) -> None:
    """Words that only look like an amount are not read."""
    assert read_mentions(text) == []


@pytest.mark.parametrize(
    ("text", "value"), [("tăng gấp đôi rưỡi", 2.5), ("tăng gấp đôi", 2), ("tăng gấp rưỡi", 1.5)]
)
def test_a_half_more(text: str, value: float) -> None:
    """``Rưỡi`` adds a half."""
    assert [mention.value for mention in read_mentions(text)] == [value]


@pytest.mark.parametrize(
    ("words", "scale"), [("chục", 10), ("trăm triệu", 10**8), ("nghìn tỷ", 10**12)]
)
@pytest.mark.parametrize(("few", "low", "high"), [("vài", 2, 9), ("mấy", 2, 9), ("dăm", 3, 7)])
def test_a_few_of_a_scale(few: str, low: int, high: int, words: str, scale: int) -> None:
    """A word such as ``vài`` before scale words is a range of multiples of the scale."""
    (mention,) = read_mentions(f"góp {few} {words} đồng")
    assert mention.values == (low * scale, high * scale)
