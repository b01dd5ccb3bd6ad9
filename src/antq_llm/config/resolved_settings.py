"""The settings of a call, from the command line, environment, settings file and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from antq_llm.config.environment import (
    CONFIG_VARIABLE,
    PROFILE_VARIABLE,
    environment_values,
    unknown_variables,
)
from antq_llm.config.option_table import options_of
from antq_llm.config.settings_file import (
    FILE_NAME,
    SettingsFile,
    find_settings_file,
    is_own_file,
    is_special_file,
    read_settings_file,
)
from antq_llm.errors import ConfigurationError
from antq_llm.store.store_address import is_database

Source = Literal["command line", "environment", "profile", "file", "default"]
"""The possible sources of a value, highest precedence first."""


@dataclass(frozen=True)
class Setting:
    """The value of an option, with its source."""

    value: Any
    source: Source
    place: str = ""
    """The environment variable, or the settings file and table, that contains the value."""


@dataclass(frozen=True)
class ResolvedSettings:
    """The settings of one call of a command, by option."""

    settings: Mapping[str, Setting]
    messages: tuple[str, ...] = ()
    """Messages for the user about the settings file and unknown environment variables."""
    file: SettingsFile | None = None
    profile: str | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The values by option, without their sources."""
        return {name: setting.value for name, setting in self.settings.items()}


def resolve_settings(
    command: str,
    given: Mapping[str, Any],
    *,
    config: Path | None = None,
    profile: str | None = None,
    environment: Mapping[str, str],
    folder: Path | None,
) -> ResolvedSettings:
    """Return the settings of a call.

    ``given`` contains the values from the command line. ``config`` is the path of a settings file;
    by default, ``ANTQ_LLM_CONFIG`` names it, or it is ``antq-llm.toml`` in ``folder`` or a folder
    above. ``profile`` is the name of a profile in this file, by default from ``ANTQ_LLM_PROFILE``.
    Prompt variables are merged by name across all sources; any other option takes its value from
    the source with the highest precedence. Raises ConfigurationError if a source is not valid.
    """
    profile = profile or environment.get(PROFILE_VARIABLE) or None
    file, messages = _settings_file(config, environment, folder)
    if profile is not None and file is None:
        raise ConfigurationError(
            f"the profile {profile!r} needs a settings file: create {FILE_NAME} in this "
            "folder or one above it, or name a file with --config"
        )
    layers = _layers(command, given, environment, file, profile)
    settings = {
        option.name: _first(option.name, layers) or Setting(option.default, "default")
        for option in options_of(command)
    }
    if _is_offline(settings) and settings["model"].source == "environment":
        # Offline, the recordings determine the model unless the call or settings file names one.
        settings["model"] = Setting(None, "default")
    if file is not None:
        _check_restricted(file, settings)
        if any(name in layer for layer in layers[2:] for name in settings):
            shown = f", profile {profile}" if profile else ""
            messages.append(f"settings from {file.path}{shown}")
    return ResolvedSettings(settings, (*messages, *unknown_variables(environment)), file, profile)


def open_settings_file(
    config: Path | None, environment: Mapping[str, str], folder: Path | None
) -> SettingsFile | None:
    """Return the settings file of a call, or None if there is none."""
    return _settings_file(config, environment, folder)[0]


def _settings_file(
    config: Path | None, environment: Mapping[str, str], folder: Path | None
) -> tuple[SettingsFile | None, list[str]]:
    named = config or environment.get(CONFIG_VARIABLE)
    if named:
        return read_settings_file(Path(named)), []
    path = None if folder is None else find_settings_file(folder)
    if path is None:
        return None, []
    is_here, is_own = path.parent == folder, is_own_file(path)
    if not is_own and not is_here:
        return None, [
            f"{path} is ignored because other users can write to it: use --config to read it anyway"
        ]
    if is_special_file(path):
        raise ConfigurationError(
            f"{path} is not a regular file: remove it, or name a file with --config"
        )
    return read_settings_file(path, is_restricted=not (is_here and is_own)), []


_Layer = dict[str, Setting]


def _layers(
    command: str,
    given: Mapping[str, Any],
    environment: Mapping[str, str],
    file: SettingsFile | None,
    profile: str | None,
) -> list[_Layer]:
    layers: list[_Layer] = [
        {name: Setting(value, "command line") for name, value in given.items()},
        {
            name: Setting(value, "environment", variable)
            for name, (variable, value) in environment_values(command, environment).items()
        },
    ]
    if file is None:
        return layers
    if profile is not None:
        layers += _file_layers(file, command, profile)
    return layers + _file_layers(file, command, None)


def _file_layers(file: SettingsFile, command: str, profile: str | None) -> list[_Layer]:
    source: Source = "file" if profile is None else "profile"
    return [
        {name: Setting(found.value, source, found.place) for name, found in table.items()}
        for table in file.values(command, profile)
    ]


def _first(name: str, layers: list[_Layer]) -> Setting | None:
    found = [layer[name] for layer in layers if name in layer]
    if not found or not isinstance(found[0].value, dict):
        return found[0] if found else None
    merged = {key: text for setting in reversed(found) for key, text in setting.value.items()}
    places = ", ".join(filter(None, (setting.place or setting.source for setting in found)))
    return Setting(merged, found[0].source, places if len(found) > 1 else found[0].place)


def _is_offline(settings: Mapping[str, Setting]) -> bool:
    return "offline" in settings and bool(settings["offline"].value)


def _check_restricted(file: SettingsFile, settings: Mapping[str, Setting]) -> None:
    """Refuse values in a restricted file that could run code or send the API key or data elsewhere.

    A file that was named with ``--config``, or the user's own file in the current folder, is not
    restricted.
    """
    if not file.is_restricted:
        return
    for name, setting in settings.items():
        is_from_file = setting.source in {"file", "profile"}
        is_code = name == "schema" and is_from_file and _is_imported(setting.value)
        is_address = is_from_file and _is_address(name, setting.value, settings)
        if is_address or is_code:
            what = "a schema to import" if is_code else name
            raise ConfigurationError(
                f"{file.path} sets {what}, which is accepted only from your own file in the "
                f"current folder or a file named with --config: add --config {file.path}, or use "
                f"--{name.replace('_', '-')}"
            )


def _is_address(name: str, value: Any, settings: Mapping[str, Setting]) -> bool:
    """Return whether a value determines where articles or answers are sent."""
    if name == "store":
        return is_database(value)
    return name == "base_url" and not _is_offline(settings)


def _is_imported(schema: str) -> bool:
    # Schemas need pydantic, which is slow to import.
    from antq_llm.schemas.registry import is_model_reference

    return is_model_reference(schema)
