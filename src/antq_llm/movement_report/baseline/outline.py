"""The layout of an article: headline, lines and sentences."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.numbers_and_dates import Mention
from antq_llm.movement_report.baseline.patterns import UPPER

_SENTENCE_END = re.compile(
    rf"(?<!\bTP)(?<!\bTp)(?<!\b[QPT])(?:[.!?…]+[”\"’)]*|\./\.)(?=\s+[“\"(]?[{UPPER}\d])|\n+"
)


@dataclass(frozen=True)
class Outline:
    """An article laid out: its lines and sentences up to the links to other stories, and its headline."""

    analyzed: AnalyzedArticle

    @property
    def text(self) -> str:
        """The text of the article."""
        return self.analyzed.text

    @cached_property
    def end(self) -> int:
        """Where the article's own text ends."""
        return self.analyzed.boilerplate_start

    @cached_property
    def lines(self) -> list[Span]:
        """The lines that are not blank, without the white space around them."""
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
        """The sentences after the headline, without the white space around them."""
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
        """The first line that is a title: of some length, beginning with a capital, with no stamp and no dateline."""
        return next((line for line in self.lines[:6] if is_title(self.text[slice(*line)])), None)

    def sentence_at(self, position: int) -> Span:
        """Return the sentence that a position is in, the headline too; else the position itself."""
        if self.headline and self.headline[0] <= position < self.headline[1]:
            return self.headline
        return _span_at(self.sentences, position)

    def line_at(self, position: int) -> Span:
        """Return the line that a position is in, else the position itself."""
        return _span_at(self.lines, position)

    def dates_in(self, start: int, end: int) -> list[Mention]:
        """Return the calendar expressions of a stretch of the text."""
        return [
            mention
            for mention in self.analyzed.dates
            if start <= mention.start and mention.end <= end
        ]


def _span_at(spans: list[Span], position: int) -> Span:
    index = bisect_right(spans, position, key=lambda span: span[0]) - 1
    return spans[index] if index >= 0 and position < spans[index][1] else (position, position)


def is_title(line: str) -> bool:
    """Whether a line of the head looks like a title: of some length, beginning with a capital, with no stamp and no dateline."""
    words = line.split()
    has_dateline = re.match(
        r"\(?[A-ZĐ.]{2,12}\)?\s*[-–—] *(?:Ngày|Sáng|Chiều|Tối)|\(\w+\)\s*[-–]", line
    )
    return (
        5 <= len(words) <= 45
        and not has_dateline
        and re.match(rf"[“\"'(]?[{UPPER}\d]", line) is not None
        and not re.match(r"[\d\s:|/.-]+$", line)
    )
