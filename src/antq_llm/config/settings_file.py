"""Finding, reading and checking the settings file ``antq-llm.toml``."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from antq_llm.config.option import CommandOption
from antq_llm.config.option_groups import TABLES
from antq_llm.config.option_table import OPTIONS, options_of
from antq_llm.config.values import WrongValue, anchor, check_value, nearest
from antq_llm.core.masking import masked_url
from antq_llm.errors import ConfigurationError
from antq_llm.store.store_address import StoreAddress, is_database

FILE_NAME = "antq-llm.toml"
PROFILES = "profiles"

_SECRET = re.compile(r"(?:\w+_)?(?:apikey|key|secret|password|token)", re.IGNORECASE)

Table = dict[str, Any]


@dataclass(frozen=True)
class FileValue:
    """A value from a settings file, with any paths made absolute."""

    value: Any
    place: str
    """The path of the file and, if the value is in a table, the name of the table."""


@dataclass(frozen=True)
class SettingsFile:
    """A settings file whose keys and values have been checked."""

    path: Path
    root: Table = field(default_factory=dict)
    """The keys above the first table, and the tables of commands."""
    profiles: Mapping[str, Table] = field(default_factory=dict)
    is_restricted: bool = False
    """Whether to refuse values that could run code, or send the API key or data elsewhere."""

    def values(self, command: str, profile: str | None = None) -> list[dict[str, FileValue]]:
        """Return the values for a command: first those in its own table, then the general ones.

        With ``profile``, only values in this profile are returned; otherwise, only those outside
        profiles. Raises ConfigurationError for an unknown profile or a value that the command does
        not accept.
        """
        if profile is not None and profile not in self.profiles:
            known = ", ".join(self.profiles) or "none"
            raise ConfigurationError(
                f"{self.path} has no profile {profile!r}; its profiles: {known}"
                f"{nearest(profile, self.profiles)}"
            )
        table = self.root if profile is None else self.profiles[profile]
        place = "" if profile is None else f"{PROFILES}.{profile}"
        own_table = table.get(command, {}) if command in TABLES else {}
        own = {option.name: option for option in options_of(command)}
        shared = {name: option for name, option in own.items() if not option.own_table}
        return [
            self._values_in(own_table, own, _joined(place, command)),
            self._values_in(table, shared, place),
        ]

    def _values_in(
        self, table: Table, options: Mapping[str, CommandOption], place: str
    ) -> dict[str, FileValue]:
        return {
            name: FileValue(
                anchor(
                    options[name], _checked(options[name], value, self.path, place), self.folder
                ),
                f"{self.path} [{place}]" if place else str(self.path),
            )
            for name, value in table.items()
            if name in options
        }

    @property
    def folder(self) -> Path:
        """The folder that paths in the file are relative to."""
        return self.path.parent


def find_settings_file(folder: Path) -> Path | None:
    """Return the settings file in a folder, or in the nearest folder above it that has one.

    Returns None if none of the folders has a settings file.
    """
    for place in (folder, *folder.parents):
        path = place / FILE_NAME
        if os.path.lexists(path):
            return path
    return None


def is_own_file(path: Path) -> bool:
    """Return whether a file belongs to this user or the administrator and is not world-writable.

    The result is True if the file cannot be inspected or the system has no user ids.
    """
    if not hasattr(os, "getuid"):
        return True
    try:
        link, found = path.lstat(), path.stat()
    except OSError:
        return True  # reading the file will raise the error
    owners = {link.st_uid, found.st_uid}
    return owners <= {0, os.getuid()} and not found.st_mode & stat.S_IWOTH


def is_special_file(path: Path) -> bool:
    """Return whether a path is a pipe, device or similar, which could block when read."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False  # reading the file will raise the error
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def read_settings_file(path: Path, *, is_restricted: bool = False) -> SettingsFile:
    """Read and check a settings file.

    Raises ConfigurationError if the file cannot be read or has an unknown key, a value of the wrong
    type or a secret. The error names the file and the wrong key, if any.
    """
    data = _parse(path)
    path = path.absolute()
    profiles = data.pop(PROFILES, {})
    if not isinstance(profiles, dict):
        raise ConfigurationError(f"{path}: {PROFILES} must be tables, such as [{PROFILES}.NAME]")
    root = _checked_table(data, path, "")
    checked = {}
    for name, table in profiles.items():
        if not isinstance(table, dict):
            raise ConfigurationError(
                f"{path}: {PROFILES}.{name} must be a table, such as [{PROFILES}.{name}]"
            )
        checked[name] = _checked_table(table, path, f"{PROFILES}.{name}")
    return SettingsFile(path, root, checked, is_restricted)


def _parse(path: Path) -> Table:
    import tomllib

    try:
        if path.is_dir():
            raise ConfigurationError(f"{path} is a folder: name a settings file")
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError) as error:
        if isinstance(error, UnicodeDecodeError):
            reason = "it is not UTF-8; save it as UTF-8"
        elif isinstance(error, tomllib.TOMLDecodeError):
            reason = f"it is not valid TOML: {error}"
        else:
            reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(f"the settings file {path} cannot be read: {reason}") from error
    except RecursionError:
        raise ConfigurationError(
            f"the settings file {path} cannot be read: it is nested too deeply"
        ) from None


def _checked_table(table: Table, path: Path, place: str) -> Table:
    checked: Table = {}
    for key, value in table.items():
        name = _unique_name(key, checked, path, place)
        if name in TABLES:
            if not isinstance(value, dict):
                raise ConfigurationError(
                    f"{_where(path, place)}{key} must be a table: write [{_joined(place, key)}]"
                )
            checked[name] = _checked_command_table(value, path, _joined(place, name), name)
        else:
            _check_shared_key(key, value, path, place)
            checked[name] = value
    return checked


def _unique_name(key: str, checked: Table, path: Path, place: str) -> str:
    name = key.replace("-", "_")
    if name in checked:
        raise ConfigurationError(f"{_where(path, place)}{name} is given twice: remove one")
    return name


def _check_shared_key(key: str, value: Any, path: Path, place: str) -> None:
    """Check a key outside the commands' tables; it applies to every command with the option."""
    name = key.replace("-", "_")
    named = [option for option in OPTIONS if option.name == name]
    shared = [option for option in named if not option.own_table]
    if not named:
        known = {option.name for option in OPTIONS if not option.own_table} | {*TABLES, PROFILES}
        raise _unknown_key(key, path, place, known)
    if not shared:
        tables = [
            f"[{_joined(place, table)}]"
            for table in TABLES
            if any(table in option.commands for option in named)
        ]
        raise ConfigurationError(
            f"{_where(path, place)}{key} belongs in a command's table: {', '.join(tables)}"
        )
    _check_secret_url(name, value, path, place)
    wrong = []
    for option in shared:
        try:
            check_value(option, value)
        except WrongValue as error:
            wrong.append(error.reason)
    if len(wrong) == len(shared):
        raise ConfigurationError(f"{_where(path, place)}{key} {wrong[0]}")


def _checked_command_table(table: Table, path: Path, place: str, command: str) -> Table:
    options = {option.name: option for option in options_of(command)}
    checked: Table = {}
    for key, value in table.items():
        name = _unique_name(key, checked, path, place)
        if name not in options:
            raise _unknown_key(key, path, place, set(options))
        _check_secret_url(name, value, path, place)
        _check_database(name, value, path, place)
        _checked(options[name], value, path, place)
        checked[name] = value
    return checked


def _checked(option: CommandOption, value: Any, path: Path, place: str) -> Any:
    try:
        return check_value(option, value)
    except WrongValue as error:
        raise ConfigurationError(f"{_where(path, place)}{option.name} {error.reason}") from error


def _unknown_key(key: str, path: Path, place: str, known: set[str]) -> ConfigurationError:
    if _SECRET.fullmatch(key.replace("-", "_")):
        return ConfigurationError(
            f"{_where(path, place)}{key} is a secret and does not belong in a settings file: "
            "remove it, and set the environment variable OPENAI_API_KEY"
        )
    hint = nearest(key, known) or "; `antq-llm config show` lists the options of a command"
    return ConfigurationError(f"{_where(path, place)}unknown key {key!r}{hint}")


def _check_secret_url(name: str, value: Any, path: Path, place: str) -> None:
    if name == "base_url" and isinstance(value, str) and masked_url(value) != value:
        raise ConfigurationError(
            f"{_where(path, place)}base_url has a user, password or query, which could be a secret "
            "and does not belong in a settings file: set the environment variable OPENAI_BASE_URL"
        )


def _check_database(name: str, value: Any, path: Path, place: str) -> None:
    if name == "store" and is_database(value) and StoreAddress.parse(value).secrets:
        raise ConfigurationError(
            f"{_where(path, place)}store has a password, which does not belong in a settings file: "
            "put the password in the environment variable PGPASSWORD or in ~/.pgpass"
        )


def _where(path: Path, place: str) -> str:
    return f"{path}: [{place}] " if place else f"{path}: "


def _joined(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
