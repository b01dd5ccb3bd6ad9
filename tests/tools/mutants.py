"""Test the tests: change the code in a random sample of places and see which tests notice.

``python tests/tools/mutants.py`` draws mutants of the code for evidence, checks, mentions, scoring,
prices and budgets. For each mutant, it runs the tests that execute the changed line. It prints the
share of killed mutants, and exits with 1 if the share, without equivalent mutants, is below
``--fail-under``. Coverage and results are kept in ``build/mutants``.
"""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from helpers.mutation.covering import PACKAGE, CoverageMap, measure, read_map
from helpers.mutation.operators import Mutant, mutants_of
from helpers.mutation.results import (
    Result,
    put_tables,
    read_results,
    result_of,
    score_of,
    tables,
    with_reasons,
    without_equivalent,
    write_results,
)
from helpers.mutation.trial import Trial, TrialRunner, Verdict, replacements
from helpers.paths import REPOSITORY

TARGETS = (
    "evidence/**/*.py",
    "validation/**/*.py",
    "mentions/**/*.py",
    "scoring/**/*.py",
    "clients/budget.py",
    "clients/pricing.py",
    "openai_batch/budget_gate.py",
    "store/sql/money_table.py",
    "store/spending_ledger.py",
)
WORK = REPOSITORY / "build" / "mutants"
PRELOADED = ("aiohttp", "instructor", "lxml", "numpy", "openai", "pydantic", "scipy")
"""Modules that are imported once, before processes are forked."""


def main(words: Sequence[str]) -> int:
    """Test a sample of mutants; return 1 if too many of them survive."""
    options = _parser().parse_args(words)
    everything = all_mutants()
    sample = draw(everything, options.sample, options.seed)
    results_file = WORK / "results.json"
    earlier = {r.key: r for r in read_results(results_file)} if options.again else {}
    chosen = [
        mutant
        for mutant in sample
        if options.only in mutant.key
        and not (mutant.key in earlier and earlier[mutant.key].is_killed)
    ]
    for name in PRELOADED:
        __import__(name)
    covered = _covered(WORK / "coverage.json.gz")
    found = {result.key: result for result in _run(chosen, covered, options)}
    results = with_reasons(
        [found.get(m.key) or earlier[m.key] for m in sample if m.key in found | earlier]
    )
    if not options.only:
        write_results(results, results_file)
    for result in results:
        if not result.is_killed:
            print(f"{result.status} {result.path}:{result.line} {result.key} {result.reason}")
    real = without_equivalent(results)
    print(f"killed: {score_of(results)}; without equivalent mutants: {score_of(real)}")
    if options.write:
        put_tables(options.write, tables(results, len(everything)))
    return 1 if score_of(real).share < options.fail_under else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Run tests against a sample of mutants.")
    parser.add_argument("--sample", type=int, default=400, help="number of mutants")
    parser.add_argument("--seed", type=int, default=2026, help="seed of the sample")
    parser.add_argument("--workers", type=int, default=1, help="number of parallel processes")
    parser.add_argument(
        "--seconds",
        type=float,
        default=60,
        help="maximum duration of the tests for one mutant, fastest first",
    )
    parser.add_argument(
        "--fail-under", type=float, default=0.85, help="minimum share of killed mutants"
    )
    parser.add_argument("--only", default="", help="only mutants whose name contains this text")
    parser.add_argument("--again", action="store_true", help="only mutants that were not killed")
    parser.add_argument("--write", type=Path, help="Markdown page to write the tables into")
    return parser


def all_mutants() -> list[Mutant]:
    """Return all mutants of the modules in ``TARGETS``."""
    paths = sorted(path for pattern in TARGETS for path in PACKAGE.glob(pattern))
    return [
        mutant
        for path in paths
        for mutant in mutants_of(str(path.relative_to(PACKAGE)), path.read_text("utf-8"))
    ]


def draw(mutants: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """Draw a random sample that hardly changes when the code changes slightly."""
    return sorted(mutants, key=lambda m: sha256(f"{seed} {m.key}".encode()).digest())[:size]


def _covered(path: Path) -> CoverageMap:
    """Return the tests that run each line, after measuring files that have changed."""
    covered = read_map(path)
    if names := covered.outdated():
        print(f"running the tests of {len(names)} files once", file=sys.stderr)
        path.parent.mkdir(parents=True, exist_ok=True)
        covered.update(names, measure(names, path.with_name("coverage.sqlite3")))
        covered.write(path)
    return covered


def _run(
    mutants: Sequence[Mutant], covered: CoverageMap, options: argparse.Namespace
) -> list[Result]:
    results: list[Result] = []
    start = time.monotonic()

    def report(verdict: Verdict) -> None:
        mutant = verdict.trial.mutant
        if mutant is None:
            if verdict.status != "survived":
                raise RuntimeError(f"{verdict.test} fails in another order, even without a mutant")
            return
        results.append(result_of(mutant, verdict))
        minutes = (time.monotonic() - start) / 60
        print(
            f"{len(results)}/{len(mutants)} {minutes:.1f} min {verdict.status} {mutant.key} "
            f"[{verdict.test or len(verdict.trial.tests)}]",
            file=sys.stderr,
        )

    at_import, collected = [], []
    for mutant in mutants:
        tests = covered.tests_of(mutant)
        if not tests:
            results.append(result_of(mutant, None))
            continue
        trial = _trial(mutant, tests, covered, options.seconds)
        is_replaced = not covered.runs_at_import(mutant) and replacements(mutant)
        (collected if is_replaced else at_import).append(trial)
    runner = TrialRunner(options.workers, report)
    for trials, run in ((at_import, runner.run_at_import), (collected, runner.run_collected)):
        if trials:
            tests = {test for trial in trials for test in trial.tests}
            run([_trial(None, tests, covered, options.seconds), *trials])
    return results


def _trial(
    mutant: Mutant | None, tests: Iterable[str], covered: CoverageMap, limit: float
) -> Trial:
    """Return a trial with the fastest tests that together take at most ``limit`` seconds."""
    chosen, seconds = [], 0.0
    for test in sorted(tests, key=lambda test: (covered.seconds[test], test)):
        if chosen and seconds + covered.seconds[test] > limit:
            break
        chosen.append(test)
        seconds += covered.seconds[test]
    return Trial(mutant, tuple(chosen), seconds)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
