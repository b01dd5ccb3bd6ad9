"""Table and column names that are valid in every format."""

from __future__ import annotations

import re

from antq_llm.tables.record_rows import UNNAMED
from antq_llm.tables.table import ARTICLES, Path

RESERVED_NAMES = frozenset(
    {"search", *(f"search_{part}" for part in ("config", "content", "data", "docsize", "idx"))}
)
"""The names that a database's full-text index uses."""

_MAX_NAME_CHARACTERS = 60


def table_name(path: Path) -> str:
    """Return the name for a table at a path; the name may already be taken."""
    return re.sub(r"[^\w-]+", "_", "_".join(path or (ARTICLES,))).strip("_")


def free_name(wanted: str, taken: set[str], prefix: str = "record") -> str:
    """Return a name that differs by more than case from those in ``taken``, and add it there."""
    name = re.sub(r"[\x00-\x1f\x7f]+", " ", wanted).strip()[:_MAX_NAME_CHARACTERS] or UNNAMED
    if name.lower() in taken or name.lower().startswith("sqlite_"):
        name = f"{prefix}_{name}"
    free, number = name, 2
    while free.lower() in taken:
        free, number = f"{name}_{number}", number + 1
    taken.add(free.lower())
    return free
