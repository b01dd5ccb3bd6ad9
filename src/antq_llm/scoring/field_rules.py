"""How two values of one field are compared: the kinds of fields, their normal forms, and their similarity in the strict and the relaxed score.

Spelling is normalised as in ``antq_llm.text`` (composition, place of the tone mark, case, white space, kinds of quotation marks and
dashes). Diacritics and syllables are never folded: ``Công an`` is not ``Công``, ``Nguyễn Văn A`` not ``Nguyễn Văn B``.
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
"""The relaxed similarity of a value that is a part of the other: half a point, as a partial match has in MUC scoring (Chinchor 1992)."""
PASSAGE_THRESHOLD = 0.8
"""The F1 of two spans from which on they count as the same passage."""
FORMS_OF_ADDRESS = ("đồng chí", "đ/c", "ông", "bà")
"""What may stand before a person's name. Not `anh`, `chị`, `cô`: names begin with them."""
PLACE_CLASS_WORDS = (
    *("thành phố", "TP.", "TP", "tỉnh", "quận", "Q.", "huyện", "H.", "thị xã", "TX.", "TX"),
    *("phường", "P.", "xã", "X.", "thị trấn", "TT.", "TT"),
)
"""What may stand before the name of an administrative unit, and the abbreviations in use. A letter alone only with its dot."""

_CACHED = 1 << 13
_QUOTATION_MARKS = frozenset("\"'")
_FINAL_MARKS = frozenset(".,;:")
_YEARLESS = "XXXX"


class Similarity(NamedTuple):
    """How similar two values are, from 0 to 1 in each score; the relaxed similarity is never below the strict one."""

    strict: float
    relaxed: float


SAME, DIFFERENT, PART = Similarity(1.0, 1.0), Similarity(0.0, 0.0), Similarity(0.0, PARTIAL)


@dataclass(frozen=True)
class FieldRule:
    """How the values of one field are compared.

    ========= ==================================== ================================================================
    kind      strict: the same if                  relaxed, where they are not the same
    ========= ==================================== ================================================================
    exact     equal: numbers, enumerations, …      nothing
    date      equal as EDTF                        half, if one is a partial date that contains the other
    period    equal, ``2017`` being ``2017/2017``  half, if each end of the one contains that of the other
    name      the same words without class words   half, if the words of the one stand in a row in the other
    title     the same words                       F1 of the bags of words
    passage   F1 of the spans at the threshold     F1 of the spans
    set       element by element                   elements that differ are paired by their relaxed similarity
    ========= ==================================== ================================================================

    Quotation marks and a final stop or comma make no difference to names and titles, and no punctuation does to passages.
    """

    kind: RuleKind
    class_words: tuple[str, ...] = ()
    """Words that may stand before a name and are no part of it; one of them is set aside."""
    threshold: float = PASSAGE_THRESHOLD
    """Of passages: the F1 of the spans from which on they are the same."""
    element: FieldRule | None = None
    """Of sets: how their elements are compared."""

    def __post_init__(self) -> None:
        if (self.element is not None) != (self.kind == "set"):
            raise ValueError(
                f"a rule of kind {self.kind!r} with element {self.element!r}: a set needs the rule of its elements, and no other kind has one"
            )

    def normal(self, value: Any) -> Hashable:
        """Return the normal form of a JSON value; equal forms are the same value. None where the value says nothing."""
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
        """Return how similar two normal forms are; two that say nothing are the same, and one that does is like none."""
        if gold == extracted:
            return SAME
        if gold is None or extracted is None:
            return DIFFERENT
        if self.element is not None:
            return _set_similarity(self.element, gold, extracted)
        return _COMPARED[self.kind](gold, extracted, self.threshold)


def is_empty(value: Any) -> bool:
    """Whether a JSON value says nothing: null, blank text, an empty list or object."""
    return value is None or (
        not value.strip()
        if isinstance(value, str)
        else isinstance(value, list | dict) and not value
    )


def _normal_elements(rule: FieldRule, value: Any) -> tuple[Hashable, ...]:
    """Return the normal forms of a set's elements, each once, in an order of their own."""
    assert rule.element is not None
    forms = {rule.element.normal(one) for one in (value if isinstance(value, list) else [value])}
    return tuple(sorted(forms - {None}, key=repr))


def pair_elements(
    rule: FieldRule, gold: Sequence[Hashable], extracted: Sequence[Hashable]
) -> list[tuple[int, int, Similarity]]:
    """Return the pairs of two sets' elements with their similarity: equal ones first, then the best matching of the others.

    Elements that are less than half alike are two elements.
    """
    place = {form: index for index, form in enumerate(extracted)}
    pairs = [(index, place[form], SAME) for index, form in enumerate(gold) if form in place]
    left = [index for index, form in enumerate(gold) if form not in place]
    right = sorted(set(range(len(extracted))) - {column for _, column, _ in pairs})
    if left and right:
        similar = [
            [rule.similarity(gold[row], extracted[column]) for column in right] for row in left
        ]
        relaxed = [[one.relaxed for one in row] for row in similar]
        if max(map(max, relaxed)) >= PARTIAL:
            pairs += [
                (left[row], right[column], similar[row][column])
                for row, column in best_matching(np.array(relaxed), threshold=PARTIAL)
            ]
    return pairs


def _set_similarity(element: FieldRule, gold: Any, extracted: Any) -> Similarity:
    """Return the F1 of two sets' elements."""
    pairs = pair_elements(element, gold, extracted)
    total = len(gold) + len(extracted)
    return Similarity(
        2 * sum(similarity.strict for *_, similarity in pairs) / total,
        2 * math.fsum(similarity.relaxed for *_, similarity in pairs) / total,
    )


def _exact_form(value: Any) -> Hashable:
    """Tell true from 1 and 1 from the text "1", but not 1 from 1.0."""
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
    """Set aside the longest class word that begins a name, unless nothing else would be left."""
    fitting = [
        form
        for form in map(words_of, class_words)
        if len(form) < len(words) and words[: len(form)] == form
    ]
    return words[max(map(len, fitting), default=0) :]


def _compare_exact(*_: object) -> Similarity:
    return DIFFERENT


def _compare_periods(gold: Any, extracted: Any, _: float) -> Similarity:
    """Compare dates and periods alike: a date is a period that starts and ends on it."""
    (start, end), (other_start, other_end) = _ends(gold), _ends(extracted)
    return PART if _agree(start, other_start) and _agree(end, other_end) else DIFFERENT


def _ends(period: str) -> tuple[str, str]:
    start, _, end = period.partition("/")
    return start, end or start


def _agree(one: str, other: str) -> bool:
    """Whether two dates are equal as far as both go: ``2023-07`` and ``2023-07-24``, ``XXXX-07-24`` and ``2023-07-24``."""
    if one.startswith(_YEARLESS) or other.startswith(_YEARLESS):
        return len(one) == len(other) and one[len(_YEARLESS) :] == other[len(_YEARLESS) :]
    return one == other or one.startswith(f"{other}-") or other.startswith(f"{one}-")


def _compare_names(gold: Any, extracted: Any, _: float) -> Similarity:
    return (
        PART
        if (
            appears_in(gold, extracted)
            if len(gold) < len(extracted)
            else appears_in(extracted, gold)
        )
        else DIFFERENT
    )


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

EXACT, DATE, PERIOD, TITLE, PASSAGE = (
    FieldRule("exact"),
    FieldRule("date"),
    FieldRule("period"),
    FieldRule("title"),
    FieldRule("passage"),
)
NAME = FieldRule("name")
PERSON_NAME = FieldRule("name", class_words=FORMS_OF_ADDRESS)
PLACE_NAME = FieldRule("name", class_words=PLACE_CLASS_WORDS)


def set_of(element: FieldRule) -> FieldRule:
    """Return the rule of a list of scalars that is compared as a set."""
    return FieldRule("set", element=element)
