"""Test runs against mutants, each in a forked process.

If the mutated function is not called while the package is imported, only the function's code is
replaced, after all tests are collected; this takes milliseconds. Any other mutant is compiled into
its module when the tests import it.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import json
import os
import resource
import select
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, FunctionType
from typing import Any, Literal

import pytest

from helpers.mutation.covering import PACKAGE, PYTEST_OPTIONS, QuietExamples, module_name
from helpers.mutation.operators import Mutant, mutated

Status = Literal["killed", "timeout", "survived"]

MAX_MEMORY = 6 * 1024**3
"""The memory limit in bytes; a mutant that needs more fails with a ``MemoryError``."""


@dataclass(frozen=True)
class Trial:
    """A mutant, or None for the unchanged code, and the tests that run it, fastest first."""

    mutant: Mutant | None
    tests: tuple[str, ...]
    seconds: float
    """Duration of the tests without the mutant, in seconds."""


@dataclass(frozen=True)
class Verdict:
    """The outcome of a trial."""

    trial: Trial
    status: Status
    test: str | None = None
    """The id of the test that failed, or a note such as ``(MemoryError)``; None if none failed."""


Place = tuple[str, str, int]
"""The location of a function: file, qualified name and first line."""


class MutatedModule(PathFinder):
    """A finder for ``sys.meta_path`` that loads one module in its mutated form."""

    def __init__(self, mutant: Mutant) -> None:
        self._name = module_name(mutant.path)
        self._code = _compiled(mutant)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # type: ignore[override]
        """Return the usual spec of the module, with a loader for the mutated code."""
        if name != self._name:
            return None
        spec = PathFinder.find_spec(name, path)
        assert spec is not None
        assert spec.origin is not None
        loader = SourceFileLoader(name, spec.origin)
        loader.get_code = lambda _: self._code  # type: ignore[method-assign]
        spec.loader = loader
        return spec


def replacements(mutant: Mutant) -> dict[Place, CodeType]:
    """Return the mutated code of the functions that a mutant changes, by location.

    The result is empty if the code cannot be replaced because it is outside functions, the mutant
    changes the variables of a closure, or several functions have the same location.
    """
    path = PACKAGE / mutant.path
    source = ast.parse(path.read_text("utf-8"))
    before = list(_functions(compile(source, str(path), "exec", dont_inherit=True)))
    after = list(_functions(_compiled(mutant)))
    places = Counter(map(_place_of, before))
    if places != Counter(map(_place_of, after)):
        return {}
    pairs = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    for old, new in pairs:
        if places[_place_of(old)] > 1 or old.co_freevars != new.co_freevars:
            return {}
    return {_place_of(new): new for _, new in pairs}


def _compiled(mutant: Mutant) -> CodeType:
    path = PACKAGE / mutant.path
    tree = mutated(path.read_text("utf-8"), mutant.number)
    return compile(tree, str(path), "exec", dont_inherit=True)


def _functions(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of all functions and lambdas inside a code object, at any depth."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_name == "<lambda>" or not constant.co_name.startswith("<"):
                yield constant
            yield from _functions(constant)


def _place_of(code: CodeType) -> Place:
    return code.co_filename, code.co_qualname, code.co_firstlineno


class TrialRunner:
    """A runner of trials in forked processes, several at a time, that reports each verdict.

    The package must not have been imported before the trials run. A trial times out if its CPU time
    exceeds ``slack`` seconds plus five times the duration of its tests without the mutant.
    """

    def __init__(
        self, workers: int, report: Callable[[Verdict], None], *, slack: float = 20.0
    ) -> None:
        self._workers = workers
        self._report = report
        self._slack = slack

    def run_at_import(self, trials: Iterable[Trial]) -> None:
        """Run trials whose mutants must be in place before their module is imported.

        The tests of the mutant's own package run first, and the other tests only if it survives.
        """
        whole: dict[Trial, Trial] = {}
        others: list[Trial] = []

        def report_unless_survived(verdict: Verdict) -> None:
            trial = whole[verdict.trial]
            if verdict.status == "survived":
                others.append(trial)
            else:
                self._report(replace(verdict, trial=trial))

        for trial in trials:
            part = _only(trial, is_own=True)
            whole[part] = trial
            if not part.tests:
                others.append(trial)
        parts = [part for part in whole if part.tests]
        self._run(parts, _failure_of_pytest, report_unless_survived)
        rest = {_only(trial, is_own=False): trial for trial in others}
        for part, trial in rest.items():
            if not part.tests:
                self._report(Verdict(trial, "survived"))
        parts = [part for part in rest if part.tests]
        self._run(
            parts, _failure_of_pytest, lambda v: self._report(replace(v, trial=rest[v.trial]))
        )

    def run_collected(self, trials: Sequence[Trial]) -> None:
        """Collect the tests of all trials once, and run the trials."""
        files = sorted({_file_of(test) for trial in trials for test in trial.tests})
        loop = _TrialLoop(lambda tests: self._run(trials, tests.failure_of, self._report))
        status = pytest.main([*PYTEST_OPTIONS, *files], plugins=[QuietExamples(), loop])
        if status or not loop.is_done:
            raise RuntimeError(f"the tests cannot be collected (pytest exited with {status})")

    def _run(
        self,
        trials: Iterable[Trial],
        failure_of: Callable[[Trial], str | None],
        report: Callable[[Verdict], None],
    ) -> None:
        pending: list[_Child] = []
        for trial in trials:
            while len(pending) >= self._workers:
                _wait(pending, report)
            pending.append(_Child(trial, failure_of, self._slack))
        while pending:
            _wait(pending, report)


def _only(trial: Trial, *, is_own: bool) -> Trial:
    """Return a trial with only the tests of the mutant's own package, or only the others."""
    path = trial.mutant.path if trial.mutant else ""
    folder = f"tests/{path.split('/', 1)[0]}/"
    tests = tuple(test for test in trial.tests if test.startswith(folder) is is_own)
    return replace(trial, tests=tests)


def _file_of(test: str) -> str:
    return test.split("::", 1)[0]


def _wait(pending: list[_Child], report: Callable[[Verdict], None]) -> None:
    """Wait until at least one process has ended or timed out, and report the verdict of each."""
    rest = min(child.deadline for child in pending) - time.monotonic()
    ready, _, _ = select.select([child.end for child in pending], [], [], max(0.0, rest))
    for child in list(pending):
        if child.end in ready or child.deadline <= time.monotonic():
            pending.remove(child)
            report(child.verdict(has_ended=child.end in ready))


class _Child:
    """A forked process that runs one trial."""

    def __init__(
        self, trial: Trial, failure_of: Callable[[Trial], str | None], slack: float
    ) -> None:
        self._trial = trial
        cpu_seconds = slack + 5 * trial.seconds
        self.deadline = time.monotonic() + 60 + 4 * cpu_seconds
        self.end, write_end = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.setpgid(0, 0)
            _set_limits(int(cpu_seconds))
            _run_child(partial(failure_of, trial), write_end)
        os.close(write_end)

    def verdict(self, *, has_ended: bool) -> Verdict:
        """Return the verdict; kill the process if it has not ended."""
        written = os.read(self.end, 65536) if has_ended else b""
        os.close(self.end)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        if written:
            answer = json.loads(written)
            if "error" in answer:
                raise RuntimeError(answer["error"])
            failed = answer["failed"]
            return Verdict(self._trial, "killed" if failed else "survived", failed)
        if not has_ended or status == -signal.SIGXCPU:
            return Verdict(self._trial, "timeout")
        return Verdict(self._trial, "killed", f"(the process ended with {status})")


def _set_limits(cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _run_child(failure: Callable[[], str | None], write_end: int) -> None:
    """Run a trial, write the id of the failed test to ``write_end`` and end the process."""
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        answer = {"failed": failure()}
    except LookupError as error:
        answer = {"error": str(error)}
    except BaseException as error:  # A mutant may raise anything.
        answer = {"failed": f"({type(error).__name__})"}
    os.write(write_end, json.dumps(answer).encode())
    os._exit(0)


class _TrialLoop:
    """A plugin that runs trials with the collected tests instead of running the tests."""

    def __init__(self, run: Callable[[_CollectedTests], None]) -> None:
        self._run = run
        self.is_done = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if not session.testsfailed:
            tests = _CollectedTests(session.items)
            gc.collect()
            gc.freeze()
            self._run(tests)
            self.is_done = True
        return True


class _CollectedTests:
    """The collected tests, and the loaded functions whose code a mutant can replace."""

    def __init__(self, items: Sequence[pytest.Item]) -> None:
        self._items = {item.nodeid: item for item in items}
        self._functions: dict[Place, list[FunctionType]] = {}
        for function in gc.get_objects():
            if isinstance(function, FunctionType):
                self._functions.setdefault(_place_of(function.__code__), []).append(function)

    def failure_of(self, trial: Trial) -> str | None:
        """Run a trial and return the id of the first test that fails, if any."""
        if trial.mutant:
            self._install(trial.mutant)
        items = [self._items[test] for test in trial.tests]
        failures = _Failures()
        plugins = items[0].config.pluginmanager
        plugins.register(failures)
        plugins.unregister(name="terminalreporter")
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if failures.first:
                break
        return failures.first

    def _install(self, mutant: Mutant) -> None:
        """Install a mutant in its module, whether or not the module is already imported."""
        if module_name(mutant.path) not in sys.modules:
            sys.meta_path.insert(0, MutatedModule(mutant))
            return
        found = False
        for place, code in replacements(mutant).items():
            for function in self._functions.get(place, []):
                function.__code__ = code
                found = True
        if not found:
            raise LookupError(f"no function has the code of {mutant.key}")


def _failure_of_pytest(trial: Trial) -> str | None:
    """Run pytest for a trial and return the id of the first test that fails, if any."""
    if trial.mutant:
        sys.meta_path.insert(0, MutatedModule(trial.mutant))
    files = sorted({_file_of(test) for test in trial.tests})
    failures = _Failures()
    plugins = [QuietExamples(), _Chosen(trial.tests), failures]
    status = pytest.main([*PYTEST_OPTIONS, "--exitfirst", *files], plugins=plugins)
    if status == pytest.ExitCode.NO_TESTS_COLLECTED:
        raise LookupError(f"there are no such tests: {trial.tests[:3]}")
    return failures.first or (f"(pytest exited with {int(status)})" if status else None)


class _Failures:
    """A plugin that remembers the first failed test."""

    def __init__(self) -> None:
        self.first: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and self.first is None:
            self.first = report.nodeid


class _Chosen:
    """A plugin that runs selected tests in a given order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self._place = {test: index for index, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid in self._place]
        items.sort(key=lambda item: self._place[item.nodeid])
