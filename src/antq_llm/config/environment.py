"""Options set by environment variables: ``ANTQ_LLM_OPTION`` or ``ANTQ_LLM_COMMAND_OPTION``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antq_llm.config.option import VARIABLE_PREFIX
from antq_llm.config.option_table import OPTIONS, options_of
from antq_llm.config.values import WrongValue, nearest, parse_text
from antq_llm.errors import ConfigurationError

CONFIG_VARIABLE = f"{VARIABLE_PREFIX}CONFIG"
PROFILE_VARIABLE = f"{VARIABLE_PREFIX}PROFILE"


def environment_values(command: str, environment: Mapping[str, str]) -> dict[str, tuple[str, Any]]:
    """Return, for each option that the environment sets, the variable's name and the value.

    Empty variables count as unset. Raises ConfigurationError, naming the variable, for a value that
    the option does not accept.
    """
    found = {}
    for option in options_of(command):
        variable = next(
            (name for name in option.environment_names(command) if environment.get(name)), None
        )
        if variable is None:
            continue
        try:
            found[option.name] = (variable, parse_text(option, environment[variable]))
        except WrongValue as error:
            raise ConfigurationError(
                f"the environment variable {variable} {error.reason}"
            ) from error
        except ConfigurationError as error:
            raise ConfigurationError(f"the environment variable {variable}: {error}") from error
    return found


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Return a message for each variable that begins with ``ANTQ_LLM_`` but matches no option."""
    known = {CONFIG_VARIABLE, PROFILE_VARIABLE} | {
        name
        for option in OPTIONS
        for command in option.commands
        for name in option.environment_names(command)
    }
    return [
        f"the environment variable {name} matches no option and is ignored"
        + (_nearest_variable(name, known) or "")
        for name in sorted(environment)
        if name.startswith(VARIABLE_PREFIX) and name not in known
    ]


def _nearest_variable(name: str, known: set[str]) -> str:
    if name == f"{VARIABLE_PREFIX}API_KEY":
        return "; the key is read from OPENAI_API_KEY"
    return nearest(name, known)
