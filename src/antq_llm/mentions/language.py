"""The interface of a language: how the rules read its text."""

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
    """The rules for reading text in one language; the text is in plain form."""

    code: LanguageCode
    """The ISO 639-1 code of the language."""
    read_mentions: Callable[[str], list[Mention]]
    """Returns the numbers, dates, times and codes in a text, in order."""
    read_names: Callable[[str], list[NameMention]]
    """Returns the names after a rank and those in quotation marks, in order."""
    words_in: Callable[[str], Set[int | float]]
    """Returns the numbers that a passage may state without an unambiguous mention.

    These are numbers in words, and numbers about which ``read_mentions`` is not certain.
    """
    amount_words: re.Pattern[str]
    """Matches words for an amount, such as ``twice``, ``dozens`` or ``half``, that are not always
    part of a mention."""
    relative_days: re.Pattern[str]
    """Matches words for a day relative to another, such as ``yesterday`` or a weekday."""
    next_day: re.Pattern[str]
    """Matches words for the day after another, such as ``the next morning``."""
    possible_dates: Callable[[str], Set[str]]
    """Returns the dates (EDTF) that a text may state without an unambiguous mention.

    ``03/05/2024`` may mean either of two days if the language does not fix the order of day and
    month.
    """
    possible_times: Callable[[str], Set[str]]
    """Returns the times (``HH:MM``) that a text may state without an unambiguous mention."""
    full_dates_settle: bool
    """Whether a full date may settle the year of days in other sentences that are more than a year
    from it, in an article without a publication stamp."""
    boilerplate: re.Pattern[str]
    """Matches, at the start of a line, a line that announces links to other stories."""
    duration: re.Pattern[str]
    """Matches words after a number that make it a length of time or an age rather than a count."""
    min_figure_in_words: int
    """The smallest number in words that is reported as a figure if no item states it."""
    sentence_end: re.Pattern[str]
    """Matches the end of a sentence."""
    meaningful_words: frozenset[str]
    """Words that can express a time or a figure by themselves, besides number words."""

    def is_figure(self, mention: Mention) -> bool:
        """Return whether a record should state a quantity.

        It should if the quantity is certain, and in digits or not too small.
        """
        return mention.is_certain and (
            any(map(str.isdecimal, mention.text))
            or any(
                isinstance(bound.value, int | float) and bound.value >= self.min_figure_in_words
                for bound in mention.bounds
            )
        )
