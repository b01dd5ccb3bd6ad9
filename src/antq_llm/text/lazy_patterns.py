"""Regular expressions that are compiled when they are first used."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast


class _LazyPattern:
    """A proxy that compiles its pattern on first use and caches the attributes that are read."""

    def __init__(self, compile_now: Callable[[], re.Pattern[str]]) -> None:
        self._compile_now = compile_now
        self._compiled: re.Pattern[str] | None = None

    def __getattr__(self, name: str) -> Any:
        if self._compiled is None:
            self._compiled = self._compile_now()
        value = self.__dict__[name] = getattr(self._compiled, name)
        return value


def lazy_re(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that is compiled when it is first used.

    The rules have hundreds of patterns, and few texts need all of them.
    """
    return lazily(lambda: re.compile(pattern, flags))


def lazily(compile_now: Callable[[], re.Pattern[str]]) -> re.Pattern[str]:
    """Return a pattern that ``compile_now`` compiles on first use."""
    return cast("re.Pattern[str]", _LazyPattern(compile_now))
