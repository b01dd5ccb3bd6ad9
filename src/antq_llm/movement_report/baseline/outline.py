"""The headline, lines and sentences of an article, and a cursor that moves through its text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.mention import Mention
from antq_llm.movement_report.baseline.patterns import UPPER

# A full stop (not of an abbreviation) before a capital letter or digit, or a line end.
_SENTENCE_END = re.compile(
    rf"(?<!\bTP)(?<!\bTp)(?<!\b[QPT])(?:[.!?…]+[”\"’)]*|\./\.)(?=\s+[“\"(]?[{UPPER}\d])|\n+"
)
# Lines of the head.
_DATELINE = re.compile(r"\(?[A-ZĐ.]{2,12}\)?\s*[-–—] *(?:Ngày|Sáng|Chiều|Tối)|\(\w+\)\s*[-–]")
_TITLE_START = re.compile(rf"[“\"'(]?[{UPPER}\d]")
_DIGITS_ONLY = re.compile(r"[\d\s:|/.-]+$")
_MIN_TITLE_WORDS, _MAX_TITLE_WORDS = 5, 45
_MAX_HEADLINE_LINES = 6
"""The maximum number of lines at the start that are searched for the headline."""


@dataclass(frozen=True)
class Outline:
    """The headline, lines and sentences of an article, up to the links to other stories."""

    analyzed: AnalyzedArticle

    @property
    def text(self) -> str:
        """The text of the article."""
        return self.analyzed.text

    @cached_property
    def end(self) -> int:
        """The position at which the article's own text ends."""
        return self.analyzed.boilerplate_start

    @cached_property
    def lines(self) -> list[Span]:
        """The spans of the lines that are not blank, without surrounding white space."""
        found = []
        start = 0
        for line in self.text[: self.end].split("\n"):
            if stripped := line.strip():
                at = start + line.index(stripped)
                found.append((at, at + len(stripped)))
            start += len(line) + 1
        return found

    @cached_property
    def sentences(self) -> list[Span]:
        """The spans of the sentences after the headline, without surrounding white space."""
        spans = []
        start = self.headline[1] if self.headline else 0
        cuts = [match.end() for match in _SENTENCE_END.finditer(self.text, start, self.end)]
        for cut in [*cuts, self.end]:
            sentence = self.text[start:cut]
            if stripped := sentence.strip():
                at = start + sentence.index(stripped)
                spans.append((at, at + len(stripped)))
            start = cut
        return spans

    @cached_property
    def headline(self) -> Span | None:
        """The span of the first line that looks like a title, if any."""
        first_lines = self.lines[:_MAX_HEADLINE_LINES]
        return next((line for line in first_lines if is_title(self.text[slice(*line)])), None)

    def sentence_at(self, position: int) -> Span:
        """Return the span of the sentence or headline at a position, or an empty span."""
        if self.headline and self.headline[0] <= position < self.headline[1]:
            return self.headline
        return _span_at(self.sentences, position)

    def line_at(self, position: int) -> Span:
        """Return the span of the line at a position, or an empty span."""
        return _span_at(self.lines, position)

    def dates_in(self, start: int, end: int) -> list[Mention]:
        """Return the dates between two positions, except lunar dates."""
        return [
            mention
            for mention in self.analyzed.dates
            if start <= mention.start and mention.end <= end and mention.form is None
        ]


def _span_at(spans: list[Span], position: int) -> Span:
    index = bisect_right(spans, position, key=lambda span: span[0]) - 1
    return spans[index] if index >= 0 and position < spans[index][1] else (position, position)


def is_title(line: str) -> bool:
    """Return whether a line looks like a title.

    A title has several words and begins with a capital letter or digit. Datelines and lines of
    only digits and punctuation are not titles.
    """
    return (
        _MIN_TITLE_WORDS <= len(line.split()) <= _MAX_TITLE_WORDS
        and not _DATELINE.match(line)
        and _TITLE_START.match(line) is not None
        and not _DIGITS_ONLY.match(line)
    )


class Cursor:
    """A position in a text that moves past matched words."""

    def __init__(self, text: str, position: int, limit: int) -> None:
        self._text = text
        self.position = position
        self._limit = limit

    def take(
        self, pattern: re.Pattern[str], *, group: str | int = 0, lookahead: int = 0
    ) -> re.Match[str] | None:
        """Match a pattern at the position, and move to the end of the match or of a group.

        Without a match, the cursor does not move. ``lookahead`` is the number of characters after
        the limit that the pattern can see.
        """
        match = pattern.match(self._text, self.position, self._limit + lookahead)
        if match:
            self.position = match.end(group)
        return match

    def take_date(self, words: re.Pattern[str], dates: Iterable[Mention]) -> Mention | None:
        """Move past ``words`` and the date that follows them, and return the date.

        If either is missing, the cursor does not move, and the result is None.
        """
        match = words.match(self._text, self.position, self._limit)
        if match is None:
            return None
        start, limit = match.end(), self._limit
        date = next((date for date in dates if date.start == start and date.end <= limit), None)
        if date:
            self.position = date.end
        return date
