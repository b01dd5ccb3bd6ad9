"""List the licence of every package that antq-llm needs, directly or indirectly.

``python tests/tools/licences.py [EXTRA…]`` reads the metadata of the installed packages, starting
from the requirements of antq-llm and the named extras. It prints the version and licence of each
package, and exits with 1 if a licence is unknown or not in ``ALLOWED``.
"""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = "antq-llm"
ALLOWED = re.compile(
    r"Apache|BSD|MIT|ISC|PSF|Python Software Foundation|MPL|Mozilla|Unlicense|Zlib|0BSD|"
    r"Public Domain|CC0|HPND|LGPL|Lesser General Public",
    re.IGNORECASE,
)
"""Licences that a dependency of a package under Apache-2.0 may have."""
FORBIDDEN = re.compile(r"(?<!L)GPL|AGPL|SSPL|Commons Clause|Proprietary", re.IGNORECASE)


@dataclass(frozen=True)
class Package:
    """An installed package and its licence."""

    name: str
    version: str
    licence: str

    @property
    def is_allowed(self) -> bool:
        """Whether the licence is known and allowed."""
        alternatives = self.licence.split(" OR ")
        return any(
            ALLOWED.search(licence) and not FORBIDDEN.search(licence) for licence in alternatives
        )


def licence_of(found: Distribution) -> str:
    """Return the licence in a package's metadata: its expression, else its classifiers or text."""
    metadata = found.metadata
    expression = metadata.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = [
        value.rsplit("::", 1)[1].strip()
        for value in metadata.get_all("Classifier") or []
        if value.startswith("License :: ") and value.count("::") > 1
    ]
    text = " ".join(str(metadata.get("License") or "").split())[:60]
    return " OR ".join(classifiers) or text or "unknown"


def packages(extras: Sequence[str] = ()) -> list[Package]:
    """Return the packages that antq-llm needs on this system, sorted by name."""
    found: dict[str, Package] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = [(ROOT, tuple(extras))]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while waiting:
        name, wanted = waiting.pop()
        if (name, wanted) in seen:
            continue
        seen.add((name, wanted))
        try:
            package = distribution(name)
        except PackageNotFoundError:
            found[name] = Package(name, "not installed", "unknown")
            continue
        if name != ROOT:
            found[name] = Package(name, package.version, licence_of(package))
        waiting += needed_by(package, wanted)
    return [found[name] for name in sorted(found)]


def needed_by(
    package: Distribution, extras: Sequence[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the requirements of a package on this system, with the extras they request."""
    for text in package.requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in (*extras, "")):
            yield canonicalize_name(requirement.name), tuple(sorted(requirement.extras))


def main(extras: Sequence[str]) -> int:
    """Print the packages; return 1 if any of them may not be used."""
    listed = packages(extras)
    for package in listed:
        mark = "" if package.is_allowed else "  <- not allowed, or unknown"
        print(f"{package.name:28} {package.version:14} {package.licence}{mark}")
    refused = [package for package in listed if not package.is_allowed]
    print(f"{len(listed)} packages, {len(refused)} refused or unknown")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
