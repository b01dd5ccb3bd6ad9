"""An improvement as JSON data, as notes for its draft and as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from antq_llm.evaluation.significance import Interval
from antq_llm.improve.improvement import HeldOutTest, Improvement
from antq_llm.improve.optimiser import Candidate
from antq_llm.improve.trials import Trial


def as_data(improvement: Improvement) -> dict[str, Any]:
    """Return an improvement as JSON data, with the revisions and scores of all candidates."""
    settings, test = improvement.settings, improvement.test
    return {
        "prompt": settings.prompt.reference,
        "schema": settings.schema.reference,
        "training": [article.id for article in settings.split.training],
        "held_out": [article.id for article in settings.split.held_out],
        "seed": settings.seed,
        "ended": improvement.optimisation.reason,
        "candidates": [_candidate(each) for each in improvement.optimisation.candidates],
        "chosen": _candidate(improvement.chosen),
        "examples": list(improvement.examples),
        "test": None if test is None else _test(test),
        "accepted": improvement.is_accepted,
    }


def notes(improvement: Improvement) -> str:
    """Return the changes and their reasons in one line, for the front matter of the draft."""
    changes = [
        f"{change.what} ({change.why})"
        for revision in improvement.revisions
        for change in revision.changes
    ]
    if improvement.examples:
        changes.append(f"Worked examples: {', '.join(improvement.examples)}.")
    words = " ".join(" ".join(changes).split())
    return f"Improved from {improvement.settings.prompt.reference}. {words}".strip()


def summary(improvement: Improvement) -> list[str]:
    """Return the outcome of an improvement as lines of text."""
    test = improvement.test
    candidates = improvement.optimisation.candidates
    lines = [
        f"tried {len(candidates)} prompt(s) on {len(improvement.settings.split.training)} "
        f"training articles; the optimisation ended: {improvement.optimisation.reason}"
    ]
    if test is None:
        lines.append(
            "no draft: no new prompt scored better on the training articles, "
            "or the test of the best one was not completed"
        )
        return lines
    lines += [
        f"{name} on {len(trials)} held-out articles: strict F1 {_shown(*test.f1(trials))}"
        for name, trials in (
            (improvement.settings.prompt.reference, test.original),
            ("the new prompt", test.candidate),
        )
    ]
    comparison = test.comparison
    difference = "unknown" if comparison.difference is None else f"{comparison.difference:+.3f}"
    p = "" if comparison.p is None else f", p {comparison.p:.3f}"
    interval = "" if comparison.interval is None else f" {_interval(comparison.interval)}"
    lines.append(f"difference {difference}{interval}{p}")
    if not test.accepts:
        lines.append("no draft: the new prompt is worse than the original on the held-out articles")
    return lines


def _candidate(candidate: Candidate) -> dict[str, Any]:
    revision = candidate.revision
    return {
        "reference": candidate.prompt.reference,
        "sha256": candidate.prompt.digest,
        "parent": candidate.parent,
        "mean_f1": candidate.mean_f1,
        "articles": _by_article(candidate.trials),
        "changes": [] if revision is None else [each.model_dump() for each in revision.changes],
        "instructions": None if revision is None else revision.instructions,
    }


def _test(test: HeldOutTest) -> dict[str, Any]:
    sides = {"original": test.original, "candidate": test.candidate}
    comparison = test.comparison
    return {
        **{
            name: {
                "f1": test.f1(trials)[0],
                "interval": test.f1(trials)[1],
                "articles": _by_article(trials),
            }
            for name, trials in sides.items()
        },
        "difference": comparison.difference,
        "interval": comparison.interval,
        "p": comparison.p,
        "detectable": comparison.detectable,
    }


def _by_article(trials: Sequence[Trial]) -> dict[str, float]:
    return {trial.article.id: trial.f1 for trial in trials}


def _shown(f1: float | None, interval: Interval | None) -> str:
    value = "-" if f1 is None else f"{f1:.3f}"
    return value if interval is None else f"{value} {_interval(interval)}"


def _interval(interval: Interval) -> str:
    return f"[{interval[0]:.3f}, {interval[1]:.3f}]"
