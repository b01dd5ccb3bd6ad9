"""The fixed texts of the pages in English and Vietnamese.

Each page has a file in ``assets/strings/`` that maps each key to its text in both languages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Literal, get_args

from antq_llm.pages.assets import asset

PageLanguage = Literal["en", "vi"]
PAGE_LANGUAGES: tuple[PageLanguage, ...] = get_args(PageLanguage)


@cache
def catalogue(page: str) -> Mapping[str, Mapping[PageLanguage, str]]:
    """Return the texts of a page, including those that all pages share, by key and language."""
    words: dict[str, Mapping[PageLanguage, str]] = {}
    for name in ("shared", page):
        words |= json.loads(asset(f"strings/{name}.json"))
    return words


def words_in(page: str, language: PageLanguage) -> Mapping[str, str]:
    """Return the texts of a page in one language, by key."""
    return {key: texts[language] for key, texts in catalogue(page).items()}
