"""Hooks: functions of a schema's own module for what roles cannot express.

A model names the module with ``HOOKS: ClassVar = "package.module"``. It is imported when a hook
is first looked up. Which hooks there are, and their signatures, is up to those that call them.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from antq_llm.errors import SchemaError


@dataclass(frozen=True)
class Hooks:
    """The hooks of a schema; without a module it has none."""

    module: str | None = None

    def get(self, name: str) -> Callable[..., Any] | None:
        """Return a hook by its name, None if the schema has none of that name.

        Raises SchemaError if the module cannot be imported.
        """
        if self.module is None:
            return None
        try:
            module = importlib.import_module(self.module)
        except Exception as error:
            raise SchemaError(
                f"the hooks {self.module} cannot be imported: {type(error).__name__}: {error}"
            ) from error
        hook: Callable[..., Any] | None = getattr(module, name, None)
        return hook


NO_HOOKS = Hooks()
