"""Import of the optional libraries that the extra ``export`` installs."""

from __future__ import annotations

from typing import Any

from antq_llm.core import optional_library


def import_optional(module: str) -> Any:
    """Import a module; if it is missing, raise a ConfigurationError that says how to install it."""
    return optional_library.import_optional(module, "export", ", or use --to csv or sqlite")
