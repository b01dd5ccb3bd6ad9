"""Folders of packaged files, in the wheel or, for an editable install, in the repository."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Literal

DataFolder = Literal["prompts", "schemas", "seeds", "gold", "recordings", "confidence"]

_REPOSITORY = Path(__file__).resolve().parents[3]


def data_folder(kind: DataFolder) -> Path:
    """Return the folder that contains the packaged files of one kind."""
    packaged = Path(str(files("antq_llm"))) / "_data" / kind
    return packaged if packaged.is_dir() else _REPOSITORY / kind
