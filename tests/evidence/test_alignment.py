"""The search for a quote in a text, which gives the correct span or none."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_llm.evidence.alignment import Aligner
from antq_llm.text.comparison_form import comparison_form
from helpers.forms import FORMS

TEXT = (
    "Sáng 12/9, tại Nhà văn hóa xã Tân Lâm, Ủy ban nhân dân huyện Di Linh tổ chức hội nghị sơ kết "
    "“Cổng trường bình yên” giai đoạn 2016 – 2020.\n\n"
    "Đại tá Phạm Quốc Bình, Phó Giám đốc Công an tỉnh, đánh giá: 48/52 thôn không có tội phạm về "
    "ma túy; 1.250 hộ dân (đạt 97,5%) ký cam kết.\n"
    "Ông K’Brèo hiến 200 m2 đất; gia đình bà Thủy - người có uy tín - góp hơn 1,2 tỷ đồng làm "
    "đường điện “Ánh sáng đường quê”, đường hoa…\n"
    "Đến nay, 15 tập thể và 30 cá nhân được tặng giấy khen; 115 tập thể được biểu dương. "
    "Hội nghị khép lại lúc 11:30."
)

PASSAGES = (
    "Nhà văn hóa xã Tân Lâm",
    "Ủy ban nhân dân huyện Di Linh",
    "hội nghị sơ kết “Cổng trường bình yên” giai đoạn 2016 – 2020",
    "Đại tá Phạm Quốc Bình, Phó Giám đốc Công an tỉnh",
    "48/52 thôn không có tội phạm về ma túy",
    "1.250 hộ dân (đạt 97,5%) ký cam kết",
    "Ông K’Brèo hiến 200 m2 đất",
    "gia đình bà Thủy - người có uy tín - góp hơn 1,2 tỷ đồng",
    "làm đường điện “Ánh sáng đường quê”",
    "15 tập thể và 30 cá nhân được tặng giấy khen",
    "Hội nghị khép lại lúc 11:30.",
)

FOUND = [(passage, form) for passage in PASSAGES for form in FORMS]

ABSENT = (
    "49/52 thôn không có tội phạm về ma túy",
    "48/53 thôn không có tội phạm về ma túy",
    "1.260 hộ dân (đạt 97,5%) ký cam kết",
    "1250 hộ dân (đạt 97,5%) ký cam kết",
    "1.250 hộ dân (đạt 97,6%) ký cam kết",
    "góp hơn 1,3 tỷ đồng làm đường điện “Ánh sáng đường quê”, đường hoa",
    "15 tập thể và 31 cá nhân được tặng giấy khen",
    "giai đoạn 2016 – 2021",
    "giai đoạn 2015 – 2020",
    "Sáng 13/9, tại Nhà văn hóa xã Tân Lâm",
    "Sáng 12/8, tại Nhà văn hóa xã Tân Lâm",
    "Hội nghị khép lại lúc 11:35.",
    "9 tỷ",
    "5 tỷ đồng",
    "Hà Nội",
    "Đại tá Phạm Quốc Binh, Phó Giám đốc Công an tỉnh",
    "Đại tá Phạm Quốc Bính, Phó Giám đốc Công an tỉnh, đánh giá: 48/52 thôn không có tội phạm",
    "Đại tá Phan Quốc Bình, Phó Giám đốc Công an tỉnh, đánh giá: 48/52 thôn không có tội phạm",
    "Thượng tá Phạm Quốc Bình, Phó Giám đốc Công an tỉnh",
    "48/52 thôn có tội phạm về ma túy; 1.250 hộ dân (đạt 97,5%) ký cam kết",
    "thôn không còn có tội phạm về ma túy; 1.250 hộ dân (đạt 97,5%) ký cam kết",
    "thể và cá nhân được tặng giấy khen",
    "thẻ",
    "cong an tỉnh",
    "Cống trường bình yên",
    "Công trường bình yên",
    "đường hóa",
    "ma tuy",
    "bà Thúy",
    "bà Thuy",
    "góp hơn 1,2 tỷ đồng … 1.250 hộ dân",
    "48/52 thôn … không có câu này",
    "tập … thể",
    "… …",
    "   ",
    "",
    "xã Tân Lâm, huyện Di Linh",
    "Ủy ban nhân dân tỉnh Di Linh tổ chức hội nghị sơ kết",
    "trước Sáng 12/9",
    "lúc 11:30. sau",
)

SPANS = (
    # Quote, matching passage, kind of match.
    ("tại Nhà văn hoá xã Tân Lâm", "tại Nhà văn hóa xã Tân Lâm", "normalized"),
    ("uỷ ban nhân dân", "Ủy ban nhân dân", "normalized"),
    ("gia đinh̀ bà Thuỷ", "gia đình bà Thủy", None),
    ("ngươì có uy tín", "người có uy tín", "normalized"),
    ("Ðại tá Phạm Quốc Bình", "Đại tá Phạm Quốc Bình", "normalized"),
    ("giai đoạn 2016-2020", None, None),
    ("giai đoạn 2016 - 2020", "giai đoạn 2016 – 2020", "normalized"),
    ('sơ kết "Cổng trường bình yên"', "sơ kết “Cổng trường bình yên”", "normalized"),
    ("đường hoa...", "đường hoa…", "normalized"),
    ("15 tập thể", "15 tập thể", "exact"),
    ("115 tập thể", "115 tập thể", "exact"),
    ("  30 cá nhân được tặng giấy khen;  ", "30 cá nhân được tặng giấy khen;", "exact"),
    (
        "1.250 hộ dân (đạt 97,5%) ký cam kết.\nÔng K’Brèo",
        "1.250 hộ dân (đạt 97,5%) ký cam kết.\nÔng K’Brèo",
        "exact",
    ),
    (
        "1.250 hộ dân (đạt 97,5%) ký cam kết. Ông K'Brèo",
        "1.250 hộ dân (đạt 97,5%) ký cam kết.\nÔng K’Brèo",
        "normalized",
    ),
    (
        "thôn không có tội pham về ma túy; 1.250 hộ dân",
        "thôn không có tội phạm về ma túy; 1.250 hộ dân",
        "fuzzy",
    ),
    (
        "hơn 1,2 tỷ đồng lam đường điện “Ánh sáng đường quê”",
        "hơn 1,2 tỷ đồng làm đường điện “Ánh sáng đường quê”",
        "fuzzy",
    ),
    (
        "Đến nay, 15 tập thể và 30 cá nhân đươc tặng giấy khen",
        "Đến nay, 15 tập thể và 30 cá nhân được tặng giấy khen",
        "fuzzy",
    ),
    (
        "Đến nay, 15 tập thể … được biểu dương.",
        "Đến nay, 15 tập thể và 30 cá nhân được tặng giấy khen; 115 tập thể được biểu dương.",
        "normalized",
    ),
    (
        "Đến nay, 15 tập thể [...] được biểu dương.",
        "Đến nay, 15 tập thể và 30 cá nhân được tặng giấy khen; 115 tập thể được biểu dương.",
        "normalized",
    ),
    (
        "Ông K’Brèo hiến ... góp hơn 1,2 tỷ đồng",
        "Ông K’Brèo hiến 200 m2 đất; gia đình bà Thủy - người có uy tín - góp hơn 1,2 tỷ đồng",
        "normalized",
    ),
)


def spans_of(text: str, quote: str) -> list[tuple[int, int]]:
    """Return the spans at which a quote is found."""
    return [(place.start, place.end) for place in Aligner(text).find(quote)]


@pytest.mark.parametrize(("passage", "form"), FOUND)
def test_quote_in_another_spelling_is_found(passage: str, form: str) -> None:
    """A quote in another spelling is found only at the passage that it quotes."""
    start = TEXT.index(passage)
    assert spans_of(TEXT, FORMS[form](passage)) == [(start, start + len(passage))]


@pytest.mark.parametrize(("passage", "form"), FOUND)
def test_quote_is_found_in_text_of_another_spelling(passage: str, form: str) -> None:
    """A quote is found in a text with another spelling, including the marks on its last letter."""
    text = FORMS[form](TEXT)
    (start, end), *others = spans_of(text, passage)
    assert not others
    assert comparison_form(text[start:end]).find_all(comparison_form(passage)) != []
    assert len(comparison_form(text[start:end]).letters.strip()) == len(
        comparison_form(passage).letters
    )
    assert not unicodedata.combining((text[end:] or "x")[0])


@pytest.mark.parametrize("quote", ABSENT)
def test_what_the_text_does_not_have_is_not_found(quote: str) -> None:
    """A quote with a wrong digit, name, tone or word is not found, however similar to the text."""
    assert spans_of(TEXT, quote) == []


@pytest.mark.parametrize(("quote", "passage", "match"), SPANS)
def test_spans(quote: str, passage: str | None, match: str | None) -> None:
    """A quote is found at the expected passage with the expected kind of match, or not at all."""
    places = Aligner(TEXT).find(quote)
    assert [TEXT[place.start : place.end] for place in places] == (
        [passage] if passage and match else []
    )
    assert {place.match for place in places} <= {match}


def test_the_table_is_long_enough() -> None:
    """The tables contain at least 200 cases."""
    assert 2 * len(FOUND) + len(ABSENT) + len(SPANS) >= 200


def test_repeats_are_all_found_in_order() -> None:
    """All occurrences of a quote are found in order, but only the exact ones if there are any."""
    text = "Tổ tự quản. tổ tự quản, Tổ tự quản"
    assert spans_of(text, "Tổ tự quản") == [(0, 10), (24, 34)]
    assert spans_of(text, "TỔ TỰ QUẢN") == [(0, 10), (12, 22), (24, 34)]


def test_whole_words_go_before_parts_of_words() -> None:
    """A quote that occurs as whole words is not found inside longer words or numbers."""
    assert spans_of("140 hộ, 40 hộ", "40 hộ") == [(8, 13)]


def test_nearest_passage_is_offered() -> None:
    """For a quote with a wrong digit, the nearest passage is offered in whole words."""
    assert (
        Aligner(TEXT).nearest("49/52 thôn không có tội phạm về ma túy")
        == "48/52 thôn không có tội phạm về ma túy;"
    )


def test_an_elision_that_is_ambiguous_is_not_expanded() -> None:
    """A quote with an ellipsis is not found if its last words occur twice after its first words."""
    assert (
        spans_of(
            "Hội nghị bắt đầu, có kết quả tốt đẹp và lại kết quả tốt đẹp.",
            "Hội nghị bắt đầu … kết quả tốt đẹp",
        )
        == []
    )


REPEATED = "Quận đã chắn lối ra vào ở khu đất. Báo in lại: Quận đã chắn lối ra vào ở khu đất."


def test_an_elision_of_a_repeated_passage_has_all_its_places() -> None:
    """A quote with an ellipsis is found at both places if its passage occurs twice."""
    found = spans_of(REPEATED, "Quận đã chắn … ở khu đất.")
    assert [REPEATED[start:end] for start, end in found] == [
        "Quận đã chắn lối ra vào ở khu đất."
    ] * 2


@pytest.mark.parametrize(
    "text",
    [
        "Quận đã chắn lối ra vào ở khu đất. Quận đã chắn lối đi bộ ở khu đất.",
        "Quận đã chắn lối ra, rồi Quận đã chắn lối vào ở khu đất.",
        "Quận đã chắn lối ra ở khu đất. Quận đã chắn lối ra ở khu đất và lối vào ở khu đất.",
    ],
)
def test_an_elision_of_different_passages_has_no_place(text: str) -> None:
    """A quote with an ellipsis is not found if it fits two different passages."""
    assert spans_of(text, "Quận đã chắn … ở khu đất") == []


VIETNAMESE = st.text(
    alphabet=st.sampled_from(
        "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrst"
        "uùủũúụưừửữứựvxyỳỷỹýỵĐƯÂ0123456789 .,/%-“”\n"
    ),
    min_size=1,
    max_size=80,
)


@settings(max_examples=400, deadline=None)
@given(
    text=VIETNAMESE,
    ends=st.tuples(st.integers(0, 79), st.integers(1, 80)),
    forms=st.lists(st.sampled_from(sorted(FORMS)), max_size=4),
)
def test_any_substring_in_any_mix_of_forms_is_found_at_its_place(
    text: str, ends: tuple[int, int], forms: list[str]
) -> None:
    """Any part of a text, in any mix of spellings, is found at its span, without outer spaces."""
    quote = text[ends[0] : ends[1]]
    stripped = quote.strip()
    if not comparison_form(stripped).letters.strip():
        return
    start = ends[0] + len(quote) - len(quote.lstrip())
    changed = quote
    for form in forms:
        changed = FORMS[form](changed)
    places = Aligner(text)._form.find_all(comparison_form(changed), limit=10_000)
    spans = [Aligner(text)._form.span(*place) for place in places]
    assert (start, start + len(stripped)) in spans
    assert Aligner(text).find(changed) != []


@settings(max_examples=400, deadline=None)
@given(text=VIETNAMESE, digit=st.integers(0, 9), data=st.data())
def test_a_substring_with_one_digit_changed_is_not_found(
    text: str, digit: int, data: st.DataObject
) -> None:
    """A quote that differs from its passage in one digit is found only if it occurs elsewhere."""
    positions = [
        index
        for index, character in enumerate(text)
        if character.isdigit() and character != str(digit)
    ]
    if not positions:
        return
    position = data.draw(st.sampled_from(positions))
    start, end = (
        data.draw(st.integers(0, position)),
        data.draw(st.integers(position + 1, len(text))),
    )
    quote = text[start:position] + str(digit) + text[position + 1 : end]
    stands_elsewhere = comparison_form(text).find_all(comparison_form(quote))
    assert bool(Aligner(text).find(quote)) == bool(stands_elsewhere)


@pytest.mark.parametrize(
    ("quote", "is_found"),
    [
        ("tham gia giữ gìn an nimh trật tự ở cơ sở", True),
        ("tham gia giữ gìm an nimh trật tự ở cơ sở", True),
        ("tham gia giữ gìm an nimh trâd tự ở cơ sở", False),
        ("tham gia giữ gìm an ninh", True),
        ("tham gia giữ gìm an nimh", False),
        ("gia giữ gìm an", False),
    ],
)
def test_one_wrong_letter_for_twenty_characters(quote: str, is_found: bool) -> None:
    """A quote may have at most one wrong letter for each twenty characters."""
    text = "Xã Tân Lâm vận động người dân tham gia giữ gìn an ninh trật tự ở cơ sở, năm qua."
    start = text.index("tham")
    assert spans_of(text, quote) == ([(start, start + len(quote))] if is_found else [])


@pytest.mark.parametrize(("wrong_letters", "is_found"), [(12, True), (13, False)])
def test_a_long_quote_may_have_twelve_wrong_letters(wrong_letters: int, is_found: bool) -> None:
    """A quote with more than twelve wrong letters is not found, however long it is."""
    words = [f"thôn {first}{second}" for first in "bcdghklm" for second in "aeiouy"]
    quote = " ".join(
        f"{word}z" if index < wrong_letters else word for index, word in enumerate(words)
    )
    assert bool(Aligner(f"Xã có {' '.join(words)}.").find(quote)) is is_found


@pytest.mark.parametrize(
    ("text", "quote", "passage"),
    [
        ("49 thôn có điện, xã yên bình", "48 thôn có điện", "49 thôn có điện,"),
        ("xã có 49 thôn yên", "48 thôn yên", "49 thôn yên"),
    ],
)
def test_the_nearest_passage_may_be_at_either_end(text: str, quote: str, passage: str) -> None:
    """The nearest passage is offered as printed, even at the start or end of the text."""
    assert Aligner(text).nearest(quote) == passage


@pytest.mark.parametrize(
    ("quote", "is_found"),
    [
        ("Hội nghị … kết quả tốt đẹp.", True),
        ("ội nghị … kết quả tốt đẹp.", False),
        ("Hội nghị … tốt đẹp.", True),
        ("Hội nghị … t đẹp.", False),
    ],
)
def test_an_elision_needs_eight_characters_on_each_side(quote: str, is_found: bool) -> None:
    """A quote with an ellipsis is found only with at least eight characters on each side of it."""
    text = "Hội nghị bắt đầu, nêu rõ kết quả tốt đẹp."
    assert spans_of(text, quote) == ([(0, len(text))] if is_found else [])
