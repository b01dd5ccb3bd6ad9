"""Reports on a prompt's errors, for the model that revises the prompt."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from antq_llm.core.excerpt import excerpt
from antq_llm.improve.trials import Trial
from antq_llm.scoring.discrepancy import Discrepancy

MAX_ERRORS = 40
"""Maximum number of errors to list per article; further errors are only counted."""

_WORDS = {
    "missed": "missed",
    "spurious": "not in the annotation",
    "wrong_value": "wrong value",
    "wrong_span": "wrong passage",
}


def feedback_on(trial: Trial) -> str:
    """Return the errors of a trial, one per line; those that affect the most slots come first."""
    if trial.failure is not None:
        return f"No record: {trial.failure}"
    errors = sorted(trial.score.errors, key=lambda error: -error.slots)
    if not errors:
        return "No errors."
    lines = [_line(error) for error in errors[:MAX_ERRORS]]
    if len(errors) > MAX_ERRORS:
        lines.append(f"- and {len(errors) - MAX_ERRORS} more")
    return "\n".join(lines)


def report_on(trials: Sequence[Trial]) -> str:
    """Return the errors of several trials, grouped by article."""
    return "\n\n".join(
        f"Article {trial.article.id}, strict F1 {trial.f1:.3f}\n{feedback_on(trial)}"
        for trial in trials
    )


def _line(error: Discrepancy) -> str:
    parts = [f"- {error.field}: {_WORDS[error.kind]}"]
    if error.gold is not None:
        parts.append(f"annotation {_shown(error.gold)}")
    if error.extracted is not None:
        parts.append(f"extracted {_shown(error.extracted)}")
    if error.gold_quote and error.kind in {"wrong_value", "missed"}:
        parts.append(f"passage {_shown(error.gold_quote)}")
    return "; ".join(parts)


def _shown(value: Any) -> str:
    return excerpt(json.dumps(value, ensure_ascii=False))
