"""The interface of a language: how the rules read its texts."""

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
    """How texts of one language are read; the texts are in plain form."""

    code: LanguageCode
    """Its ISO 639-1 code."""
    read_mentions: Callable[[str], list[Mention]]
    """Returns the numbers, dates, times and codes of a text, in order."""
    read_names: Callable[[str], list[NameMention]]
    """Returns the names after a rank and the names in quotation marks, in order."""
    words_in: Callable[[str], Set[int | float]]
    """Returns the numbers that a passage may state without a mention that says so.

    These are numbers in words, and numbers that the reader of mentions is not sure of.
    """
    amount_words: re.Pattern[str]
    """Matches words of an amount, such as ``twice``, ``dozens`` or ``half``, that may be in no
    mention."""
    relative_days: re.Pattern[str]
    """Matches words for a day some days from another, such as ``yesterday`` or a weekday."""
    next_day: re.Pattern[str]
    """Matches words for the day after another, such as ``the next morning``."""
    possible_dates: Callable[[str], Set[str]]
    """Returns the dates (EDTF) that a text may state without a mention that says so.

    Digits such as ``03/05/2024`` may mean two days if the language does not settle their order.
    """
    possible_times: Callable[[str], Set[str]]
    """Returns the times (``HH:MM``) that a text may state without a mention that says so."""
    full_dates_settle: bool
    """Whether, without a publication stamp, the full date of another day may settle the year of
    days in other sentences though it is more than a year away from them."""
    boilerplate: re.Pattern[str]
    """Matches, from the start of a line, one that announces links to other stories."""
    duration: re.Pattern[str]
    """Matches words after a number that is a length of time or an age rather than a count."""
    min_figure_in_words: int
    """The smallest number in words that counts as a figure of the article if no item states it."""
    sentence_end: re.Pattern[str]
    """Matches the end of a sentence."""
    meaningful_words: frozenset[str]
    """Words without digits that a time or a figure may rest on alone, beside number words."""

    def is_figure(self, mention: Mention) -> bool:
        """Return whether a quantity is one that a record should state.

        It is certain, and it is in digits or not too small.
        """
        return mention.is_certain and (
            any(map(str.isdecimal, mention.text))
            or any(
                isinstance(bound.value, int | float) and bound.value >= self.min_figure_in_words
                for bound in mention.bounds
            )
        )
