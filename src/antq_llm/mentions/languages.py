"""The languages in which text can be read, and language detection."""

from __future__ import annotations

from antq_llm.mentions.language import Language, LanguageCode

_VIETNAMESE_BYTES = (b"\xe1\xba", b"\xe1\xbb")
"""The byte pairs that begin vowels with a Vietnamese tone (U+1E80 to U+1EFF) in UTF-8.

About one in ten characters of Vietnamese text is such a vowel.
"""
_MIN_VIETNAMESE_SHARE = 0.02
"""The highest ratio of vowels with a Vietnamese tone to bytes in a text that may be English.

The ratio is lower even in English text full of Vietnamese names.
"""

_FUNCTION_WORDS = (
    "of and is was for that with from by were have has had are been which who their his her this "
    "when said after"
)
_ENGLISH_WORDS = frozenset(_FUNCTION_WORDS.split())
"""Frequent English words that are not Vietnamese syllables.
``the``, ``to``, ``an`` and ``in`` are left out: without tone marks, they can be Vietnamese
syllables."""
_MIN_ENGLISH_SHARE = 0.06
_MIN_ENGLISH_WORDS = 2
"""Minimum number of different function words in a text that is detected as English."""
_SAMPLED_CHARACTERS = 8000


def load_language(code: LanguageCode) -> Language:
    """Return the rules for a language by its code; their patterns are compiled on first use."""
    if code == "en":
        from antq_llm.mentions.english.language import ENGLISH

        return ENGLISH
    from antq_llm.mentions.vietnamese.language import VIETNAMESE

    return VIETNAMESE


def detect_language(text: str) -> LanguageCode:
    """Detect the language of a text in plain form.

    A text with few Vietnamese vowels is English if enough of its first words are English function
    words. Any other text is Vietnamese.
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
