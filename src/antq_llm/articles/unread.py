"""Files, folders and rows that were not read, with the reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

HIDDEN = "hidden"
FOLDER = "folder"
WITHOUT_ENDING = "no ending"
_MAX_NAMES = 3


@dataclass(frozen=True, slots=True)
class Unread:
    """A file, folder or row that was not read."""

    source: str
    ending: str
    """The suffix in lower case, or ``hidden``, ``folder`` or ``no ending``."""
    reason: str

    def as_json(self) -> dict[str, str]:
        """Return the source and the reason, as listed in ``run.json``."""
        return {"source": self.source, "reason": self.reason}


def ending_of(path: PurePath) -> str:
    """Return the lower-case suffix of a path, such as ``.txt`` or ``.txt.gz``, or ``no ending``."""
    suffix = path.suffix.lower()
    if suffix == ".gz":
        return path.with_suffix("").suffix.lower() + suffix
    return suffix or WITHOUT_ENDING


def count_by_ending(unread: Iterable[Unread]) -> dict[str, int]:
    """Return the number of unread files, folders and rows for each ending."""
    return dict(sorted(Counter(one.ending for one in unread).items()))


def unread_messages(unread: Iterable[Unread]) -> Iterator[str]:
    """Yield a line for each ending and reason, with the first few names."""
    groups: dict[tuple[str, str], list[str]] = {}
    for found in unread:
        groups.setdefault((found.ending, found.reason), []).append(found.source)
    for (ending, reason), sources in sorted(groups.items()):
        names = ", ".join(sources[:_MAX_NAMES]) + (", …" if len(sources) > _MAX_NAMES else "")
        yield f"not read: {len(sources)} {ending} ({reason}): {names}"
