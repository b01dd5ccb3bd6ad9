"""The mutation testing tool makes the intended mutants and gives the right verdicts."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.mutation.operators import mutants_of, mutated
from helpers.mutation.results import Result, score_of, tables, with_reasons
from helpers.paths import REPOSITORY
from tools.mutants import all_mutants, draw


@pytest.mark.parametrize(
    ("source", "operator", "after"),
    [
        ("def f(a): return a < 1", "comparison", "a <= 1"),
        ("def f(a): return a in (x, y)", "comparison", "a not in (x, y)"),
        ("def f(a): return a and b", "and/or", "a or b"),
        ("def f(a): return not a", "not", "a"),
        ("def f(a):\n    if a: pass", "not", "not a"),
        ("def f(a): return [x for x in a if x]", "not", "not x"),
        ("def f(a): return a - b", "arithmetic", "a + b"),
        ("def f(a):\n    a += b", "arithmetic", "a -= b"),
        ("def f(a): return -a", "sign", "a"),
        ("LIMIT = 10", "constant", "11"),
        ("LIMIT = True", "constant", "False"),
        ("def f(a=10): pass", "default", "11"),
        ("def f(a): return min(a)", "function", "max"),
        ("def f(a): return any(a)", "function", "all"),
        ("def f(a): return a", "return", "return None"),
        ("def f(a):\n    raise a", "statement", ""),
        ("def f(a):\n    a.append(b)", "statement", ""),
        ("def f(a):\n    a.total = b", "statement", ""),
    ],
)
def test_an_operator_changes_one_thing(source: str, operator: str, after: str) -> None:
    """Each operator makes the expected change, and the mutated code compiles."""
    mutant = next(m for m in mutants_of("a.py", source) if m.operator == operator)
    assert mutant.after == after
    assert compile(mutated(source, mutant.number), "a.py", "exec")


@pytest.mark.parametrize(
    "source",
    [
        '"""Text."""',
        "NAME = 'text'",
        "PATTERN = 'a' + PART + 'b'",
        "def f(a: Literal[1] = None) -> Literal[2]: pass",
        "Either = int | None",
        "@lru_cache(maxsize=10)\ndef f(a): pass",
        "def f(a): print(f'{a + 1} items')".replace("print", "text = str"),
        "if TYPE_CHECKING:\n    LIMIT = 10",
        "def f(a): return None",
    ],
)
def test_nothing_else_is_changed(source: str) -> None:
    """Strings, annotations, unions of types and decorators have no mutants."""
    assert not mutants_of("a.py", source)


def test_each_mutant_has_a_name_and_a_change_of_its_own() -> None:
    """Every mutant differs from the code and from the others, and no two have the same name."""
    source = "def f(a):\n    if a == 1 or a == 1:\n        return a + 1\n    return max(a, 1)"
    mutants = mutants_of("a.py", source)
    unchanged = ast.unparse(ast.parse(source))
    assert len({ast.unparse(mutated(source, m.number)) for m in mutants} - {unchanged}) == len(
        mutants
    )
    everything = all_mutants()
    assert len({m.key for m in everything}) == len(everything)


def test_a_sample_stays_when_other_mutants_are_added() -> None:
    """The same seed draws the same mutants even after others are added."""
    everything = all_mutants()
    small, large = draw(everything[:-50], 20, 1), draw(everything, 20, 1)
    assert [m for m in large if m in everything[:-50]] == small[: len(set(small) & set(large))]
    assert draw(everything, 20, 2) != large


def test_survivors_are_reported_with_reasons(tmp_path: Path) -> None:
    """The score is given with and without equivalent mutants, and each survivor has a reason."""
    values = ("a.py", 1, "f", "constant", "`1` → `2`")
    reasons = tmp_path / "reasons.toml"
    reasons.write_text('[equivalent]\n"b" = "never read"\n[accepted]\n"c" = "speed"\n')
    results = with_reasons(
        [
            Result("a", *values, "killed", "test_a", 1),
            Result("b", *values, "survived", None, 1),
            Result("c", *values, "survived", None, 1),
            Result("d", *values, "timeout", None, 1),
        ],
        reasons,
    )
    assert str(score_of(results)) == "2 of 4 (50.0%, 95% interval 15.0%–85.0%)"
    text = tables(results, 10)
    assert "2 of 3 (66.7%" in text
    assert [row.split(" | ")[-1] for row in text.splitlines() if "`a.py` `f`" in row] == [
        "speed |",
        "never read |",
    ]


_SCRIPT = """
import json, sys
sys.path.insert(0, "tests")
from pathlib import Path
from helpers.mutation.operators import mutants_of
from helpers.mutation.trial import Trial, TrialRunner, replacements

def mutant(path, scope, change):
    found = mutants_of(path, Path("src/antq_llm", path).read_text("utf-8"))
    return next(m for m in found if m.scope == scope and m.change.startswith(change))

averages = "tests/scoring/test_record_score.py::test_micro_and_macro_averages"
nearest = "tests/evidence/test_alignment.py::test_nearest_passage_is_offered"
greedy = "tests/scoring/test_assignment.py::test_a_greedy_matching_is_not_good_enough"
ratio = mutant("scoring/metrics.py", "_ratio", "`part / whole`")
endless = mutant("evidence/alignment.py", "Aligner._widened", "without `end += 1`")
trials = [
    Trial(None, (averages, nearest), 0.1),
    Trial(ratio, (greedy, averages), 0.1),
    Trial(ratio, (greedy,), 0.1),
]
hanging = Trial(endless, (nearest,), 0.1)
assert all(replacements(trial.mutant) for trial in [*trials[1:], hanging])
verdicts = {}
report = lambda verdict: verdicts.__setitem__(verdict.trial, (verdict.status, verdict.test))
TrialRunner(2, report).run_at_import(trials)
print(json.dumps([verdicts[trial] for trial in trials]))
verdicts.clear()
TrialRunner(2, report, slack=2.0).run_collected([*trials, hanging])
print(json.dumps([verdicts[trial] for trial in [*trials, hanging]]))
"""


@pytest.mark.slow
def test_both_ways_to_run_a_mutant_give_the_same_verdict() -> None:
    """A test that notices a mutant kills it, others do not, and a hanging mutant is stopped."""
    process = subprocess.run(
        [sys.executable, "-c", _SCRIPT], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stdout + process.stderr
    averages = "tests/scoring/test_record_score.py::test_micro_and_macro_averages"
    expected = [["survived", None], ["killed", averages], ["survived", None]]
    verdicts = [json.loads(line) for line in process.stdout.splitlines() if line.startswith("[[")]
    assert verdicts == [expected, [*expected, ["timeout", None]]]
