"""The manifest of a folder of tables: the rows of each file, and the kind of each column."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from antq_llm.export.tables import Table

MANIFEST = "tables.json"
MARK = "antq-llm-export"
"""Identifies an export, in a manifest and among the keywords of a workbook."""


def write_manifest(tables: Sequence[Table], folder: Path, suffix: str) -> None:
    """Describe the files ``TABLE`` + ``suffix`` of a folder."""
    files = {
        f"{table.name}{suffix}": {
            "rows": table.rows,
            "columns": {
                column.name: f"list of {column.kind}" if column.is_list else column.kind
                for column in table.columns
            },
        }
        for table in tables
    }
    _write(folder, files)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the description of each file; empty if the folder has no valid manifest."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        return dict(manifest["tables"]) if manifest["made_by"] == MARK else {}
    except (OSError, ValueError, LookupError, TypeError):
        return {}


def is_own_folder(path: Path) -> bool:
    """Return whether a folder holds nothing but an earlier export."""
    if not path.is_dir():
        return False
    files = read_manifest(path)
    return {file.name for file in path.iterdir()} <= ({MANIFEST, *files} if files else set())


def keep_other_formats(old: Path, new: Path, suffix: str) -> None:
    """Copy the tables of other formats from an old folder of tables to the one replacing it."""
    kept = {
        name: description
        for name, description in read_manifest(old).items()
        if not name.endswith(suffix) and (old / name).is_file()
    }
    for name in kept:
        shutil.copy2(old / name, new / name)
    _write(new, read_manifest(new) | kept)


def _write(folder: Path, files: Mapping[str, Any]) -> None:
    manifest = {"made_by": MARK, "tables": files}
    (folder / MANIFEST).write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
