"""The tables that ``antq-llm eval`` prints."""

from __future__ import annotations

from typing import Any

from antq_llm.cli.printing import show
from antq_llm.cli.tables import print_rows
from antq_llm.confidence.ranking_quality import Figure, RankingQuality
from antq_llm.evaluation.evaluation import (
    MODES,
    OVERALL,
    Evaluation,
    PairedComparison,
    ScoredSystem,
)
from antq_llm.evaluation.significance import Interval

_SHOWN_SHARES = (0.1, 0.2, 0.4)
"""The shares of items in the columns of the confidence table, such as ``found in 10%``."""


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
    """Return a score or difference with three decimals, or an empty string for None."""
    if value is None:
        return ""
    return f"{value:+.3f}" if sign else f"{value:.3f}"


def shown_interval(interval: Interval | None, *, sign: bool = False) -> str:
    """Return an interval as text, or an empty string for None."""
    if interval is None:
        return ""
    low, high = interval
    return f"[{rounded(low, sign=sign)}, {rounded(high, sign=sign)}]"


def print_differences(
    evaluation: Evaluation, pair: PairedComparison, names: tuple[str, str]
) -> None:
    """Print the fields whose strict F1 differs between the first two systems."""
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
        title=f"Fields with different strict F1 over {len(evaluation.gold)} packaged article(s)",
    )
    if caution := evaluation.caution():
        show(caution)


def print_confidence(evaluation: Evaluation, fitted_on: int) -> None:
    """Print the quality of each system's item confidence.

    ``fitted_on`` is the number of scored articles to which the calibration was fitted.
    """
    rated = {
        system.system.name: system.confidence
        for system in evaluation.systems
        if system.confidence is not None
    }
    if not rated:
        return
    print_quality(rated)
    if fitted_on:
        show(
            f"The calibration was fitted to {fitted_on} of these articles, so it looks better "
            "than it is. To measure it on articles left out of the fit, use antq-llm calibrate."
        )


def print_quality(rated: dict[str, RankingQuality]) -> None:
    """Print a table of confidence quality with a row for each key of ``rated``."""
    print_rows(
        [_confidence_row(name, quality) for name, quality in rated.items()],
        as_json=False,
        title="Confidence of items, with 95% intervals over articles",
    )


def print_curves(evaluation: Evaluation) -> None:
    """Print how F1 and its interval depend on the number of gold articles."""
    rows = [
        {
            "system": system.system.name,
            "articles": f"{point.articles}{' (predicted)' if point.is_predicted else ''}",
            "strict F1": rounded(point.f1),
            "95%": shown_interval(point.interval),
            "width": rounded(point.interval[1] - point.interval[0]),
        }
        for system in evaluation.systems
        for point in system.curve
    ]
    if rows:
        print_rows(rows, as_json=False, title="Strict F1 by the number of gold articles")
    else:
        show("There are too few gold articles for a learning curve: annotate at least 4.")


def _confidence_row(name: str, quality: RankingQuality) -> dict[str, Any]:
    row: dict[str, Any] = {
        "system": name,
        "items": quality.items,
        "wrong": quality.errors,
        "AUROC": _shown_figure(quality.auroc),
        "calibration error": _shown_figure(quality.calibration_error),
        "tenth / perfect": _shown_figure(quality.found_in_tenth),
    }
    for share in _SHOWN_SHARES:
        row[f"found in {share:.0%}"] = rounded(quality.curve[share].value)
    return row


def _shown_figure(figure: Figure) -> str:
    if figure.value is None:
        return ""
    return f"{rounded(figure.value)} {shown_interval(figure.interval)}"
