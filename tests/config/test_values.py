"""Values of options, as text and as TOML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from antq_llm.config.option import CommandOption
from antq_llm.config.option_table import options_of
from antq_llm.config.values import (
    WrongValue,
    anchor,
    check_value,
    nearest,
    parse_text,
    parse_variables,
)
from antq_llm.errors import ConfigurationError


def option(name: str, command: str = "extract") -> CommandOption:
    """Return the option of a command with the given name."""
    return next(option for option in options_of(command) if option.name == name)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("offline", "Yes", True),
        ("offline", "0", False),
        ("limit", " 12 ", 12),
        ("timeout", "1.5", 1.5),
        ("out", "a b/c", Path("a b/c")),
        ("model", "m 1", "m 1"),
        ("price", "1,2 m=3,4", ["1,2", "m=3,4"]),
        ("var", "a=1 'b=hai ba'", {"a": "1", "b": "hai ba"}),
    ],
)
def test_text_is_read_by_the_type_of_the_option(name: str, text: str, value: Any) -> None:
    """Text is converted to the option's type, and a list is split into words as in a shell."""
    assert parse_text(option(name), text) == value


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("offline", "maybe", "true or false, not 'maybe'"),
        ("limit", "1.5", "a whole number, not '1.5'"),
        ("limit", "9" * 5000, "a whole number"),
        ("timeout", "soon", "a number, not 'soon'"),
        ("mode", "tool", "one of .*did you mean tools"),
        ("price", "'1,2", "quoted as in a shell"),
    ],
)
def test_text_of_another_type_is_refused(name: str, text: str, reason: str) -> None:
    """Text that is invalid for an option is refused, and the error names the expected form."""
    with pytest.raises(WrongValue, match=reason):
        parse_text(option(name), text)


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("timeout", 5, 5.0),
        ("limit", 5, 5),
        ("price", "1,2", ["1,2"]),
        ("price", ["1,2", "3,4"], ["1,2", "3,4"]),
        ("offline", False, False),
        ("var", {"tone": ""}, {"tone": ""}),
    ],
)
def test_a_value_of_the_right_type_is_taken(name: str, given: Any, value: Any) -> None:
    """A whole number is accepted for any number, and a single text for a list of texts."""
    assert check_value(option(name), given) == value


@pytest.mark.parametrize(
    ("name", "given", "reason"),
    [
        ("timeout", True, "a number, not true"),
        ("timeout", 10**400, "too large"),
        ("limit", 5.0, "a whole number, not 5.0"),
        ("limit", True, "a whole number, not true"),
        ("limit", "5", "a whole number, not '5'"),
        ("model", ["m"], "text, not a list"),
        ("model", "", "not be empty"),
        ("model", "a\0b", "NUL"),
        ("offline", 1, "true or false, not 1"),
        ("price", ["1,2", 3], "a list of texts, not 3"),
        ("var", "a=1", "a table"),
        ("var", {"a": 1}, "text for 'a', not 1"),
        ("var", {"a": "\0"}, "NUL"),
        ("ungrounded", "kep", "did you mean keep"),
    ],
)
def test_a_value_of_another_type_is_refused(name: str, given: Any, reason: str) -> None:
    """A value that is invalid for an option is refused, and the error names the expected form."""
    with pytest.raises(WrongValue, match=reason):
        check_value(option(name), given)


@pytest.mark.parametrize("text", ["tone", "=x", ""])
def test_a_variable_without_a_name_or_value_is_refused(text: str) -> None:
    """A variable that is not NAME=VALUE raises a ConfigurationError that shows the form."""
    with pytest.raises(ConfigurationError, match="must be NAME=VALUE"):
        parse_variables([text])


def test_a_variable_may_contain_equals_signs_and_be_empty() -> None:
    """The value of a variable is everything after the first equals sign."""
    assert parse_variables(["a=b=c", "d="]) == {"a": "b=c", "d": ""}


def test_a_variable_that_is_given_twice_is_refused() -> None:
    """Two values for one variable raise a ConfigurationError."""
    with pytest.raises(ConfigurationError, match="gives a twice"):
        parse_variables(["a=1", "a=2"])


@pytest.mark.parametrize(
    ("name", "command", "given", "value"),
    [
        ("out", "extract", "results", Path("/set/results")),
        ("out", "extract", "/abs", Path("/abs")),
        ("articles", "eval", ["a", "b"], [Path("/set/a"), Path("/set/b")]),
        ("prompt", "extract", "movement_report@2", "movement_report@2"),
        ("prompt", "extract", "p.md", "/set/p.md"),
        ("prompt", "eval", ["general#2", "p.md#1"], ["general#2", "/set/p.md#1"]),
        ("schema", "extract", "movement_report/1", "movement_report/1"),
        ("schema", "extract", "my.models:Invoice", "my.models:Invoice"),
        ("schema", "extract", "s.json", "/set/s.json"),
        ("model", "extract", "a/b", "a/b"),
    ],
)
def test_paths_are_relative_to_the_file(name: str, command: str, given: Any, value: Any) -> None:
    """Paths are relative to the settings file; references and names are unchanged."""
    assert anchor(option(name, command), given, Path("/set")) == value


def test_a_prompt_named_like_a_file_beside_the_settings_is_the_file(tmp_path: Path) -> None:
    """As on the command line, a file takes precedence over a prompt reference of the same name."""
    (tmp_path / "note").write_text("Đọc.", "utf-8")
    assert anchor(option("prompt"), "note", tmp_path) == str(tmp_path / "note")


def test_a_home_folder_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    """``~`` is replaced by the home folder, but ``~NAME`` of an unknown user is kept."""
    monkeypatch.setenv("HOME", "/home/lan")
    assert anchor(option("out"), "~/out", Path("/set")) == Path("/home/lan/out")
    assert anchor(option("out"), "~no-one-here/out", Path("/set")) == Path("/set/~no-one-here/out")


def test_the_nearest_words_are_named() -> None:
    """Similar words are suggested, if there are any."""
    assert "model" in nearest("modle", ["mode", "model", "out"])
    assert nearest("zzzz", ["mode", "model"]) == ""
