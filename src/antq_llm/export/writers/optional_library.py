"""Libraries that are installed with the extra ``export``."""

from __future__ import annotations

import importlib
from typing import Any

from antq_llm.errors import ConfigurationError


def import_optional(module: str) -> Any:
    """Import a module; ConfigurationError says how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        library = module.partition(".")[0]
        raise ConfigurationError(
            f"this format needs {library}, which is not installed: "
            'pip install "antq-llm[export]", or use --to csv or sqlite'
        ) from error
