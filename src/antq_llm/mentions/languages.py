"""The languages that texts can be read in, and the detection of the language of a text."""

from __future__ import annotations

from antq_llm.mentions.language import Language, LanguageCode

_VIETNAMESE_BYTES = (b"\xe1\xba", b"\xe1\xbb")
"""The first bytes in UTF-8 of vowels with a Vietnamese tone, U+1E80 to U+1EFF.

Every tenth character or so of a Vietnamese text is one of these.
"""
_MIN_VIETNAMESE_SHARE = 0.02
"""Share of such vowels among a text's bytes above which it is Vietnamese: an English text full of
Vietnamese names has fewer."""

_FUNCTION_WORDS = (
    "of and is was for that with from by were have has had are been which who their his her this "
    "when said after"
)
_ENGLISH_WORDS = frozenset(_FUNCTION_WORDS.split())
"""Frequent words that are not Vietnamese syllables, as ``the``, ``to``, ``an`` and ``in`` are where
tones are left out."""
_MIN_ENGLISH_SHARE = 0.06
_MIN_ENGLISH_WORDS = 2
"""Minimum number of different ones."""
_SAMPLED_CHARACTERS = 8000


def load_language(code: LanguageCode) -> Language:
    """Return the language with a code; its patterns are compiled when it is first used."""
    if code == "en":
        from antq_llm.mentions.english.language import ENGLISH

        return ENGLISH
    from antq_llm.mentions.vietnamese.language import VIETNAMESE

    return VIETNAMESE


def detect_language(text: str) -> LanguageCode:
    """Return the language of a text in plain form: English if its words show it, else Vietnamese.

    Vietnamese letters come first; a text with too few of them is English if enough of its words
    are English function words.
    """
    encoded = text.encode(errors="ignore")
    tones = sum(map(encoded.count, _VIETNAMESE_BYTES))
    if tones > len(encoded) * _MIN_VIETNAMESE_SHARE:
        return "vi"
    words = text[:_SAMPLED_CHARACTERS].lower().split()
    found = [word for word in words if word in _ENGLISH_WORDS]
    is_english = (
        len(found) >= len(words) * _MIN_ENGLISH_SHARE and len(set(found)) >= _MIN_ENGLISH_WORDS
    )
    return "en" if is_english else "vi"
