"""Import of optional libraries, which are installed with the package's extras."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from antq_llm.errors import ConfigurationError


def import_optional(module: str, extra: str, otherwise: str = "", user: str = "this format") -> Any:
    """Import a module; if it is missing, raise a ConfigurationError that says how to install it.

    In the error message, ``user`` names the feature that needs the module, and ``otherwise`` is
    appended to suggest an alternative.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        library = module.partition(".")[0]
        raise ConfigurationError(
            f"{user} needs {library}, which is not installed: {how_to_install(extra)}{otherwise}"
        ) from error


def is_installed(module: str) -> bool:
    """Return whether a module is installed, without importing it."""
    return importlib.util.find_spec(module) is not None


def how_to_install(extra: str) -> str:
    """Return the command that installs an extra."""
    return f'pip install "antq-llm[{extra}]"'
