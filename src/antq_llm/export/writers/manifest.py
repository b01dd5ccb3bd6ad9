"""The manifest of a folder of tables: a Data Package with a Table Schema for each table.

The Data Package and the Table Schemas follow version 1 of their specifications:
https://specs.frictionlessdata.io/data-package/ and https://specs.frictionlessdata.io/table-schema/.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from antq_llm.tables.table import Column, Table

MANIFEST = "tables.json"
MARK = "antq-llm-export"
"""The mark that identifies an export, in a manifest or among the keywords of a workbook."""

_TYPES = {"text": "string"}


def write_manifest(
    tables: Sequence[Table], folder: Path, suffix: str, extra_files: Sequence[str] = ()
) -> None:
    """Write a manifest that describes the table files in a folder and lists the extra files.

    The name of each table file is the table's name followed by ``suffix``.
    """
    files = {f"{table.name}{suffix}": _resource(table, suffix) for table in tables}
    _write(folder, files, extra_files)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the description of each file, by path; empty if there is no valid manifest."""
    manifest = _manifest(folder)
    try:
        return {str(resource["path"]): resource for resource in manifest["resources"]}
    except (LookupError, TypeError):
        return {}


def is_own_folder(path: Path) -> bool:
    """Return whether a folder contains only an earlier export; an empty folder counts as one."""
    if not path.is_dir():
        return False
    files = read_manifest(path)
    own = {MANIFEST, *files, *_extra_files(path)} if files else set()
    return {file.name for file in path.iterdir()} <= own


def keep_other_formats(old: Path, new: Path, suffix: str) -> None:
    """Copy the files of other formats from an old folder of tables to its replacement."""
    kept = {
        name: description
        for name, description in read_manifest(old).items()
        if not name.endswith(suffix) and (old / name).is_file()
    }
    extra = _extra_files(new)
    for name in _extra_files(old) if kept else ():
        if not (new / name).exists() and (old / name).is_file():
            extra.append(name)
            shutil.copy2(old / name, new / name)
    for name in kept:
        shutil.copy2(old / name, new / name)
    _write(new, read_manifest(new) | kept, extra)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        return dict(manifest) if manifest["made_by"] == MARK else {}
    except (OSError, ValueError, LookupError, TypeError):
        return {}


def _extra_files(folder: Path) -> list[str]:
    files = _manifest(folder).get("extra_files")
    return [str(name) for name in files] if isinstance(files, list) else []


def _resource(table: Table, suffix: str) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column, suffix) for column in table.columns],
        "primaryKey": list(table.keys),
    }
    if table.outer is not None:
        schema["foreignKeys"] = [
            {
                "fields": [name for name, _ in table.outer_keys],
                "reference": {
                    "resource": f"{table.outer}{suffix}".lower(),
                    "fields": [name for _, name in table.outer_keys],
                },
            }
        ]
    return {
        "name": f"{table.name}{suffix}".lower(),
        "path": f"{table.name}{suffix}",
        "format": suffix.removeprefix("."),
        "description": table.description,
        "rows": table.rows,
        "schema": schema,
    }


def _field(column: Column, suffix: str) -> dict[str, Any]:
    kind = _TYPES.get(column.kind, column.kind)
    field: dict[str, Any] = {"name": column.name, "type": kind}
    if column.is_list:
        # In CSV, lists are text; "items" names the type of their elements.
        field |= {"type": "string" if suffix == ".csv" else "array", "items": kind}
    if column.description:
        field["description"] = column.description
    if column.unit is not None:
        field["unit"] = column.unit
    return field


def _write(folder: Path, files: Mapping[str, Any], extra_files: Sequence[str]) -> None:
    manifest = {
        "name": "antq-llm-export",
        "made_by": MARK,
        "resources": list(files.values()),
        "extra_files": list(extra_files),
    }
    (folder / MANIFEST).write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
