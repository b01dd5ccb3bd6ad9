"""The tests that run each line of the code, and the duration of each test."""

from __future__ import annotations

import ast
import gzip
import json
import os
import time
import traceback
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from helpers.mutation.operators import Mutant
from helpers.paths import REPOSITORY

PACKAGE = REPOSITORY / "src" / "antq_llm"
FOLDERS = (
    "clients", "evidence", "extraction", "mentions", "movement_report", "openai_batch", "records",
    "scenarios", "schemas", "scoring", "store", "text", "validation",
)  # fmt: skip
"""Folders in ``tests`` whose tests are run."""
MAX_SCENARIO_SECONDS = 1.0
"""The maximum duration of a test in ``scenarios``, in seconds; slower tests are left out."""
PYTEST_OPTIONS = (
    "--quiet", "--quiet", "--numprocesses=0", "-p", "no:randomly", "-p", "no:cacheprovider",
    "--hypothesis-seed=0", "--hypothesis-profile=mutation", "-m", "not slow",
    "-W", "ignore::pytest.PytestAssertRewriteWarning",
)  # fmt: skip
AT_IMPORT = ""
"""The entry that stands for an import in the set of tests that run a line."""


class QuietExamples:
    """A plugin with a Hypothesis profile that does not shrink failing examples."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self) -> None:
        """Register the profile before Hypothesis loads it."""
        from hypothesis import Phase, settings

        phases = (Phase.explicit, Phase.generate, Phase.target)
        settings.register_profile("mutation", settings.get_profile("suite"), phases=phases)


@dataclass
class CoverageMap:
    """The tests that run each line, measured in one run of all tests."""

    code: str
    """Digest of the package and of the files that the tests share."""
    files: dict[str, str] = field(default_factory=dict)
    """Digest of each test file."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Duration of each test in seconds, by test id."""
    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    """The ids of the tests that run a line, by module and line."""

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Return the tests that run a mutant, fastest first.

        Code that runs at import can affect any test that uses the module.
        """
        if self.runs_at_import(mutant):
            paths = [mutant.path, *importers_of(mutant.path)]
            lines = [tests for path in paths for tests in self.lines.get(path, {}).values()]
        else:
            lines = self._lines_of(mutant)
        found = {test for tests in lines for test in tests if test != AT_IMPORT}
        return sorted(found, key=lambda test: (self.seconds[test], test))

    def runs_at_import(self, mutant: Mutant) -> bool:
        """Return whether the code runs when modules are imported or tests are collected."""
        return mutant.runs_at_import or any(AT_IMPORT in tests for tests in self._lines_of(mutant))

    def _lines_of(self, mutant: Mutant) -> list[set[str]]:
        first, last = mutant.lines
        lines = self.lines.get(mutant.path, {})
        return [lines[line] for line in range(first, last + 1) if line in lines]

    def outdated(self) -> list[str]:
        """Return the test files that were added or changed since they were run."""
        return [name for name, digest in test_files().items() if self.files.get(name) != digest]

    def update(self, names: Sequence[str], measured: CoverageMap) -> None:
        """Replace the data about some test files with new measurements."""
        present = test_files()
        self.files = {name: present[name] for name in self.files if name in present}
        self.files |= {name: present[name] for name in names}
        stale = set(names) | (set(map(_file_of, self.seconds)) - present.keys())
        self.seconds = {
            test: seconds for test, seconds in self.seconds.items() if _file_of(test) not in stale
        }
        self.seconds |= measured.seconds
        for path, lines in measured.lines.items():
            own = self.lines.setdefault(path, {})
            for line, tests in lines.items():
                own.setdefault(line, set()).update(tests)
        for lines in self.lines.values():
            for line, tests in lines.items():
                lines[line] = {t for t in tests if t == AT_IMPORT or t in self.seconds}

    def write(self, path: Path) -> None:
        """Write the map; tests are numbered, since many lines refer to the same test."""
        names = [AT_IMPORT, *self.seconds]
        number = {name: index for index, name in enumerate(names)}
        data = {
            "code": self.code,
            "files": self.files,
            "seconds": self.seconds,
            "lines": {
                path: {line: sorted(number[test] for test in tests) for line, tests in own.items()}
                for path, own in self.lines.items()
            },
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(json.dumps(data).encode()))


def read_map(path: Path) -> CoverageMap:
    """Return the map in a file, or an empty map if the code has changed or there is no file."""
    code = digest_of(
        file
        for folder in ("src", "tests/helpers")
        for file in (REPOSITORY / folder).rglob("*.py")
        if file.parent != Path(__file__).parent
    )
    data: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes())) if path.exists() else {}
    if data.get("code") != code:
        return CoverageMap(code)
    names = [AT_IMPORT, *data["seconds"]]
    lines = {
        path: {int(line): {names[i] for i in tests} for line, tests in own.items()}
        for path, own in data["lines"].items()
    }
    return CoverageMap(code, data["files"], data["seconds"], lines)


def test_files() -> dict[str, str]:
    """Return the test files with their digests."""
    return {
        str(path.relative_to(REPOSITORY)): digest_of([path])
        for folder in FOLDERS
        for path in sorted((REPOSITORY / "tests" / folder).rglob("test_*.py"))
    }


def digest_of(paths: Iterable[Path]) -> str:
    """Return a digest of files."""
    digest = sha256()
    for path in sorted(paths):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def measure(names: Sequence[str], data_file: Path) -> CoverageMap:
    """Run the tests of some files once with coverage; the package must not be imported yet.

    Raises ``RuntimeError`` if a test fails.
    """
    child = os.fork()
    if not child:
        status = 70
        try:
            status = _run_with_coverage(names, data_file)
        except Exception:  # the process ends here
            traceback.print_exc()
        os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status:
        raise RuntimeError(f"the tests fail without a mutant (pytest exited with {status})")
    return _read_coverage(data_file)


def _run_with_coverage(names: Sequence[str], data_file: Path) -> int:
    import coverage

    collector = coverage.Coverage(str(data_file), source=[str(PACKAGE)], config_file=False)
    collector.erase()
    timer = _Timer(collector)
    collector.start()
    status = pytest.main([*PYTEST_OPTIONS, *names], plugins=[QuietExamples(), timer])
    collector.stop()
    collector.save()
    _seconds_file(data_file).write_text(json.dumps(timer.seconds))
    return int(status)


class _Timer:
    """A plugin that tells coverage which test is running, and measures its duration."""

    def __init__(self, collector: Any) -> None:
        self.seconds: dict[str, float] = {}
        self._collector = collector

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._collector.switch_context(item.nodeid)
        start = time.perf_counter()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = round(time.perf_counter() - start, 5)
            self._collector.switch_context(AT_IMPORT)


def _read_coverage(data_file: Path) -> CoverageMap:
    import coverage

    found = CoverageMap("")
    for test, seconds in json.loads(_seconds_file(data_file).read_text()).items():
        if not test.startswith("tests/scenarios/") or seconds <= MAX_SCENARIO_SECONDS:
            found.seconds[test] = seconds
    data = coverage.CoverageData(str(data_file))
    data.read()
    for path in data.measured_files():
        lines: dict[int, set[str]] = defaultdict(set)
        for line, tests in data.contexts_by_lineno(path).items():
            lines[line] = {t for t in tests if t == AT_IMPORT or t in found.seconds}
        found.lines[str(Path(path).relative_to(PACKAGE))] = dict(lines)
    return found


def _seconds_file(data_file: Path) -> Path:
    return data_file.with_suffix(".json")


def _file_of(test: str) -> str:
    return test.split("::", 1)[0]


@cache
def importers_of(path: str) -> list[str]:
    """Return the paths of the modules that import from a module."""
    wanted = module_name(path)
    return [
        str(file.relative_to(PACKAGE))
        for file in sorted(PACKAGE.rglob("*.py"))
        if any(
            isinstance(node, ast.ImportFrom) and node.module == wanted
            for node in ast.walk(ast.parse(file.read_bytes()))
        )
    ]


def module_name(path: str) -> str:
    """Return the dotted name of the module at a path in the package."""
    return ".".join(("antq_llm", *Path(path).with_suffix("").parts))
