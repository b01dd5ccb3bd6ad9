"""Tables of confidence and of learning curves."""

from __future__ import annotations

from typing import Any

from antq_llm.cli.commands.eval_tables import rounded, shown_interval
from antq_llm.cli.printing import show
from antq_llm.cli.tables import print_rows
from antq_llm.confidence.ranking_quality import Figure, RankingQuality
from antq_llm.evaluation.evaluation import Evaluation

_SHOWN_SHARES = (0.1, 0.2, 0.4)


def print_confidence(evaluation: Evaluation, fitted_on: int) -> None:
    """Print how good the confidence of each system's items is.

    ``fitted_on`` is the number of the articles that the calibration was fitted on.
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
            f"The calibration was fitted on {fitted_on} of these article(s), which flatters the "
            "figures: antq-llm calibrate measures it on articles left out."
        )


def print_quality(rated: dict[str, RankingQuality]) -> None:
    """Print the figures of confidence, by the name of what was rated."""
    print_rows(
        [_row(name, quality) for name, quality in rated.items()],
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


def _row(name: str, quality: RankingQuality) -> dict[str, Any]:
    row: dict[str, Any] = {
        "system": name,
        "items": quality.items,
        "wrong": quality.errors,
        "AUROC": _shown(quality.auroc),
        "calibration error": _shown(quality.calibration_error),
        "tenth / perfect": _shown(quality.found_in_tenth),
    }
    for share in _SHOWN_SHARES:
        row[f"found in {share:.0%}"] = rounded(quality.curve[share].value)
    return row


def _shown(figure: Figure) -> str:
    if figure.value is None:
        return ""
    return f"{rounded(figure.value)} {shown_interval(figure.interval)}"
