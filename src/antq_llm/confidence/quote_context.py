"""The paragraph, the sentence and the clause around a quote."""

from __future__ import annotations

import re
from dataclasses import dataclass

from antq_llm.evidence.spans import Span

_CLAUSE_END = re.compile(r'[.!?;:,\n()“”"]')
_SENTENCE_END = re.compile(r"[.!?]\s|\n")
_WORD = re.compile(r"\w+")
_MAX_SENTENCE = 1000
"""Number of characters to search on each side of a quote for the bounds of its context."""


@dataclass(frozen=True, slots=True)
class QuoteContext:
    """The position of a quote in its paragraph, sentence and clause."""

    sentence: Span
    """The span of the sentence or sentences that the quote is part of."""
    sentences: int
    """The number of sentence ends inside the quote."""
    paragraph_words_before: int
    """The number of words between the start of the paragraph and the start of the quote."""
    words_before: int
    """The number of words between the start of the clause and the start of the quote."""
    words_after: int
    """The number of words between the end of the quote and the end of the clause."""


def quote_context(text: str, start: int, end: int) -> QuoteContext:
    """Return the context of the quote from ``start`` to ``end``."""
    earliest, latest = max(0, start - _MAX_SENTENCE), end + _MAX_SENTENCE
    begin = _last_end(_SENTENCE_END, text, earliest, start)
    paragraph_begin = max(earliest, text.rfind("\n", earliest, start) + 1)
    clause_begin = _last_end(_CLAUSE_END, text, earliest, start)
    finish = _SENTENCE_END.search(text, end, latest)
    clause = _CLAUSE_END.search(text, end, latest)
    clause_end = clause.start() if clause else min(latest, len(text))
    return QuoteContext(
        sentence=(begin, finish.start() if finish else min(latest, len(text))),
        sentences=len(_SENTENCE_END.findall(text, start, end)),
        paragraph_words_before=len(_WORD.findall(text, paragraph_begin, start)),
        words_before=len(_WORD.findall(text, clause_begin, start)),
        words_after=len(_WORD.findall(text, end, clause_end)),
    )


def _last_end(pattern: re.Pattern[str], text: str, earliest: int, latest: int) -> int:
    """Return the end of the last match between two offsets, or ``earliest`` if there is none."""
    return max(
        (found.end() for found in pattern.finditer(text, earliest, latest)), default=earliest
    )
