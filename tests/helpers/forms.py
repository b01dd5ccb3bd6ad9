"""Different spellings of a text that Vietnamese readers consider equivalent."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

OLD_TO_NEW_TONES = {
    "hòa": "hoà",
    "hóa": "hoá",
    "thủy": "thuỷ",
    "ủy": "uỷ",
    "Ủy": "Uỷ",
    "tòa": "toà",
    "khỏe": "khoẻ",
    "xòe": "xoè",
    "lũy": "luỹ",
}


def with_moved_tones(text: str) -> str:
    """Return the text with the tone marks of open diphthongs moved to the other vowel."""
    for old, new in OLD_TO_NEW_TONES.items():
        text = text.replace(old, new)
    return text


def with_other_marks(text: str) -> str:
    """Return the text with other quotation marks and dashes."""
    return text.translate(
        str.maketrans({"“": '"', "”": '"', '"': "”", "–": "-", "-": "—", "'": "’"})
    )


FORMS: dict[str, Callable[[str], str]] = {
    "composed": lambda text: unicodedata.normalize("NFC", text),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "upper case": str.upper,
    "lower case": str.lower,
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "line breaks": lambda text: text.replace(" ", "\n"),
    "doubled spaces": lambda text: text.replace(" ", "  "),
    "zero-width spaces": "\u200b".join,
    "soft hyphens": lambda text: text.replace("n", "n\u00ad"),
    "eth for đ": lambda text: text.replace("Đ", "Ð").replace("đ", "ð"),
    "other marks": with_other_marks,
    "moved tones": with_moved_tones,
}

SPELLINGS = (
    "composed",
    "decomposed",
    "no-break spaces",
    "doubled spaces",
    "zero-width spaces",
    "soft hyphens",
    "eth for đ",
)
"""Forms with the same case, punctuation and tone positions, which rules read in the same way."""


def span_in(form: str, text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span of a passage in another spelling of its text, without a final soft hyphen."""
    change = FORMS[form]
    first, last = (
        len(change(text[: index + 1])) - len(change(text[index])) for index in (start, end - 1)
    )
    return first, last + len(change(text[end - 1]).rstrip("\u00ad"))
