"""A command option: its name, type, default and description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "text",
    "flag",
    "integer",
    "number",
    "path",
    "paths",
    "prompt",
    "prompts",
    "schema",
    "texts",
    "variables",
]
"""The type of a value.

A ``prompt`` or ``schema`` is a file or a reference. A plural type accepts several values.
"""

Completion = Literal["prompts", "schemas"]

LIST_KINDS: frozenset[Kind] = frozenset({"paths", "prompts", "texts", "variables"})

VARIABLE_PREFIX = "ANTQ_LLM_"


@dataclass(frozen=True)
class CommandOption:
    """An option, described once for the command line, settings files and the environment."""

    name: str
    """The key in a settings file; on the command line, hyphens replace its underscores."""
    kind: Kind
    commands: tuple[str, ...]
    group: str
    """The heading above the option in ``--help``."""
    help: str
    metavar: str | None = None
    default: Any = None
    choices: tuple[str, ...] = ()
    required: bool = False
    own_table: bool = False
    """Whether a settings file can set the option only in the table of its command."""
    aliases: tuple[str, ...] = ()
    """Further environment variables, used if those that begin with ``ANTQ_LLM_`` are not set."""
    completes: Completion | None = None

    @property
    def flag(self) -> str:
        """The option on the command line, such as ``--max-cost``."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def is_list(self) -> bool:
        """Whether the option may be repeated."""
        return self.kind in LIST_KINDS

    def environment_names(self, command: str) -> tuple[str, ...]:
        """Return the environment variables for a command's option, in order of precedence."""
        name = self.name.upper()
        own = f"{VARIABLE_PREFIX}{command.upper()}_{name}"
        return (own,) if self.own_table else (own, f"{VARIABLE_PREFIX}{name}", *self.aliases)
