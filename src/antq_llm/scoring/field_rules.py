"""Rules for comparing two values of a field: kinds, normal forms and similarities.

The spelling of names, titles and passages is normalised as in ``antq_llm.text`` (Unicode
composition, place of the tone mark, case, white space, and kinds of quotation marks and dashes).
Diacritics and syllables are never ignored: ``Công an`` is not ``Công``, and ``Nguyễn Văn A`` is not
``Nguyễn Văn B``.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np

from antq_llm.core.digest import canonical_json
from antq_llm.scoring.assignment import best_matching
from antq_llm.text.words import Words, appears_in, shared_words, span_overlap, words_of

RuleKind = Literal["exact", "date", "period", "name", "title", "set", "passage"]

PARTIAL = 0.5
"""The relaxed similarity of a value and a part of it.

A partial match is worth half a point in MUC scoring (Chinchor 1992).
"""
PASSAGE_THRESHOLD = 0.8
"""The minimum F1 at which two spans count as the same passage."""

_CACHED = 1 << 13
_QUOTATION_MARKS = frozenset("\"'")
_FINAL_MARKS = frozenset(".,;:")
_YEARLESS = "XXXX"


class Similarity(NamedTuple):
    """The similarities of two values, from 0 to 1; ``strict`` never exceeds ``relaxed``."""

    strict: float
    relaxed: float


SAME, DIFFERENT, PART = Similarity(1.0, 1.0), Similarity(0.0, 0.0), Similarity(0.0, PARTIAL)


@dataclass(frozen=True)
class FieldRule:
    """The rule for comparing two values of one field.

    ======= ================================== ====================================================
    kind    values are the same if             relaxed similarity of values that are not the same
    ======= ================================== ====================================================
    exact   they are equal                     0
    date    they are equal as EDTF             0.5 if equal in the parts that both dates have
    period  they are equal as EDTF             0.5 if the starts and the ends agree as for dates
    name    their words are the same           0.5 if one is a run of words in the other
    title   their words are the same           F1 of the bags of words
    passage F1 of the spans >= ``threshold``   F1 of the spans
    set     their elements are the same        F1 of the elements, paired by their similarity
    ======= ================================== ====================================================

    The strict similarity of values that are not the same is 0; for sets, it is the F1 of the
    elements that are the same. The period ``2017`` equals ``2017/2017``. Names are compared without
    a preceding class word. Names and titles are compared without quotation marks and without a full
    stop, comma, semicolon or colon at the end; passages are compared without any punctuation.
    """

    kind: RuleKind
    class_words: tuple[str, ...] = ()
    """For names: words that can precede a name without being part of it, such as ``Mr``."""
    threshold: float = PASSAGE_THRESHOLD
    """For passages: the minimum F1 at which two spans count as the same passage."""
    element: FieldRule | None = None
    """For sets: the rule for comparing their elements."""

    def __post_init__(self) -> None:
        if (self.element is not None) != (self.kind == "set"):
            raise ValueError(
                f"a rule of kind {self.kind!r} has the element {self.element!r}: "
                "a set needs a rule for its elements, and other kinds must not have one"
            )

    def normal(self, value: Any) -> Hashable:
        """Return the normal form of a JSON value, or None if the value is empty.

        Values with equal normal forms count as the same.
        """
        if is_empty(value):
            return None
        if self.element is not None:
            return _normal_elements(self, value)
        if self.kind == "exact":
            return _exact_form(value)
        text = value if isinstance(value, str) else canonical_json(value)
        if self.kind in {"date", "period"}:
            start, _, end = text.strip().partition("/")
            return start if end in {start, ""} else f"{start}/{end}"
        return _word_form(text, self.kind, self.class_words)

    def similarity(self, gold: Hashable, extracted: Hashable) -> Similarity:
        """Return the similarity of two normal forms; an empty value equals only an empty value."""
        if gold == extracted:
            return SAME
        if gold is None or extracted is None:
            return DIFFERENT
        if self.element is not None:
            return _set_similarity(self.element, gold, extracted)
        return _COMPARED[self.kind](gold, extracted, self.threshold)


def is_empty(value: Any) -> bool:
    """Return whether a JSON value is null, blank text, or an empty list or object."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, list | dict) and not value)


def _normal_elements(rule: FieldRule, value: Any) -> tuple[Hashable, ...]:
    """Return the distinct normal forms of a set's elements, sorted."""
    assert rule.element is not None
    elements = value if isinstance(value, list) else [value]
    forms = {rule.element.normal(element) for element in elements}
    return tuple(sorted(forms - {None}, key=repr))


def pair_elements(
    rule: FieldRule, gold: Sequence[Hashable], extracted: Sequence[Hashable]
) -> list[tuple[int, int, Similarity]]:
    """Return the pairs of elements of two sets, by index, with their similarities.

    Equal elements are paired first. The remaining elements are paired so that their total relaxed
    similarity is greatest. Elements whose relaxed similarity is below 0.5 are not paired.
    """
    place = {form: index for index, form in enumerate(extracted)}
    pairs = [(index, place[form], SAME) for index, form in enumerate(gold) if form in place]
    left = [index for index, form in enumerate(gold) if form not in place]
    right = sorted(set(range(len(extracted))) - {column for _, column, _ in pairs})
    if left and right:
        similar = [
            [rule.similarity(gold[row], extracted[column]) for column in right] for row in left
        ]
        relaxed = [[pair.relaxed for pair in row] for row in similar]
        if max(map(max, relaxed)) >= PARTIAL:
            pairs += [
                (left[row], right[column], similar[row][column])
                for row, column in best_matching(np.array(relaxed), threshold=PARTIAL)
            ]
    return pairs


def _set_similarity(element: FieldRule, gold: Any, extracted: Any) -> Similarity:
    """Return the strict and relaxed F1 of the elements of two sets."""
    pairs = pair_elements(element, gold, extracted)
    total = len(gold) + len(extracted)
    return Similarity(
        2 * sum(similarity.strict for *_, similarity in pairs) / total,
        2 * math.fsum(similarity.relaxed for *_, similarity in pairs) / total,
    )


def _exact_form(value: Any) -> Hashable:
    """Return a form in which true, 1 and the text "1" differ but 1 and 1.0 are equal."""
    if isinstance(value, str):
        return "text", unicodedata.normalize("NFC", value).strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "json", canonical_json(value)
    return "number", value


@lru_cache(maxsize=_CACHED)
def _word_form(text: str, kind: RuleKind, class_words: tuple[str, ...]) -> Words:
    words = words_of(text)
    if kind == "passage":
        return tuple(word for word in words if word[0].isalnum()) or words
    kept = tuple(word for word in words if word not in _QUOTATION_MARKS)
    while len(kept) > 1 and kept[-1] in _FINAL_MARKS:
        kept = kept[:-1]
    return _without_class_word(kept, class_words) or words


def _without_class_word(words: Words, class_words: tuple[str, ...]) -> Words:
    """Return a name without the longest class word at its start, if other words follow."""
    fitting = [
        form
        for form in map(words_of, class_words)
        if len(form) < len(words) and words[: len(form)] == form
    ]
    return words[max(map(len, fitting), default=0) :]


def _compare_exact(*_: object) -> Similarity:
    return DIFFERENT


def _compare_periods(gold: Any, extracted: Any, _: float) -> Similarity:
    """Compare dates and periods; a date counts as a period that starts and ends on that date."""
    ends = zip(_ends(gold), _ends(extracted), strict=True)
    return PART if all(_agree(*dates) for dates in ends) else DIFFERENT


def _ends(period: str) -> tuple[str, str]:
    start, _, end = period.partition("/")
    return start, end or start


def _agree(gold: str, extracted: str) -> bool:
    """Return whether two dates are equal in the parts that both have.

    ``2023-07`` agrees with ``2023-07-24``, and ``XXXX-07-24`` with ``2023-07-24``.
    """
    if gold.startswith(_YEARLESS) or extracted.startswith(_YEARLESS):
        day = slice(len(_YEARLESS), None)
        return len(gold) == len(extracted) and gold[day] == extracted[day]
    return gold == extracted or gold.startswith(f"{extracted}-") or extracted.startswith(f"{gold}-")


def _compare_names(gold: Any, extracted: Any, _: float) -> Similarity:
    shorter, longer = (gold, extracted) if len(gold) < len(extracted) else (extracted, gold)
    return PART if appears_in(shorter, longer) else DIFFERENT


def _compare_titles(gold: Any, extracted: Any, _: float) -> Similarity:
    return Similarity(0.0, shared_words(gold, extracted))


def _compare_passages(gold: Any, extracted: Any, threshold: float) -> Similarity:
    overlap = span_overlap(gold, extracted)
    return SAME if overlap >= threshold else Similarity(0.0, overlap)


_COMPARED: Mapping[str, Callable[[Any, Any, float], Similarity]] = {
    "exact": _compare_exact,
    "date": _compare_periods,
    "period": _compare_periods,
    "name": _compare_names,
    "title": _compare_titles,
    "passage": _compare_passages,
}

EXACT = FieldRule("exact")
DATE = FieldRule("date")
PERIOD = FieldRule("period")
TITLE = FieldRule("title")
PASSAGE = FieldRule("passage")
NAME = FieldRule("name")


def set_of(element: FieldRule) -> FieldRule:
    """Return the rule for comparing lists of scalars as sets, given the rule for their elements."""
    return FieldRule("set", element=element)
