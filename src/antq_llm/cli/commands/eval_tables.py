"""Tables of an evaluation."""

from __future__ import annotations

from typing import Any

from antq_llm.cli.printing import show
from antq_llm.cli.tables import print_rows
from antq_llm.evaluation.evaluation import (
    MODES,
    OVERALL,
    Evaluation,
    PairedComparison,
    ScoredSystem,
)
from antq_llm.evaluation.significance import Interval


def print_evaluation(evaluation: Evaluation) -> None:
    """Print the leaderboard and the paired differences."""
    rows = [_row(system) for system in evaluation.systems]
    if evaluation.ceiling is not None:
        rows.append(_row(evaluation.ceiling))
    print_rows(
        rows,
        as_json=False,
        title=f"Scores over {len(evaluation.gold)} article(s): micro F1 with 95% intervals",
    )
    pairs = [
        {
            "a less b": f"{pair.a} less {pair.b}",
            "difference": rounded(pair.fields[OVERALL].difference, sign=True),
            "interval": shown_interval(pair.fields[OVERALL].interval, sign=True),
            "p": rounded(pair.fields[OVERALL].p),
            "detectable": rounded(pair.fields[OVERALL].detectable),
        }
        for pair in evaluation.comparisons
        if pair.mode == "strict"
    ]
    if pairs:
        print_rows(pairs, as_json=False, title="Paired differences in strict F1")
    if caution := evaluation.caution():
        show(caution)


def _row(system: ScoredSystem) -> dict[str, Any]:
    row: dict[str, Any] = {"system": system.system.name, "failed": len(system.system.failures)}
    for mode in MODES:
        scores = system.scores.strict if mode == "strict" else system.scores.relaxed
        interval = system.intervals(mode)[OVERALL]
        row |= {mode: rounded(scores[OVERALL].counts.f1), f"{mode} 95%": shown_interval(interval)}
    counts = system.scores.strict[OVERALL].counts
    usage, cost = system.system.usage, system.system.cost_usd
    tokens = "" if usage.input_tokens is None else f"{usage.input_tokens} + {usage.output_tokens}"
    return row | {
        "precision": rounded(counts.precision),
        "recall": rounded(counts.recall),
        "tokens in + out": tokens,
        "cost": "" if cost is None else f"${cost:.2f}",
    }


def rounded(value: float | None, *, sign: bool = False) -> str:
    """Return a score or difference with three digits, empty if there is none."""
    if value is None:
        return ""
    return f"{value:+.3f}" if sign else f"{value:.3f}"


def shown_interval(interval: Interval | None, *, sign: bool = False) -> str:
    """Return an interval as text, empty if there is none."""
    if interval is None:
        return ""
    low, high = interval
    return f"[{rounded(low, sign=sign)}, {rounded(high, sign=sign)}]"


def print_differences(
    evaluation: Evaluation, pair: PairedComparison, names: tuple[str, str]
) -> None:
    """Print the fields in which the first two systems differ in strict F1."""
    first, second = (system.scores.strict for system in evaluation.systems[:2])
    rows = [
        {
            "field": name,
            names[0]: rounded(first[name].counts.f1),
            names[1]: rounded(second[name].counts.f1),
            "difference": rounded(comparison.difference, sign=True),
            "95%": shown_interval(comparison.interval, sign=True),
            "p": rounded(comparison.p),
            "p corrected": rounded(comparison.p_adjusted),
        }
        for name, comparison in pair.fields.items()
        if comparison.difference and name.count(".") < 2
    ]
    print_rows(
        rows,
        as_json=False,
        title=f"Strict F1 over {len(evaluation.gold)} packaged article(s), where it differs",
    )
    if caution := evaluation.caution():
        show(caution)
