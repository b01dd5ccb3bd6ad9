"""Differences between two nearly equal texts."""

from __future__ import annotations

import pytest

from antq_llm.duplicates.text_diff import Differences, Passage, text_differences
from helpers.forms import FORMS
from helpers.samples import ARTICLE


def words(passages: tuple[Passage, ...], text: str) -> list[str]:
    """Return the text of each passage."""
    return [text[passage.start : passage.end] for passage in passages]


@pytest.mark.parametrize("form", [name for name in FORMS if name != "soft hyphens"])
def test_spelling_is_no_difference(form: str) -> None:
    """Texts that differ only in encoding, spelling or layout have no differences."""
    assert text_differences(ARTICLE, FORMS[form](ARTICLE)).none


def test_dashes_and_stops_are_no_difference() -> None:
    """Dashes between spaces and punctuation after a word do not count as differences."""
    assert text_differences("Hà Nội: sơ kết, tổng kết.", "Hà Nội - sơ kết; tổng kết").none


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("48/52 thôn", "49/52 thôn"),
        ("1.200 hộ", "1,200 hộ"),
        ("95% hộ", "95 hộ"),
        ("ngày 5/6", "ngày 6/6"),
    ],
)
def test_figures_and_dates_are_differences(earlier: str, later: str) -> None:
    """A changed figure or date counts as both removed and added."""
    found = text_differences(f"Đến nay, {earlier} đã lập tổ.", f"Đến nay, {later} đã lập tổ.")
    assert (len(found.added), len(found.removed), found.misspelled) == (1, 1, 0)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("thôn", "thộn"), ("triển khai", "triển kha"), ("phong trào", "phon trào")],
)
def test_one_wrong_letter_is_a_misspelling(earlier: str, later: str) -> None:
    """One wrong letter or tone in a lower-case word of three or more letters is a misspelling."""
    assert text_differences(f"các {earlier} của xã", f"các {later} của xã") == Differences(
        (), (), 1
    )


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("đã họp", "sẽ họp"),
        ("bà Lan", "ba Lan"),
        ("ông Minh", "ông Ninh"),
        ("chín hộ", "chìn hộ"),
        ("sáng nay", "sang nay"),
        ("tăng mạnh", "giảm mạnh"),
        ("được khen", "chưa được khen"),
    ],
)
def test_other_words_are_no_misspelling(earlier: str, later: str) -> None:
    """A change in a name, numeral, part of the day or short word is not a misspelling."""
    found = text_differences(f"Hôm qua {earlier} ở xã", f"Hôm qua {later} ở xã")
    assert (found.misspelled, bool(found.added)) == (0, True)


def test_misspelling_is_seen_in_decomposed_text() -> None:
    """A word with a wrong tone is a misspelling in any Unicode form."""
    assert text_differences(
        "phong trào thi đua", FORMS["decomposed"]("phong trao thi đua")
    ) == Differences((), (), 1)


def test_removed_sentence_is_whole_though_the_next_begins_alike() -> None:
    """A removed sentence counts as a whole passage even if the next one begins alike."""
    earlier = "Hội nghị đã họp. Ông Bình nói về xã. Ông Minh nói về huyện."
    found = text_differences(earlier, "Hội nghị đã họp. Ông Minh nói về huyện.")
    assert (words(found.removed, earlier), found.removed[0].whole) == (
        ["Ông Bình nói về xã."],
        True,
    )


def test_words_taken_out_of_a_sentence_are_not_whole() -> None:
    """Words removed from the middle of a sentence do not count as a whole passage."""
    (passage,) = text_differences(
        "Xã chưa tổ chức họp trong năm.", "Xã tổ chức họp trong năm."
    ).removed
    assert not passage.whole


def test_abbreviation_ends_no_sentence() -> None:
    """The full stop of an abbreviation does not end a sentence."""
    (passage,) = text_differences("Công an TP. Đà Lạt đã họp.", "Công an TP. đã họp.").removed
    assert not passage.whole


def test_passages_end_with_their_lines() -> None:
    """Each added line is a separate passage."""
    later = "Báo Lâm Đồng\nTin mới hôm nay\nXã họp.\n"
    assert words(text_differences("Xã họp.\n", later).added, later) == [
        "Báo Lâm Đồng",
        "Tin mới hôm nay",
    ]
