"""Deciding whether an article has the digits, words or name of a value that a check contradicts."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from antq_llm.core.json_pointer import child_pointer, last_part, parent_of, parts_of, value_at
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.declared.declared_roles import EACH, DeclaredField, DeclaredRoles, Path
from antq_llm.schemas.roles import (
    CalendarDate,
    Figure,
    Name,
    PrintedPeriod,
    PrintedTime,
    PublicationDate,
)
from antq_llm.text.words import words_of
from antq_llm.validation.rules.printed_dates import (
    has_year,
    may_print_date,
    may_print_time,
)
from antq_llm.validation.rules.printed_values import has_digits_of, may_print_text

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_WORDS_BETWEEN = 2
"""Maximum length of a passage that has the words of a text, as a multiple of the text's length."""


def has_support(pointer: str, data: Any, roles: DeclaredRoles, analyzed: AnalyzedArticle) -> bool:
    """Return whether an article contains support for a value in a record.

    ``data`` is the record's dump. A number is supported by its digits or words, and a date by its
    year, month and day. A time is supported by its hour and minute, a period by its years and other
    text by its words. A comparator, or a total of null, is supported by its figure.
    """
    value = value_at(data, pointer)
    path = path_of(pointer, data, roles)
    if (figure := figure_beside(path, roles)) is not None:
        key, role = figure
        if last_part(pointer) == role.comparator or value is None:
            value = value_at(data, child_pointer(parent_of(pointer), key))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return has_digits_of(value, analyzed)
    return isinstance(value, str) and _has_text(value, roles.at(path), analyzed)


def path_of(pointer: str, data: Any, roles: DeclaredRoles) -> Path:
    """Return the path of the field whose value is at a pointer."""
    path: list[str] = []
    for part in parts_of(pointer):
        is_each = isinstance(data, list) or roles.at((*path, part)) is None
        path.append(EACH if is_each and roles.at((*path, EACH)) is not None else part)
        data = data[int(part)] if isinstance(data, list) else data.get(part)
    return tuple(path)


def figure_beside(path: Path, roles: DeclaredRoles) -> tuple[str, Figure] | None:
    """Return the key and role of the figure that a field qualifies, if any."""
    for declared in roles.having(Figure):
        role = declared.get(Figure)
        if (
            role is not None
            and declared.path[:-1] == path[:-1]
            and path[-1:] in ((role.comparator,), (role.total,))
        ):
            return declared.path[-1], role
    return None


def _has_text(value: str, declared: DeclaredField | None, analyzed: AnalyzedArticle) -> bool:
    if declared is not None:
        if declared.get(CalendarDate) or declared.get(PublicationDate):
            return _has_date(value, analyzed)
        if declared.get(PrintedPeriod):
            return all(has_year(year, analyzed) for year in _YEAR.findall(value))
        if declared.get(PrintedTime):
            return may_print_time(value, analyzed)
    if analyzed.contains(value) or may_print_text(value, analyzed):
        return True
    is_name = declared is not None and declared.get(Name) is not None
    return not is_name and _has_words_together(value, analyzed)


def _has_date(date: str, analyzed: AnalyzedArticle) -> bool:
    """Return whether an article has the year of a date, and its month and day, if given."""
    year, _, rest = date.partition("-")
    if year.isdecimal() and not has_year(year, analyzed):
        return False
    is_printed = any(
        str(value)[5:] == rest for mention in analyzed.dates for value in mention.values
    )
    return not rest or is_printed or may_print_date(date, analyzed)


def _has_words_together(value: str, analyzed: AnalyzedArticle) -> bool:
    """Return whether a short passage contains all words of a text, in any order.

    Returns False for a text of one word.
    """
    wanted = Counter(words_of(value))
    size = wanted.total() * _WORDS_BETWEEN
    words = words_of(analyzed.plain.text)
    missing = wanted.copy()
    for index, word in enumerate(words):
        if word in wanted:
            missing[word] -= 1
        if index >= size and words[index - size] in wanted:
            missing[words[index - size]] += 1
        if word in wanted and all(count <= 0 for count in missing.values()):
            return wanted.total() > 1
    return False
