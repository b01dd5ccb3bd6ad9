"""The import path for modules named with ``--schema``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from antq_llm.schemas.registry import is_model_reference


def add_current_folder(reference: str | None) -> None:
    """Append the current folder to ``sys.path`` if ``--schema`` names a model to import.

    The folder comes after the installed packages, so that a file such as ``openai.py`` in it does
    not replace a package. The folder is not appended for a model named in a prompt file.
    """
    if reference is None or not is_model_reference(reference):
        return
    here = str(Path.cwd())
    if not any(os.path.realpath(entry) == os.path.realpath(here) for entry in sys.path):
        sys.path.append(here)
