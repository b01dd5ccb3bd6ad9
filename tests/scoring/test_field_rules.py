"""How two values of a field are compared, by kind."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_llm.scoring.field_rules import (
    DATE,
    EXACT,
    NAME,
    PASSAGE,
    PERIOD,
    PERSON_NAME,
    PLACE_NAME,
    TITLE,
    FieldRule,
    set_of,
)
from antq_llm.text.words import longest_common_run, shared_words, span_overlap, words_of

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
    ("one", "other"),
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
def test_spellings_of_the_same_words_are_the_same(rule: FieldRule, one: str, other: str) -> None:
    """Composition, the place of a tone mark, case, spaces, dashes, quotation marks and a final stop make no difference."""
    assert compared(rule, one, other) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("one", "other"),
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
def test_no_letter_and_no_syllable_is_folded(rule: FieldRule, one: str, other: str) -> None:
    """Another diacritic, another tone or another last syllable is another name and another title."""
    assert compared(rule, one, other)[0] == 0.0


@pytest.mark.parametrize("before", ["đồng chí ", "Đồng chí ", "ông ", "Bà ", "đ/c "])
def test_a_form_of_address_is_no_part_of_a_persons_name(before: str) -> None:
    """A name with a form of address before it is the same person."""
    assert compared(PERSON_NAME, f"{before}Lò Thị Mai", "Lò Thị Mai") == (1.0, 1.0)


@pytest.mark.parametrize(
    "before", ["tỉnh ", "thành phố ", "TP.", "TP ", "Q.", "quận ", "thị xã ", "P.", "thị trấn "]
)
def test_a_class_word_is_no_part_of_a_places_name(before: str) -> None:
    """The name of a place with its class word before it is the same place."""
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
def test_class_words_are_set_aside_only_where_they_are_declared(rule: FieldRule, text: str) -> None:
    """A word that is no class word of the field is part of its value."""
    assert compared(rule, text, "Hà Nam")[0] == 0.0


def test_a_name_that_is_only_a_class_word_stays() -> None:
    """Nothing is set aside if no name would be left."""
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
def test_values_that_differ_count_by_their_kind_in_the_relaxed_score(
    rule: FieldRule, gold: Any, extracted: Any, relaxed: float
) -> None:
    """The strict similarity of different values is 0, the relaxed one that of their kind, in both directions."""
    assert compared(rule, gold, extracted) == (0.0, pytest.approx(relaxed))
    assert compared(rule, extracted, gold) == (0.0, pytest.approx(relaxed))


@pytest.mark.parametrize(
    ("rule", "gold", "extracted"),
    [(EXACT, 600, 600.0), (PERIOD, "2017", "2017/2017"), (EXACT, "=", "=")],
)
def test_two_ways_to_write_the_same_value_are_the_same(
    rule: FieldRule, gold: Any, extracted: Any
) -> None:
    """A whole number with or without a point, and a year as a date or as a period, are the same."""
    assert compared(rule, gold, extracted) == (1.0, 1.0)


@pytest.mark.parametrize(("extra", "strict"), [(4, 1.0), (5, 1.0), (6, 0.0)])
def test_a_passage_is_the_same_from_the_threshold_on(extra: int, strict: float) -> None:
    """Of ten words, four or five more leave an overlap of 0.8 and the same passage; six more do not."""
    words = [f"từ{number}" for number in range(10)]
    longer = words + [f"thêm{number}" for number in range(extra)]
    assert compared(PASSAGE, " ".join(words), " ".join(longer))[0] == strict


def test_punctuation_is_no_part_of_a_passages_overlap() -> None:
    """Passages are compared by their words alone."""
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
    """The similarity of two sets is the F1 of their elements, whatever their order; elements less than half alike are two."""
    assert compared(rule, gold, extracted) == (pytest.approx(strict), pytest.approx(relaxed))


def test_an_element_named_twice_is_one() -> None:
    """A set has each element once, however it is spelled."""
    assert set_of(NAME).normal(["Thuỷ", "Thủy"]) == (words_of("thủy"),)


@pytest.mark.parametrize("nothing", [None, "", "  ", [], {}])
@pytest.mark.parametrize("rule", RULES)
def test_what_says_nothing_has_no_form(rule: FieldRule, nothing: Any) -> None:
    """Null, blank text, an empty list and an empty object say nothing."""
    assert rule.normal(nothing) is None


@pytest.mark.parametrize("rule", RULES)
def test_a_value_is_like_none_where_the_other_side_says_nothing(rule: FieldRule) -> None:
    """A value against null is not similar, and null against null is the same."""
    assert (
        compared(rule, "2023", None),
        compared(rule, None, "2023"),
        compared(rule, None, None),
    ) == ((0.0, 0.0), (0.0, 0.0), (1.0, 1.0))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("odd", [5, 1.5, True, {"a": 1}, [1, 2], "24/7"])
def test_a_value_of_another_type_is_compared_without_failing(rule: FieldRule, odd: Any) -> None:
    """Data that is not what the field's kind expects is the same as itself, and not the same as a date."""
    assert (compared(rule, odd, odd)[0], compared(rule, odd, "2023-07-24")[0]) == (1.0, 0.0)


@pytest.mark.parametrize("element", [None, EXACT])
def test_a_set_and_only_a_set_has_a_rule_for_elements(element: FieldRule | None) -> None:
    """A rule that could not be applied is refused when it is made."""
    with pytest.raises(ValueError, match="a set needs the rule of its elements"):
        FieldRule("set" if element is None else "title", element=element)


@settings(deadline=None, database=None, max_examples=60)
@given(st.sampled_from(RULES), TEXT, TEXT)
def test_similarity_is_symmetric_bounded_and_never_less_when_relaxed(
    rule: FieldRule, one: str, other: str
) -> None:
    """For any two values 0 <= strict <= relaxed <= 1, the same in both directions, and 1 of a value with itself."""
    strict, relaxed = compared(rule, one, other)
    assert 0.0 <= strict <= relaxed <= 1.0
    assert compared(rule, other, one) == (strict, pytest.approx(relaxed))
    assert compared(rule, one, one) == (1.0, 1.0)


def brute_force_run(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Return the longest common run by trying all runs."""
    runs = {other[start:end] for start in range(len(other)) for end in range(start, len(other) + 1)}
    return max(
        end - start
        for start in range(len(one) + 1)
        for end in range(start, len(one) + 1)
        if one[start:end] in runs or start == end
    )


@settings(deadline=None, database=None)
@given(
    st.lists(st.sampled_from("abc"), max_size=12).map(tuple),
    st.lists(st.sampled_from("abc"), max_size=12).map(tuple),
)
def test_the_longest_common_run_is_found(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """The run is as long as the longest that trying all of them finds."""
    assert longest_common_run(one, other) == brute_force_run(one, other)


def test_two_empty_texts_are_the_same() -> None:
    """Nothing against nothing is full overlap and full sharing, without a division by zero."""
    assert (shared_words((), ()), span_overlap((), ())) == (1.0, 1.0)
