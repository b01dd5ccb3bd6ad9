"""The table of all options of the commands, with the library's defaults."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

import pytest

from antq_llm.clients.completion import MODES
from antq_llm.config.option_groups import TABLES
from antq_llm.config.option_table import OPTIONS, options_of
from antq_llm.export.formats import FORMATS
from antq_llm.extraction.options import Options, Ungrounded
from antq_llm.mentions.language import LANGUAGE_CODES


@pytest.mark.parametrize("command", [*TABLES, "prompts", "schemas", "config"])
def test_a_command_has_each_option_once(command: str) -> None:
    """No command has two options with the same name."""
    names = [option.name for option in options_of(command)]
    assert len(names) == len(set(names))


def test_defaults_are_those_of_the_library() -> None:
    """Options have the defaults of the fields of ``Options``; ``retries`` is ``tries`` minus 1."""
    defaults = {field.name: getattr(Options(), field.name) for field in fields(Options)}
    defaults["retries"] = Options().tries - 1
    table = {option.name: option.default for option in options_of("extract")}
    shared = table.keys() & defaults.keys()
    assert len(shared) > 20
    assert {name: table[name] for name in shared} == {name: defaults[name] for name in shared}


@pytest.mark.parametrize(
    ("command", "name", "choices"),
    [
        ("extract", "mode", MODES),
        ("extract", "language", LANGUAGE_CODES),
        ("extract", "ungrounded", get_args(Ungrounded)),
        ("export", "to", tuple(FORMATS)),
    ],
)
def test_choices_are_those_of_the_library(
    command: str, name: str, choices: tuple[str, ...]
) -> None:
    """The choices of an option are the values that the library accepts."""
    option = next(option for option in options_of(command) if option.name == name)
    assert set(option.choices) == set(choices)


def test_environment_variables_are_systematic() -> None:
    """ANTQ_LLM_COMMAND_OPTION sets each option, as does ANTQ_LLM_OPTION if commands share it."""
    for option in OPTIONS:
        for command in option.commands:
            name, scope = option.name.upper(), command.upper()
            expected = [f"ANTQ_LLM_{scope}_{name}"]
            if not option.own_table:
                expected.append(f"ANTQ_LLM_{name}")
            assert list(option.environment_names(command))[: len(expected)] == expected
