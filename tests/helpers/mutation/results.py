"""The score of a sample of mutants, and tables that show it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from helpers.mutation.operators import Mutant
from helpers.mutation.trial import Verdict
from helpers.paths import REPOSITORY

REASONS = REPOSITORY / "tests" / "data" / "surviving_mutants.toml"
"""Reasons why mutants survive: ``[equivalent]`` if no test can notice them, else ``[accepted]``."""
BEGIN, END = "<!-- mutants: begin -->", "<!-- mutants: end -->"


@dataclass(frozen=True)
class Result:
    """A mutant and its outcome."""

    key: str
    path: str
    line: int
    scope: str
    operator: str
    change: str
    status: str
    """``killed``, ``timeout``, ``survived``, or ``uncovered`` if no test runs the line."""
    test: str | None
    tests: int
    """The number of tests that run the line."""
    is_equivalent: bool = False
    reason: str = ""

    @property
    def is_killed(self) -> bool:
        """Whether a test failed or hung."""
        return self.status in {"killed", "timeout"}


@dataclass(frozen=True)
class Score:
    """The share of killed mutants, with its 95% confidence interval (Wilson)."""

    killed: int
    total: int

    @property
    def share(self) -> float:
        """The share of killed mutants, from 0 to 1."""
        return self.killed / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """The bounds of the 95% confidence interval of the share."""
        from scipy.stats import binomtest

        low, high = binomtest(self.killed, self.total).proportion_ci(method="wilson")
        return float(low), float(high)

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"{self.killed} of {self.total} ({self.share:.1%}, 95% interval {low:.1%}–{high:.1%})"
        )


def result_of(mutant: Mutant, verdict: Verdict | None) -> Result:
    """Return the result for a mutant; None as verdict means that no test runs it."""
    return Result(
        mutant.key,
        mutant.path,
        mutant.lines[0],
        mutant.scope,
        mutant.operator,
        mutant.change,
        verdict.status if verdict else "uncovered",
        verdict.test if verdict else None,
        len(verdict.trial.tests) if verdict else 0,
    )


def with_reasons(results: Iterable[Result], path: Path = REASONS) -> list[Result]:
    """Return the results with the reasons for survivors from a file."""
    reasons: dict[str, dict[str, str]] = tomllib.loads(path.read_text("utf-8"))
    explained = []
    for result in results:
        values = asdict(result) | {"is_equivalent": False, "reason": ""}
        if not result.is_killed:
            values["is_equivalent"] = result.key in reasons["equivalent"]
            kind = "equivalent" if values["is_equivalent"] else "accepted"
            values["reason"] = reasons[kind].get(result.key, "")
        explained.append(Result(**values))
    return explained


def score_of(results: Sequence[Result]) -> Score:
    """Return the score over all results."""
    return Score(sum(result.is_killed for result in results), len(results))


def without_equivalent(results: Iterable[Result]) -> list[Result]:
    """Return the results of mutants that are not equivalent to the original code."""
    return [result for result in results if not result.is_equivalent]


def write_results(results: Sequence[Result], path: Path) -> None:
    """Write results as JSON."""
    data = [asdict(result) for result in results]
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")


def read_results(path: Path) -> list[Result]:
    """Read results written by ``write_results``."""
    data: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return [Result(**values) for values in data]


def tables(results: Sequence[Result], total: int) -> str:
    """Return the scores by package and the survivors, as Markdown.

    ``total`` is the number of mutants that the sample was drawn from.
    """
    real = without_equivalent(results)
    timeouts = sum(result.status == "timeout" for result in results)
    packages = sorted({_package(result) for result in results})
    rows = [_row(name, [r for r in results if _package(r) == name]) for name in packages]
    lines = [
        f"Of {total} mutants, {len(results)} were drawn. Killed: **{score_of(results)}**,",
        f"including {timeouts} that exceeded a time limit. Without the "
        f"{len(results) - len(real)} equivalent mutants:",
        f"**{score_of(real)}**.",
        "",
        "| package | mutants | killed | equivalent | survived |",
        "| --- | ---: | ---: | ---: | ---: |",
        *rows,
        _row("all", results),
        "",
    ]
    for title, is_equivalent in (("Survivors", False), ("Equivalent mutants", True)):
        chosen = [r for r in results if not r.is_killed and r.is_equivalent is is_equivalent]
        lines += [f"### {title}", "", "| where | change | why |", "| --- | --- | --- |"]
        lines += [_survivor_row(result) for result in sorted(chosen, key=lambda r: r.key)]
        lines.append("")
    return "\n".join(lines)


def _package(result: Result) -> str:
    folder, _, rest = result.path.partition("/")
    is_whole = folder in {"evidence", "mentions", "scoring", "validation"}
    return f"`{folder}/`" if is_whole else f"`{folder}/{rest}`"


def _row(name: str, results: Sequence[Result]) -> str:
    killed = sum(result.is_killed for result in results)
    equivalent = sum(result.is_equivalent for result in results)
    cells = [name, len(results), killed, equivalent, len(results) - killed - equivalent]
    return f"| {' | '.join(map(str, cells))} |"


def _survivor_row(result: Result) -> str:
    change = result.change.replace("|", "\\|")
    reason = result.reason or ("no test runs the line" if result.status == "uncovered" else "open")
    return f"| `{result.path}` `{result.scope or '-'}` | {change} | {reason} |"


def put_tables(page: Path, text: str) -> None:
    """Write tables between the marker comments of a page."""
    before, rest = page.read_text("utf-8").split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", "utf-8")
