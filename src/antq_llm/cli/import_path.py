"""The search path for modules named by ``--schema``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from antq_llm.schemas.registry import is_model_reference


def add_current_folder(reference: str | None) -> None:
    """Append the current folder to ``sys.path`` if a ``--schema`` names a model to import.

    It comes after the installed packages, so that an ``openai.py`` in the folder replaces nothing.
    A prompt file that names a model does not bring in code from the current folder.
    """
    if reference is None or not is_model_reference(reference):
        return
    here = str(Path.cwd())
    if not any(os.path.realpath(entry) == os.path.realpath(here) for entry in sys.path):
        sys.path.append(here)
