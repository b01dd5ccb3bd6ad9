"""The exit status of an evaluation."""

from __future__ import annotations

from antq_llm.cli.commands.eval_tables import rounded
from antq_llm.cli.printing import say
from antq_llm.evaluation.evaluation import OVERALL, Evaluation, System


def status_of(evaluation: Evaluation, fail_under: float | None, no_worse_than: str | None) -> int:
    """Return 1 if an article has no record or a score is too low, else 0; print the reasons."""
    missed = [
        _failure_line(system.system) for system in evaluation.systems if system.system.failures
    ]
    for system in evaluation.systems:
        f1 = system.scores.strict[OVERALL].counts.f1
        if fail_under is not None and (f1 is None or f1 < fail_under):
            score = "no strict F1" if f1 is None else f"a strict F1 of {rounded(f1)}"
            missed.append(f"{system.system.name} has {score}; --fail-under requires {fail_under}")
    if no_worse_than is not None:
        missed += _worse_than(no_worse_than, evaluation)
    for line in missed:
        say(line)
    return 1 if missed else 0


def _failure_line(system: System) -> str:
    first, reason = next(iter(system.failures.items()))
    return (
        f"{system.name} has no record for {len(system.failures)} article(s), "
        f"which are scored as empty records; the first is {first}: {reason}"
    )


def _worse_than(reference: str, evaluation: Evaluation) -> list[str]:
    worse = []
    for pair in evaluation.comparisons:
        interval = pair.fields[OVERALL].interval
        if pair.mode != "strict" or interval is None or reference not in {pair.a, pair.b}:
            continue
        # The interval is that of ``a`` minus ``b``; negate it if the reference is ``a``.
        low, high = interval if pair.b == reference else (-interval[1], -interval[0])
        if high < 0:
            name = pair.a if pair.b == reference else pair.b
            worse.append(
                f"{name} is worse than {reference} in strict F1, by {-high:.3f} to {-low:.3f} "
                "(95% interval)"
            )
    return worse
