"""The interface of a language: the rules for reading its text."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Literal, get_args

from antq_llm.mentions.mention import Mention, NameMention

LanguageCode = Literal["vi", "en"]
LANGUAGE_CODES: tuple[LanguageCode, ...] = get_args(LanguageCode)


@dataclass(frozen=True)
class Language:
    """The rules for reading text in one language; they apply to text in plain form."""

    code: LanguageCode
    """The ISO 639-1 code of the language."""
    read_mentions: Callable[[str], list[Mention]]
    """A function that returns the numbers, dates, times and codes in a text, in order."""
    read_names: Callable[[str], list[NameMention]]
    """A function that returns the names after a rank and those in quotation marks, in order."""
    words_in: Callable[[str], Set[int | float]]
    """A function that returns the numbers that a passage may state, even if they are not mentions.

    These include numbers in words and numbers about which ``read_mentions`` is not certain.
    """
    amount_words: re.Pattern[str]
    """Pattern of words for an amount that are not always part of a mention, such as ``twice``,
    ``dozens`` or ``half``."""
    relative_days: re.Pattern[str]
    """Pattern of words for a day relative to another, such as ``yesterday`` or a weekday."""
    next_day: re.Pattern[str]
    """Pattern of words for the day after another, such as ``the next morning``."""
    possible_dates: Callable[[str], Set[str]]
    """A function that returns further dates (EDTF) that a text may state, beyond those that
    ``read_mentions`` finds.

    For example, ``03/05/2024`` may mean either of two days if the language does not fix the order
    of the day and the month.
    """
    possible_times: Callable[[str], Set[str]]
    """A function that returns further times (``HH:MM``) that a text may state, beyond those that
    ``read_mentions`` finds."""
    boilerplate: re.Pattern[str]
    """Pattern of a line that announces links to other stories."""
    duration: re.Pattern[str]
    """Pattern of words that make the number before them a length of time or an age, not a count."""
    min_figure_in_words: int
    """The smallest number in words that is reported as a figure if no item states it."""
    sentence_end: re.Pattern[str]
    """Pattern of the end of a sentence."""
    meaningful_words: frozenset[str]
    """Words other than number words that can express a time or a number on their own."""

    def is_figure(self, mention: Mention) -> bool:
        """Return whether a record should state a quantity as a figure.

        A record should do so if the reading is certain and the quantity is in digits or is at least
        ``min_figure_in_words``.
        """
        return mention.is_certain and (
            any(map(str.isdecimal, mention.text))
            or any(
                isinstance(bound.value, int | float) and bound.value >= self.min_figure_in_words
                for bound in mention.bounds
            )
        )
