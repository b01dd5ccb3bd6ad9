"""Comparators of quantities, from the words around them."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions


@pytest.mark.parametrize(
    ("text", "comparator"),
    [
        ("hơn 20 hộ", ">"),
        ("Trên 20 hộ", ">"),
        ("vượt quá 20 hộ", ">"),
        ("ngoài 60 tuổi", ">"),
        (">20 hộ", ">"),
        ("ít nhất 20 hộ", ">="),
        ("ít nhất là 20 hộ", ">="),
        ("tối thiểu phải 20 hộ", ">="),
        ("không ít hơn 20 hộ", ">="),
        ("từ 20 người trở lên", ">="),
        ("không dưới 20 hộ", ">="),
        ("20 hộ trở lên", ">="),
        ("20 HỘ TRỞ LÊN", ">="),
        ("≥ 20 hộ", ">="),
        ("khoảng 20 hộ", "~"),
        ("gần 20 hộ", "~"),
        ("trên dưới 20 hộ", "~"),
        ("ước đạt 20 hộ", "~"),
        ("ngót nghét 20 hộ", "~"),
        ("dưới 20 hộ", "<"),
        ("chưa đến 20%", "<"),
        ("chưa đầy hai tháng", "<"),
        ("không quá 20 hộ", "<="),
        ("không vượt quá 20 hộ", "<="),
        ("tối đa là 20 hộ", "<="),
        ("20 hộ trở xuống", "<="),
        ("hơn $20 hộ", ">"),
        ("hơn USD 5 triệu ở đó", ">"),
        ("hơn ba trăm hộ", ">"),
        ("gần trăm hộ", "~"),
        ("20% hơn", "="),
        ("có 20 hộ", "="),
        ("20 hộ", "="),
        ("nhiệt độ 35 độ C", "="),
        ("tốc độ 80 km/giờ", "="),
    ],
)
def test_comparators(text: str, comparator: str) -> None:
    """The words around a quantity determine its comparator."""
    (mention,) = [mention for mention in read_mentions(text) if mention.kind == "number"]
    assert mention.comparator == comparator


@pytest.mark.parametrize(
    ("text", "comparator", "other"),
    [
        ("đi trên 2 xe máy", "=", ">"),
        ("dài hơn 20 m", ">", "="),
        ("đắt hơn 20 nghìn đồng", "=", ">"),
        ("thấp hơn 5%", "=", "<"),
        ("vượt 5% kế hoạch", "=", ">"),
        ("lên đến 20 hộ", "=", "<="),
        ("từ 20 hộ", "=", ">="),
        ("khoảng hơn 20 hộ", ">", "~"),
    ],
)
def test_words_that_may_mean_two_comparators(text: str, comparator: str, other: str) -> None:
    """If words can mean two comparators, a mention has one of them and lists the other."""
    (mention,) = read_mentions(text)
    assert mention.comparator == comparator
    assert other in mention.other_comparators


@pytest.mark.parametrize(
    ("number", "comparator"), [(2, "="), (99, "="), (100, ">"), (101, ">"), (1000, ">")]
)
def test_a_place_on_so_many_things(number: int, comparator: str) -> None:
    """``Trên`` means "on" before up to 99 vehicles, and "over" before a hundred or more."""
    (mention,) = read_mentions(f"trên {number} xe máy")
    assert mention.comparator == comparator


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("giúp 20 hộ trở lên", ">="),
        ("giúp 20 hộ trở xuống", "<="),
        ("giúp 20 hơn năm ngoái", ">"),
        ("giúp 20 hộ", "="),
    ],
)
def test_a_comparator_only_after_the_number(text: str, sign: str) -> None:
    """A comparator after a number is read if an ordinary word precedes the number."""
    (mention,) = read_mentions(text)
    assert mention.comparator == sign


@pytest.mark.parametrize(("count", "sign"), [(99, "="), (100, ">"), (101, ">")])
def test_large_numbers_of_places(count: int, sign: str) -> None:
    """``trên`` before a noun for a place means "on" below 100, and "more than" from 100 on."""
    (mention,) = read_mentions(f"đi trên {count} xe máy")
    assert mention.comparator == sign


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("ngoài 60 tuổi", (">", "~")),
        ("ngoài 60 hộ", ("=", ">")),
        ("hơn 60 tuổi", (">",)),
        ("cao hơn 5 m", (">", "=")),
        ("cao hơn 5 hộ", ("=", ">")),
        ("vượt 5%", ("=", ">")),
        ("vượt 5 hộ", (">", "=")),
        ("hơn 5%", (">",)),
    ],
)
def test_the_noun_after_the_number(text: str, signs: tuple[str, ...]) -> None:
    """Some comparators mean a bound or a difference, depending on the noun after the number."""
    (mention,) = read_mentions(text)
    assert (mention.comparator, *mention.other_comparators) == signs
