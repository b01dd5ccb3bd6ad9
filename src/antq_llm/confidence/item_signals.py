"""The signals that determine the probability that an item of a record is right.

A signal is a named number. Signals depend only on the line of ``records.jsonl``, the article and
the schema, so they are the same for a new record and for one read from an earlier run. In
the table, an item's texts are its names and titles, without its quote.

========================= =========================================================================
signal                    value
========================= =========================================================================
``list: NAME``            1 for the items of this list
``quote_not_exact``       1 unless the article contains the quote character for character
``quote_length``          log of the number of characters in the quote
``quote_sentences``       number of sentence ends inside the quote
``quote_words_unused``    share of the quote's distinct words that are in none of the item's texts
``words_after_quote``     log(1 + number of words from the quote to the end of its clause)
``words_before_quote``    log(1 + number of words from the start of the clause to the quote)
``paragraph_before``      log(1 + number of words from the start of the paragraph to the quote)
``items_in_sentence``     log(number of items in the list whose quotes are in the same sentence)
``quote_inside_other``    1 if the quote is part of a longer quote in the list
``quote_holds_other``     1 if the quote contains a shorter quote in the list
``filled_fields``         number of fields of the item that have a value
``empty_texts``           share of the item's name and title fields that are empty
``words_outside_quote``   share of the words in the item's texts that are not in the quote
``values_not_printed``    number of the item's texts that are not in the article word for word
``others_not_printed``    mean of ``values_not_printed`` over the other items in the list
``unverified``            number of values that the checks could not verify
``disputed``              number of values that the checks contradict but the model insists on
``asked_again``           number of answers about the article beyond one per sample
``figures_nearby``        log(1 + number of nearby figures, dates and names that are in no item)
``figures_nearby: NAME``  the same for the items of this list only
``rules_missing``         1 if the schema's rules found no corresponding item
``rules_equal``           1 if the rules found an equal item
``rules_differences``     number of differences from the item that the rules found
``rules_similarity``      relaxed F1 of the item against the item that the rules found
``rules_quote_differs``   1 if the rules quote another passage for the item
``disagreement``          1 - the agreement of the samples
``not_unanimous``         1 if the samples do not agree fully
========================= =========================================================================
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from antq_llm.confidence.field_values import empty_share, filled_fields, texts_of
from antq_llm.confidence.nested_quotes import NestedQuotes, nested_quotes
from antq_llm.confidence.quote_context import QuoteContext, quote_context
from antq_llm.confidence.rules_reading import RulesReading, read_by_rules
from antq_llm.evidence.spans import Span
from antq_llm.records.agreement import ItemCounterparts, item_counterparts
from antq_llm.schemas.base import Schema
from antq_llm.scoring.field_rules import RuleKind
from antq_llm.scoring.record_score import profile_for
from antq_llm.text.words import words_of

LIST = "list: "
"""The prefix of the signal that names an item's list."""
SAMPLE_SIGNALS = ("disagreement", "not_unanimous")
"""The signals that only records from a vote of samples have."""
_TEXT_KINDS: frozenset[RuleKind] = frozenset({"name", "title"})
"""The kinds of rules for texts that use the article's words, unlike enumerations and dates."""
_QUOTE_KINDS: frozenset[RuleKind] = frozenset({"passage"})
_NEARBY = 150
"""The maximum number of characters between a quote and a figure that counts as nearby."""
_NOT_PRINTED = "values_not_printed"
_FIGURES = "figures_nearby"
_UNANIMOUS = 0.9995
_DOUBTS = ("unverified", "disputed")
"""The kinds of warnings about an item's values; each is also the name of a signal."""


@dataclass(frozen=True, slots=True)
class ItemSignals:
    """The signals of one item."""

    pointer: str
    """The JSON Pointer to the item in the record."""
    values: Mapping[str, float]
    """The signals by name; a missing signal counts as 0."""
    agreement: float | None = None
    """The agreement of the samples; None without a vote."""
    samples: int = 1


def item_signals(line: Mapping[str, Any], text: str, schema: Schema[Any]) -> list[ItemSignals]:
    """Return the signals of each item in a line of ``records.jsonl``.

    ``text`` is the article's text, to which the spans refer. The result is empty for a
    line without evidence, because the positions of its quotes are unknown.
    """
    if not isinstance(line.get("evidence"), list):
        return []
    rules = read_by_rules(text, schema)
    profile = profile_for(schema)
    items = list(item_counterparts(line["record"], [rules.data], profile))
    if not items:
        return []
    return list(_RecordSignals(line, text, items).read(rules))


def _left_out(warnings: Iterable[Mapping[str, Any]]) -> list[int]:
    """Return the start offsets of the figures, dates and names that are in no item."""
    return [
        warning["start"]
        for warning in warnings
        if warning.get("kind") == "unaccounted" and "start" in warning
    ]


def _doubts(warnings: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return the kind of each warning about a value, and its pointer followed by a slash."""
    return [
        (warning["kind"], f"{warning['pointer']}/")
        for warning in warnings
        if warning.get("kind") in _DOUBTS and warning.get("pointer") is not None
    ]


class _RecordSignals:
    """The signals of the items of one record."""

    def __init__(
        self,
        line: Mapping[str, Any],
        text: str,
        items: Sequence[ItemCounterparts],
    ) -> None:
        self._items = items
        self._text = text
        self._words = f" {' '.join(words_of(text))} "
        evidence = [found for found in line["evidence"] if {"start", "end"} <= found.keys()]
        self._spans: dict[str, Span] = {
            found["pointer"]: (found["start"], found["end"]) for found in evidence
        }
        self._exact = {found["pointer"] for found in evidence if found.get("match") == "exact"}
        warnings = [warning for warning in line.get("warnings") or [] if isinstance(warning, dict)]
        self._left_out = _left_out(warnings)
        self._doubts = _doubts(warnings)
        self._votes = {
            vote["pointer"]: vote
            for vote in line.get("confidence") or []
            if vote.get("agreement") is not None
        }
        samples = max((vote.get("samples", 1) for vote in self._votes.values()), default=1)
        self._asked_again = max(0, (line.get("attempts") or 0) - samples)
        self._contexts = {
            pointer: quote_context(text, *span) for pointer, span in self._spans.items()
        }
        self._in_sentence = Counter(
            (item.path, self._contexts[item.pointer].sentence)
            for item in items
            if item.pointer in self._contexts
        )
        self._nested = _nested_by_list(items, self._spans)
        self._values = {item.pointer: self._value_signals(item) for item in items}
        self._not_printed: dict[str, list[float]] = defaultdict(list)
        for item in items:
            self._not_printed[item.path].append(self._values[item.pointer][_NOT_PRINTED])

    def read(self, rules: RulesReading) -> Iterator[ItemSignals]:
        """Yield the signals of each item, including those from a comparison with ``rules``."""
        for item in self._items:
            vote = self._votes.get(item.pointer)
            start = self._spans.get(item.pointer, (0, 0))[0]
            values = {
                LIST + item.path: 1.0,
                "asked_again": float(self._asked_again),
                **self._values[item.pointer],
                "others_not_printed": self._others_not_printed(item),
                **self._quote_signals(item),
                **self._check_signals(item),
                **rules.signals(item.item, item.others[0], item.rule, start),
            }
            if vote is None:
                yield ItemSignals(item.pointer, values)
                continue
            agreement = float(vote["agreement"])
            values["disagreement"] = 1.0 - agreement
            values["not_unanimous"] = float(agreement < _UNANIMOUS)
            yield ItemSignals(item.pointer, values, agreement, int(vote.get("samples", 1)))

    def _value_signals(self, item: ItemCounterparts) -> dict[str, float]:
        texts = [words_of(text) for text in texts_of(item.item, item.rule, _TEXT_KINDS)]
        quotes = {
            word for text in texts_of(item.item, item.rule, _QUOTE_KINDS) for word in words_of(text)
        }
        in_values = [word for words in texts for word in words]
        outside = sum(word not in quotes for word in in_values)
        unused = len(quotes - set(in_values))
        return {
            "filled_fields": float(filled_fields(item.item, item.rule)),
            "empty_texts": empty_share(item.item, item.rule, _TEXT_KINDS),
            "words_outside_quote": outside / len(in_values) if in_values else 0.0,
            "quote_words_unused": unused / len(quotes) if quotes else 0.0,
            _NOT_PRINTED: float(sum(f" {' '.join(words)} " not in self._words for words in texts)),
        }

    def _others_not_printed(self, item: ItemCounterparts) -> float:
        of_list = self._not_printed[item.path]
        others = sum(of_list) - self._values[item.pointer][_NOT_PRINTED]
        return others / (len(of_list) - 1) if len(of_list) > 1 else 0.0

    def _quote_signals(self, item: ItemCounterparts) -> dict[str, float]:
        context: QuoteContext | None = self._contexts.get(item.pointer)
        if context is None:
            return {"quote_not_exact": 1.0}
        start, end = self._spans[item.pointer]
        figures = math.log1p(
            sum(start - _NEARBY <= place <= end + _NEARBY for place in self._left_out)
        )
        return {
            "quote_not_exact": float(item.pointer not in self._exact),
            "quote_length": math.log(max(1, end - start)),
            "quote_sentences": float(context.sentences),
            "words_after_quote": math.log1p(context.words_after),
            "words_before_quote": math.log1p(context.words_before),
            "paragraph_before": math.log1p(context.paragraph_words_before),
            "items_in_sentence": math.log(self._in_sentence[item.path, context.sentence]),
            "quote_inside_other": float(item.pointer in self._nested[item.path].inner),
            "quote_holds_other": float(item.pointer in self._nested[item.path].outer),
            _FIGURES: figures,
            f"{_FIGURES}: {item.path}": figures,
        }

    def _check_signals(self, item: ItemCounterparts) -> dict[str, float]:
        inside = f"{item.pointer}/"
        return {
            name: float(
                sum(kind == name and place.startswith(inside) for kind, place in self._doubts)
            )
            for name in _DOUBTS
        }


def _nested_by_list(
    items: Sequence[ItemCounterparts], spans: Mapping[str, Span]
) -> dict[str, NestedQuotes]:
    of_list: dict[str, dict[str, Span]] = defaultdict(dict)
    for item in items:
        if item.pointer in spans:
            of_list[item.path][item.pointer] = spans[item.pointer]
    return {path: nested_quotes(quotes) for path, quotes in of_list.items()}
