"""Sums of counts, and the rates computed from them."""

from __future__ import annotations

from antq_llm.scoring.metrics import Counts, Score


def test_fractions_are_summed_exactly() -> None:
    """The sum of whole and fractional counts is exact, in any order."""
    counts = [*[Counts(0.1)] * 10, Counts(1)]
    assert Counts.total(counts).tp == Counts.total(counts[::-1]).tp == 2.0


def test_whole_counts_stay_whole() -> None:
    """The sum of whole counts is whole, and the sum of no counts is zero."""
    assert repr(Counts.total([Counts(1, 2, 3), Counts(4, 5, 6)])) == "Counts(tp=5, fp=7, fn=9)"
    assert Counts.total([]) == Counts(0, 0, 0)


def test_rates() -> None:
    """Precision, recall and F1 follow their definitions; macro F1 omits articles without slots."""
    score = Score.over([Counts(3, 1, 2), Counts(0, 0, 4), Counts()])
    assert score.as_dict() == {
        "precision": 3 / 4,
        "recall": 3 / 9,
        "f1": 6 / 13,
        "macro_f1": (6 / 9 + 0) / 2,
        "tp": 3,
        "fp": 1,
        "fn": 6,
    }
