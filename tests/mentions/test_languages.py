"""The detection of a text's language."""

from __future__ import annotations

import unicodedata

import pytest

from antq_llm.core.packaged_data import data_folder
from antq_llm.mentions.language import LANGUAGE_CODES
from antq_llm.mentions.languages import detect_language, load_language

ENGLISH = "The bridge was closed for nine hours, and two of the drivers were taken to hospital."
VIETNAMESE = "Sáng 24/7, Công an xã đã tổ chức hội nghị tổng kết phong trào với 30 hộ tham gia."


def without_tones(text: str) -> str:
    """Return a text without tone marks and other diacritics."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ENGLISH, "en"),
        (ENGLISH.upper(), "en"),
        (f"{ENGLISH} Nguyễn Văn Ẩn said so.", "en"),
        (VIETNAMESE, "vi"),
        (f"{VIETNAMESE} {ENGLISH}", "vi"),
        (without_tones(VIETNAMESE), "vi"),
        ("It cost 1.44 or 1,234 dollars", "vi"),
        ("Le pont a été fermé pendant neuf heures", "vi"),
        ("1,250", "vi"),
        ("", "vi"),
        ("\ud800 the", "vi"),
    ],
)
def test_detection(text: str, code: str) -> None:
    """A text is detected as English if its words are English, and as Vietnamese otherwise."""
    assert detect_language(text) == code


def test_articles_without_tones_are_vietnamese() -> None:
    """The packaged articles are detected as Vietnamese, with and without diacritics."""
    texts = [path.read_bytes().decode() for path in data_folder("seeds").glob("*.txt")]
    assert len(texts) == 5
    assert {detect_language(text) for text in texts} == {"vi"}
    assert {detect_language(without_tones(text)) for text in texts} == {"vi"}


@pytest.mark.parametrize("code", LANGUAGE_CODES)
def test_each_code_has_its_language(code: str) -> None:
    """A language is loaded by its code."""
    assert load_language(code).code == code  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("english", "others", "code"),
    [
        ("of and was", 47, "en"),
        ("of and was", 48, "vi"),
        ("of of of", 1, "vi"),
        ("of and", 1, "en"),
    ],
)
def test_the_share_of_english_words(english: str, others: int, code: str) -> None:
    """English text has two or more different function words, which are at least 6% of its words."""
    assert detect_language(f"{english} {'x ' * others}") == code
