"""The sentence and the clause around a quote."""

from __future__ import annotations

import re
from dataclasses import dataclass

from antq_llm.evidence.spans import Span

_CLAUSE_END = re.compile(r'[.!?;:,\n()“”"]')
_SENTENCE_END = re.compile(r"[.!?]\s|\n")
_WORD = re.compile(r"\w+")
_MAX_SENTENCE = 1000
"""How many characters before and after a quote to search for the bounds of its sentence."""


@dataclass(frozen=True, slots=True)
class QuoteContext:
    """The place of a quote in its sentence."""

    sentence: Span
    """The span of the sentence or sentences that the quote is part of."""
    sentences: int
    """The number of sentence ends inside the quote."""
    words_after: int
    """The number of words between the end of the quote and the end of its clause."""


def quote_context(text: str, start: int, end: int) -> QuoteContext:
    """Return the context of the quote with a span."""
    earliest, latest = max(0, start - _MAX_SENTENCE), end + _MAX_SENTENCE
    begin = max(
        (found.end() for found in _SENTENCE_END.finditer(text, earliest, start)), default=earliest
    )
    finish = _SENTENCE_END.search(text, end, latest)
    clause = _CLAUSE_END.search(text, end, latest)
    clause_end = clause.start() if clause else min(latest, len(text))
    return QuoteContext(
        sentence=(begin, finish.start() if finish else min(latest, len(text))),
        sentences=len(_SENTENCE_END.findall(text, start, end)),
        words_after=len(_WORD.findall(text, end, clause_end)),
    )
