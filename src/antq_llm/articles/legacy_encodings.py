"""Vietnamese text in the 8-bit encodings from before Unicode: windows-1258, TCVN3 (ABC) and VISCII.

The tables of TCVN3 and VISCII are those of TCVN 5712:1993 and RFC 1456; the standard library has neither.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from antq_llm.text.comparison_form import comparison_form

_VISCII_HIGH = "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
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

_ENOUGH_WORDS = 8
_SURE = 0.85
_AHEAD = 0.25
_NON_ASCII_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f])+")
_SYLLABLE = re.compile(
    r"(?:b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh?|p|ph|qu?|r|s|th?|tr|v|x)?"
    r"(?:uyê|yê|iê|ươ|uô|uâ|uơ|oa|oă|oe|uê|uy|ưu|iu|eo|êu|ao|au|âu|ai|ay|ây|oi|ôi|ơi|ui|ưi|oai|oay|oao|oeo|uây|uôi|ươi|ươu|yêu|iêu|uya|uyu|ia|ya"
    r"|ua|ưa|[aăâeêioôơuưy])"
    r"(?:ch|ng|nh|[cmnpt])?"
)


@dataclass(frozen=True, slots=True)
class Guess:
    """A text in an encoding that it may have been written in, and the part of its marked words that are Vietnamese syllables."""

    encoding: str
    text: str
    likelihood: float


def guess_legacy(data: bytes) -> tuple[Guess, bool]:
    """Return the likeliest reading of bytes that are not Unicode, and whether it is sure.

    Sure means: at least eight words with marks, at least 85% of them Vietnamese syllables, and 25 points ahead of any other encoding.
    """
    readings = {
        "windows-1258": data.decode("cp1258", "replace"),
        "VISCII": data.decode("latin-1").translate(_VISCII),
    }
    readings["TCVN3"] = data.decode("latin-1").translate(_TCVN3)
    guesses = sorted(
        (Guess(name, text, _likelihood(text)) for name, text in readings.items()),
        key=lambda guess: -guess.likelihood,
    )
    best, second = guesses[0], guesses[1]
    enough = len(_marked_words(best.text)) >= _ENOUGH_WORDS
    return (
        best,
        enough and best.likelihood >= _SURE and best.likelihood - second.likelihood >= _AHEAD,
    )


def _likelihood(text: str) -> float:
    words = _marked_words(text)
    if not words or "\ufffd" in text:
        return 0.0
    return sum(_is_syllable(word) for word in words) / len(words)


def _marked_words(text: str) -> list[str]:
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


_VISCII = {0x80 + index: character for index, character in enumerate(_VISCII_HIGH)} | _VISCII_LOW
_TCVN3 = {0x80 + index: character for index, character in enumerate(_TCVN3_HIGH)} | _TCVN3_LOW
