"""Vietnamese text in legacy 8-bit encodings: windows-1258, TCVN3 (ABC) and VISCII.

The tables of TCVN3 and VISCII follow TCVN 5712:1993 and RFC 1456; the standard library supports
neither encoding.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from antq_llm.text.comparison_form import comparison_form
from antq_llm.text.lazy_patterns import lazy_re

_VISCII_HIGH = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ"
    "ÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡư"
    "àáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_VISCII_LOW = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
_TCVN3_HIGH = (
    "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ"
    "\u00a0ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴ"
    "ẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịò"
    "ỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
)
_TCVN3_LOW = {
    0x01: "Ú",
    0x02: "Ụ",
    0x04: "Ừ",
    0x05: "Ử",
    0x06: "Ữ",
    0x11: "Ứ",
    0x12: "Ự",
    0x13: "Ỳ",
    0x14: "Ỷ",
    0x15: "Ỹ",
    0x16: "Ý",
    0x17: "Ỵ",
}
_VISCII = {0x80 + index: character for index, character in enumerate(_VISCII_HIGH)} | _VISCII_LOW
_TCVN3 = {0x80 + index: character for index, character in enumerate(_TCVN3_HIGH)} | _TCVN3_LOW

_MIN_WORDS = 8
_MIN_LIKELIHOOD = 0.85
_MIN_LEAD = 0.25
_NON_ASCII_WORD = lazy_re(r"(?:[^\W\d_]|[\u0300-\u036f])+")
_SYLLABLE = lazy_re(
    r"(?:b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh?|p|ph|qu?|r|s|th?|tr|v|x)?"
    r"(?:uyê|yê|iê|ươ|uô|uâ|uơ|oa|oă|oe|uê|uy|ưu|iu|eo|êu|ao|au|âu|ai|ay|ây|oi|ôi|ơi|ui|ưi"
    r"|oai|oay|oao|oeo|uây|uôi|ươi|ươu|yêu|iêu|uya|uyu|ia|ya|ua|ưa|[aăâeêioôơuưy])"
    r"(?:ch|ng|nh|[cmnpt])?"
)


@dataclass(frozen=True, slots=True)
class Guess:
    """A text decoded with one of the possible encodings."""

    encoding: str
    text: str
    likelihood: float
    """The share of words with diacritics that are Vietnamese syllables."""


def guess_legacy(data: bytes) -> tuple[Guess, bool]:
    """Return the likeliest decoding of bytes that are not Unicode, and whether it is certain.

    To be certain, the decoding must have at least eight words with diacritics. At least 85% of
    these words must be Vietnamese syllables. For every other encoding, this share must be at least
    25 percentage points lower.
    """
    characters = data.decode("latin-1")
    readings = {
        "windows-1258": data.decode("cp1258", "replace"),
        "VISCII": characters.translate(_VISCII),
        "TCVN3": characters.translate(_TCVN3),
    }
    guesses = sorted(
        (Guess(name, text, _likelihood(text)) for name, text in readings.items()),
        key=lambda guess: -guess.likelihood,
    )
    best, second = guesses[0], guesses[1]
    is_certain = (
        len(_words_with_diacritics(best.text)) >= _MIN_WORDS
        and best.likelihood >= _MIN_LIKELIHOOD
        and best.likelihood - second.likelihood >= _MIN_LEAD
    )
    return best, is_certain


def _likelihood(text: str) -> float:
    words = _words_with_diacritics(text)
    if not words or "\ufffd" in text:
        return 0.0
    return sum(_is_syllable(word) for word in words) / len(words)


def _words_with_diacritics(text: str) -> list[str]:
    return [word for word in _NON_ASCII_WORD.findall(text) if not word.isascii()]


def _is_syllable(word: str) -> bool:
    word = unicodedata.normalize("NFC", word)
    has_one_case = word.islower() or word.isupper() or word.istitle()
    form = comparison_form(word)
    return (
        has_one_case
        and len(form.tones.replace("0", "")) <= 1
        and _SYLLABLE.fullmatch(form.letters) is not None
    )
