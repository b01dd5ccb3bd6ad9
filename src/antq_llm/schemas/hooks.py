"""Hooks: functions in a schema's own module, for rules that roles cannot express.

A pydantic model names this module with ``HOOKS: ClassVar = "package.module"``. The module is
imported when a hook is first looked up. The code that calls a hook defines its name and signature.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import Any

from antq_llm.core.user_code import described
from antq_llm.errors import SchemaError


@dataclass(frozen=True)
class Hooks:
    """The hooks of a schema; there are none if the schema names no module."""

    module: str | None = None

    def get(self, name: str) -> Callable[..., Any] | None:
        """Return a hook by name, or None if there is no such hook.

        Raises SchemaError if the module cannot be imported.
        """
        if self.module is None:
            return None
        try:
            module = importlib.import_module(self.module)
            hook: Callable[..., Any] | None = getattr(module, name, None)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # the user's module may raise anything
            raise SchemaError(
                f"the hooks module {self.module} cannot be imported ({described(error)}): "
                "correct the module or its name in HOOKS"
            ) from error
        if hook is None:
            return None
        # The wrapper has the hook's signature, which shows the arguments that the hook accepts.
        return update_wrapper(partial(_call, hook, f"{self.module}.{name}"), hook)


def _call(hook: Callable[..., Any], name: str, /, *arguments: Any, **keywords: Any) -> Any:
    """Call a hook; raise SchemaError if the hook tries to end the program."""
    # Called for every item of a record; a context manager would take as long as some hooks.
    try:
        return hook(*arguments, **keywords)
    except (Exception, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise SchemaError(f"the hook {name} raised {described(error)}: correct the hook") from error


NO_HOOKS = Hooks()
