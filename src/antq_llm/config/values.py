"""Parsing option values from text, and checking values from settings files."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path
from typing import Any

from antq_llm.config.option import CommandOption
from antq_llm.errors import ConfigurationError

_SAME_LIKENESS = 0.1
"""Difference from the highest similarity below which further words are suggested."""
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})

_EXPECTED: Mapping[str, str] = {
    "flag": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "paths": "a path or a list of paths",
    "prompts": "a reference or a list of references",
    "texts": "text or a list of texts",
    "variables": 'a table, such as {name = "value"}',
}


class WrongValue(Exception):  # noqa: N818 - becomes an error where its place is known
    """An error with the reason why an option does not accept a value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean X?`` with the most similar known words, or an empty string."""
    searched = word.replace("-", "_")
    found = get_close_matches(searched, list(known))
    likeness = [SequenceMatcher(None, searched, match).ratio() for match in found]
    near = [
        match
        for match, ratio in zip(found, likeness, strict=True)
        if ratio > likeness[0] - _SAME_LIKENESS
    ]
    return f"; did you mean {' or '.join(near)}?" if near else ""


def parse_variables(texts: Iterable[str]) -> dict[str, str]:
    """Return the variables in ``NAME=VALUE`` texts.

    Raises ConfigurationError for a text of another form or a repeated name.
    """
    variables: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise ConfigurationError(f"--var {text!r} must be NAME=VALUE")
        if name in variables:
            raise ConfigurationError(f"--var gives {name} twice: remove one")
        variables[name] = value
    return variables


def parse_text(option: CommandOption, text: str) -> Any:
    """Parse the value of an option; the items of a list are separated and quoted as in a shell.

    Raises WrongValue for an invalid value, or ConfigurationError for an invalid prompt variable.
    """
    if option.is_list:
        try:
            words = shlex.split(text)
        except ValueError as error:
            raise WrongValue(f"must be a list of words, quoted as in a shell ({error})") from error
        return parse_variables(words) if option.kind == "variables" else _items(option, words)
    if option.kind == "flag":
        word = text.strip().lower()
        if word not in _TRUE | _FALSE:
            raise WrongValue(f"must be {_EXPECTED['flag']}, not {text!r}")
        return word in _TRUE
    if option.kind == "integer":
        try:
            return int(text)
        except ValueError:
            raise WrongValue(f"must be {_EXPECTED['integer']}, not {text!r}") from None
    if option.kind == "number":
        try:
            return float(text)
        except ValueError:
            raise WrongValue(f"must be {_EXPECTED['number']}, not {text!r}") from None
    _check_choice(option, text)
    return Path(text) if option.kind == "path" else text


def check_value(option: CommandOption, value: Any) -> Any:
    """Check and return a value from a settings file; put a list option's single value in a list.

    Raises WrongValue for a wrong type, an unknown choice, empty text, a NUL character or a number
    that is too large.
    """
    if option.kind == "variables":
        return _checked_variables(value)
    items = value if option.is_list and isinstance(value, list) else [value]
    for item in items:
        if not _is_of_kind(option, item):
            expected = _EXPECTED.get(option.kind, "text")
            raise WrongValue(f"must be {expected}, not {_shown(item)}")
        if isinstance(item, str):
            if not item.strip():
                raise WrongValue("must not be empty: leave the key out")
            _check_text(item)
            _check_choice(option, item)
    if option.kind == "number":
        try:
            return float(value)
        except OverflowError:
            raise WrongValue("is too large") from None
    return items if option.is_list else value


def anchor(option: CommandOption, value: Any, folder: Path) -> Any:
    """Return a value with its relative paths resolved against the settings file's folder."""
    if option.kind == "path":
        return _path(value, folder)
    if option.kind == "paths":
        return [_path(item, folder) for item in value]
    if option.kind == "prompt":
        return _prompt(value, folder)
    if option.kind == "prompts":
        return [_prompt(item, folder) for item in value]
    if option.kind == "schema" and (value.endswith(".json") or "\\" in value):
        return str(_path(value, folder))
    return value


def _items(option: CommandOption, words: list[str]) -> list[Any]:
    return [Path(word) for word in words] if option.kind == "paths" else words


def _checked_variables(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise WrongValue(f"must be {_EXPECTED['variables']}, not {_shown(value)}")
    for name, text in value.items():
        if not isinstance(text, str):
            raise WrongValue(f"must have text for {name!r}, not {_shown(text)}")
        _check_text(text)
    return value


def _is_of_kind(option: CommandOption, value: Any) -> bool:
    if isinstance(value, bool):
        return option.kind == "flag"
    if option.kind == "integer":
        return isinstance(value, int)
    if option.kind == "number":
        return isinstance(value, int | float)
    return isinstance(value, str) and option.kind != "flag"


def _check_text(text: str) -> None:
    if "\0" in text:
        raise WrongValue("must not contain a NUL character")


def _check_choice(option: CommandOption, text: str) -> None:
    if option.choices and text not in option.choices:
        raise WrongValue(
            f"must be one of {', '.join(option.choices)}, not {text!r}"
            f"{nearest(text, option.choices)}"
        )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    return repr(value)


def _path(text: str, folder: Path) -> Path:
    return folder / os.path.expanduser(text)  # noqa: PTH111 - Path raises for an unknown user


def _prompt(text: str, folder: Path) -> str:
    """Resolve the path of a prompt file, keeping any ``#SAMPLE``; return a reference unchanged."""
    # Prompts need yaml and pydantic, which are slow to import.
    from antq_llm.prompts.registry import is_reference

    name, mark, sample = text.partition("#")
    path = _path(name, folder)
    return text if is_reference(name) and not path.is_file() else f"{path}{mark}{sample}"
