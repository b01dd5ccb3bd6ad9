"""Every dependency is justified, and its licence permits its use."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from itertools import chain

from helpers.paths import REPOSITORY


def test_every_direct_dependency_is_justified() -> None:
    """docs/dependencies.md has a row for each dependency of the package and no other rows."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    named = (
        extras[extra]
        for extra in ("export", "inputs", "otel", "pandas", "postgres", "ray", "review")
    )
    required = [*project["dependencies"], *chain.from_iterable(named)]
    names = {re.split(r"[\[><=]", requirement)[0] for requirement in required}
    rows = re.findall(
        r"^\| `([\w-]+)` \| .{10,}", (REPOSITORY / "docs/dependencies.md").read_text("utf-8"), re.M
    )
    assert sorted(rows) == sorted(names)


def test_all_licences_allow_the_use() -> None:
    """The script finds the licence of every installed dependency and refuses none."""
    script = REPOSITORY / "tests" / "tools" / "licences.py"
    done = subprocess.run(
        [sys.executable, str(script), "export", "inputs", "pandas", "review"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "pydantic" in done.stdout
