"""Gold annotations, read from a folder of records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from antq_llm.errors import ConfigurationError
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import InvalidAnswer


def read_folder(folder: Path, schema: Schema[Any]) -> dict[str, Any]:
    """Return the records of a folder of ``ARTICLE_ID.json`` files by id; ConfigurationError names what is no record."""
    if not folder.is_dir():
        raise ConfigurationError(f"there is no folder {folder}: name one with ID.json files")
    records = {}
    for path in sorted(folder.rglob("*.json")):
        try:
            records[path.relative_to(folder).with_suffix("").as_posix()] = schema.dump(
                schema.read_json(path.read_text("utf-8"))
            )
        except (InvalidAnswer, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path} is no {schema.reference} record: {error}") from error
    if not records:
        raise ConfigurationError(f"the folder {folder} has no .json files")
    return records
