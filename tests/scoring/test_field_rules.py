"""Comparing two values by the rule of their field."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_llm.movement_report.record import FORMS_OF_ADDRESS, PLACE_CLASS_WORDS
from antq_llm.scoring.field_rules import (
    DATE,
    EXACT,
    NAME,
    PASSAGE,
    PERIOD,
    TITLE,
    FieldRule,
    set_of,
)
from antq_llm.text.words import words_of

PERSON_NAME = FieldRule("name", class_words=FORMS_OF_ADDRESS)
PLACE_NAME = FieldRule("name", class_words=PLACE_CLASS_WORDS)
RULES = [
    EXACT,
    DATE,
    PERIOD,
    NAME,
    PERSON_NAME,
    PLACE_NAME,
    TITLE,
    PASSAGE,
    set_of(EXACT),
    set_of(TITLE),
    set_of(PERSON_NAME),
]
WORD = st.sampled_from(
    ["công", "an", "Công", "hoà", "hòa", "hoa", "TP.", "ông", "2023", "%", "“", "”", "-", "a"]
)
TEXT = st.lists(WORD, max_size=8).map(" ".join)


def compared(rule: FieldRule, gold: Any, extracted: Any) -> tuple[float, float]:
    """Return the strict and the relaxed similarity of two values."""
    return tuple(rule.similarity(rule.normal(gold), rule.normal(extracted)))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("gold", "extracted"),
    [
        ("hoà bình", "hòa bình"),
        ("thuỷ", "thủy"),
        ("HÀ NỘI", "hà nội"),
        ("Hà\u00a0Nội", "Hà  Nội"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Hường"), "Nguyễn Thị Hường"),
        ("Ðà Nẵng", "Đà Nẵng"),
        ("2013 – 2023", "2013-2023"),
        ("Lễ “Cổng trường bình yên”", 'Lễ "Cổng trường bình yên"'),
        ("Lễ “Cổng trường bình yên”", "Lễ Cổng trường bình yên"),
        ("tình hình mới.", "tình hình mới"),
    ],
)
@pytest.mark.parametrize("rule", [NAME, PERSON_NAME, PLACE_NAME, TITLE, PASSAGE])
def test_spellings_of_the_same_words_are_the_same(
    rule: FieldRule, gold: str, extracted: str
) -> None:
    """Composition, tone mark placement, case, spaces and punctuation make no difference."""
    assert compared(rule, gold, extracted) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("gold", "extracted"),
    [
        ("Công an", "Công"),
        ("Nguyễn Văn A", "Nguyễn Văn B"),
        ("Nguyễn Anh Tuấn", "Nguyễn Anh Tuân"),
        ("hoà", "hoá"),
        ("hòa", "hoa"),
        ("to", "tô"),
        ("đa", "da"),
        ("Quận 1", "Quận 2"),
        ("ông", "bà"),
    ],
)
@pytest.mark.parametrize("rule", [NAME, PERSON_NAME, PLACE_NAME, TITLE])
def test_no_letter_and_no_syllable_is_folded(rule: FieldRule, gold: str, extracted: str) -> None:
    """Names and titles that differ in a diacritic, a tone or a syllable are different."""
    assert compared(rule, gold, extracted)[0] == 0.0


@pytest.mark.parametrize("before", ["đồng chí ", "Đồng chí ", "ông ", "Bà ", "đ/c "])
def test_a_form_of_address_is_not_part_of_a_name(before: str) -> None:
    """A form of address before a person's name is ignored."""
    assert compared(PERSON_NAME, f"{before}Lò Thị Mai", "Lò Thị Mai") == (1.0, 1.0)


@pytest.mark.parametrize(
    "before", ["tỉnh ", "thành phố ", "TP.", "TP ", "Q.", "quận ", "thị xã ", "P.", "thị trấn "]
)
def test_a_class_word_is_not_part_of_a_place(before: str) -> None:
    """A class word before the name of a place is ignored."""
    assert compared(PLACE_NAME, f"{before}Long Biên", "Long Biên") == (1.0, 1.0)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (PERSON_NAME, "tỉnh Hà Nam"),
        (PLACE_NAME, "ông Hà Nam"),
        (NAME, "ông Hà Nam"),
        (TITLE, "ông Hà Nam"),
    ],
)
def test_only_declared_class_words_are_ignored(rule: FieldRule, text: str) -> None:
    """A word that is not a class word of the field is part of its value."""
    assert compared(rule, text, "Hà Nam")[0] == 0.0


def test_a_name_that_is_only_a_class_word_stays() -> None:
    """A class word is kept if no name would be left without it."""
    assert PERSON_NAME.normal("Ông") == words_of("ông")


@pytest.mark.parametrize(
    ("rule", "gold", "extracted", "relaxed"),
    [
        (PERSON_NAME, "Trần Sỹ Thanh", "ông Thanh", 0.5),
        (NAME, "09/CTPH", "09", 0.5),
        (NAME, "15/KH-UBND", "16/KH-UBND", 0.0),
        (PERSON_NAME, "Nguyễn Văn A", "Nguyễn Văn B", 0.0),
        (PERSON_NAME, "Nguyễn Văn An", "Nguyễn An", 0.0),
        (TITLE, "Công an Nam Định", "Công an TP Nam Định", 8 / 9),
        (TITLE, "toàn dân tố giác tội phạm", "phong trào toàn dân tố giác tội phạm", 12 / 14),
        (TITLE, "a a b", "a b b", 4 / 6),
        (TITLE, "một", "hai", 0.0),
        (DATE, "2023-07-24", "2023-07", 0.5),
        (DATE, "2023", "2023-07-24", 0.5),
        (DATE, "XXXX-07-24", "2023-07-24", 0.5),
        (DATE, "XXXX-07-24", "2023-07-25", 0.0),
        (DATE, "XXXX-07-24", "2023-07", 0.0),
        (DATE, "2023-07-24", "2023-08", 0.0),
        (DATE, "2023-07-24", "2022", 0.0),
        (PERIOD, "2013/2023", "2013-06/2023-05", 0.5),
        (PERIOD, "2023-01/2023-06", "2023", 0.5),
        (PERIOD, "2013/2023", "2023", 0.0),
        (PERIOD, "2013/..", "2013/2023", 0.0),
        (EXACT, ">", ">=", 0.0),
        (EXACT, 600, 601, 0.0),
        (EXACT, True, 1, 0.0),
        (EXACT, "1", 1, 0.0),
        (PASSAGE, "b c d e", "b c d e k l m n o p", 8 / 14),
        (PASSAGE, "a b c x d e", "x d e f g h", 6 / 12),
        (PASSAGE, "a b c", "d e f", 0.0),
    ],
)
def test_different_values_have_the_relaxed_similarity_of_their_kind(
    rule: FieldRule, gold: Any, extracted: Any, relaxed: float
) -> None:
    """Different values have a strict similarity of 0 and the relaxed similarity of their kind."""
    assert compared(rule, gold, extracted) == (0.0, pytest.approx(relaxed))
    assert compared(rule, extracted, gold) == (0.0, pytest.approx(relaxed))


@pytest.mark.parametrize(
    ("rule", "gold", "extracted"),
    [(EXACT, 600, 600.0), (PERIOD, "2017", "2017/2017"), (EXACT, "=", "=")],
)
def test_two_ways_to_write_the_same_value_are_the_same(
    rule: FieldRule, gold: Any, extracted: Any
) -> None:
    """600 equals 600.0, and a year equals the period from that year to the same year."""
    assert compared(rule, gold, extracted) == (1.0, 1.0)


@pytest.mark.parametrize(("extra", "strict"), [(4, 1.0), (5, 1.0), (6, 0.0)])
def test_a_passage_is_the_same_from_the_threshold_on(extra: int, strict: float) -> None:
    """A passage of ten words is the same with four or five words added, but not with six."""
    words = [f"từ{number}" for number in range(10)]
    longer = words + [f"thêm{number}" for number in range(extra)]
    assert compared(PASSAGE, " ".join(words), " ".join(longer))[0] == strict


def test_punctuation_in_passages_is_ignored() -> None:
    """Passages are compared only by their words."""
    assert compared(PASSAGE, "(a) b, c", "a b c.") == (1.0, 1.0)


@pytest.mark.parametrize(
    ("rule", "gold", "extracted", "strict", "relaxed"),
    [
        (set_of(EXACT), ["speaker", "chair"], ["chair", "speaker"], 1.0, 1.0),
        (set_of(EXACT), ["speaker", "chair"], ["speaker"], 2 / 3, 2 / 3),
        (
            set_of(TITLE),
            ["Công an Hà Nội", "Bộ Công an"],
            ["Bộ Công an", "Công an TP Hà Nội"],
            2 / 4,
            2 * (1 + 8 / 9) / 4,
        ),
        (set_of(TITLE), ["một hai ba"], ["một bốn năm sáu"], 0.0, 0.0),
    ],
)
def test_sets_are_compared_element_by_element(
    rule: FieldRule, gold: list[str], extracted: list[str], strict: float, relaxed: float
) -> None:
    """The similarity of two sets is the F1 of their elements, in any order."""
    assert compared(rule, gold, extracted) == (pytest.approx(strict), pytest.approx(relaxed))


def test_an_element_named_twice_is_one() -> None:
    """An element named twice, in any spelling, counts once."""
    assert set_of(NAME).normal(["Thuỷ", "Thủy"]) == (words_of("thủy"),)


@pytest.mark.parametrize("nothing", [None, "", "  ", [], {}])
@pytest.mark.parametrize("rule", RULES)
def test_an_empty_value_has_no_form(rule: FieldRule, nothing: Any) -> None:
    """The normal form of null, blank text, an empty list or an empty object is None."""
    assert rule.normal(nothing) is None


@pytest.mark.parametrize("rule", RULES)
def test_an_empty_value_is_only_similar_to_an_empty_one(rule: FieldRule) -> None:
    """A value and null are different, but null and null are the same."""
    assert compared(rule, "2023", None) == (0.0, 0.0)
    assert compared(rule, None, "2023") == (0.0, 0.0)
    assert compared(rule, None, None) == (1.0, 1.0)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("odd", [5, 1.5, True, {"a": 1}, [1, 2], "24/7"])
def test_a_value_of_another_type_is_compared_without_failing(rule: FieldRule, odd: Any) -> None:
    """Data of an unexpected type equals itself and differs from a date."""
    assert (compared(rule, odd, odd)[0], compared(rule, odd, "2023-07-24")[0]) == (1.0, 0.0)


@pytest.mark.parametrize("element", [None, EXACT])
def test_a_set_and_only_a_set_has_a_rule_for_elements(element: FieldRule | None) -> None:
    """Creating a set without a rule for its elements, or another rule with one, raises an error."""
    with pytest.raises(ValueError, match="a set needs a rule for its elements"):
        FieldRule("set" if element is None else "title", element=element)


@settings(deadline=None, database=None, max_examples=60)
@given(st.sampled_from(RULES), TEXT, TEXT)
def test_similarity_is_symmetric_bounded_and_never_less_when_relaxed(
    rule: FieldRule, gold: str, extracted: str
) -> None:
    """0 <= strict <= relaxed <= 1 in both directions, and a value equals itself."""
    strict, relaxed = compared(rule, gold, extracted)
    assert 0.0 <= strict <= relaxed
    assert relaxed <= 1.0
    assert compared(rule, extracted, gold) == (strict, pytest.approx(relaxed))
    assert compared(rule, gold, gold) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("extracted", "expected"),
    [(["Văn An"], (0.0, 0.5)), (["Văn An", "Lê Văn An"], (2 / 3, 2 / 3)), (["Bình"], (0.0, 0.0))],
)
def test_a_part_of_an_element_counts_half(
    extracted: list[str], expected: tuple[float, float]
) -> None:
    """An element that is a part of an unmatched one has a relaxed similarity of one half."""
    assert compared(set_of(NAME), ["Lê Văn An"], extracted) == pytest.approx(expected)
